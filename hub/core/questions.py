"""Questions to the database: statements with how their rows are read, so that several are asked in one round trip."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, Generic, TypeVar

from sqlalchemy import (
    ARRAY,
    BindParameter,
    FromClause,
    Select,
    Subquery,
    TextClause,
    TextualSelect,
    bindparam,
    func,
    select,
    true,
)
from sqlalchemy.engine.result import IteratorResult, SimpleResultMetaData
from sqlalchemy.types import TypeEngine

from hub.core.db import db

T = TypeVar("T")
U = TypeVar("U")
Rows = Sequence[Any]
Statement = Select[*tuple[Any, ...]] | TextualSelect


@dataclass(frozen=True)
class Question(Generic[T]):
    """`read` is given the rows of each statement, and gives the answer, or the question that follows from them."""

    statements: tuple[Statement, ...]
    read: "Callable[..., T | Question[T]]"

    def ask(self) -> T:
        found: T = ask_together(self)[0]
        return found

    def then(self, onward: Callable[[T], U]) -> "Question[U]":
        """What is made of the answer."""

        def read(*rows: Rows) -> "U | Question[U]":
            found = self.read(*rows)
            return found.then(onward) if isinstance(found, Question) else onward(found)

        return Question(self.statements, read)

    def followed_by(self, onward: "Callable[[T], Question[U]]") -> "Question[U]":
        """What is asked once the answer is known."""

        def read(*rows: Rows) -> Question[U]:
            found = self.read(*rows)
            return found.followed_by(onward) if isinstance(found, Question) else onward(found)

        return Question(self.statements, read)


def answered(answer: T) -> Question[T]:
    """What needs no statement."""
    return Question((), lambda: answer)


def all_of(*questions: Question[Any]) -> Question[tuple[Any, ...]]:
    """One question of several; each may be followed by another of its own."""
    statements = tuple(statement for each in questions for statement in each.statements)

    def read(*rows: Rows) -> Any:
        left = list(rows)
        found = [each.read(*(left.pop(0) for _ in each.statements)) for each in questions]
        if any(isinstance(each, Question) for each in found):
            return all_of(*(each if isinstance(each, Question) else answered(each) for each in found))
        return tuple(found)

    return Question(statements, read)


def ask_together(*questions: Question[Any]) -> tuple[Any, ...]:
    """The answers in their order: one statement for all, and one more as long as some answers are questions again."""
    found: Any = all_of(*questions)
    while isinstance(found, Question):
        found = found.read(*_execute(found.statements) if found.statements else ())
    return tuple(found)


def written(
    words: TextClause, columns: Mapping[str, TypeEngine[Any]], values: Mapping[str, Any]
) -> TextualSelect:
    """A statement in words with its values, which stay its own beside another with the same names."""
    bound: list[BindParameter[Any]] = [bindparam(name, value, unique=True) for name, value in values.items()]
    return words.bindparams(*bound).columns(**columns)


def _execute(statements: Sequence[Statement]) -> list[Rows]:
    if len(statements) == 1:
        return [db.session.execute(statements[0]).all()]
    parts = [_gathered(each) for each in statements]
    columns = [column for part in parts for column in part.c]
    side_by_side: FromClause = reduce(lambda left, right: left.join(right, true()), parts)
    found = iter(db.session.execute(select(*columns).select_from(side_by_side)).one())
    return [_rows(part, [next(found) for _ in part.c]) for part in parts]


def _gathered(statement: Statement) -> Subquery:
    """One row of it all: each column as an array, in which a value keeps its type."""
    rows = statement.subquery()
    return select(
        *(func.array_agg(each, type_=ARRAY(each.type)).label(each.key) for each in rows.c)
    ).subquery()


def _rows(part: Subquery, columns: Sequence[Sequence[Any] | None]) -> Rows:
    """As if the statement had been asked alone."""
    values = zip(*(each or () for each in columns), strict=True)
    return IteratorResult(SimpleResultMetaData(part.c.keys()), values).all()
