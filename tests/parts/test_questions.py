"""Several questions asked at once: one statement, each with its own values, types and rows, and those that follow from answers."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Integer, Text, literal, select, text, union_all
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from hub.core.questions import Question, all_of, answered, ask_together, written
from hub.core.words import Language
from hub.customers.models import Customer
from tests.makers.counting import counted_statements
from tests.makers.customers import make_customer

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
_SPOKEN = text(
    "SELECT unnest(CAST(:words AS text[])) AS word, CAST(:at AS timestamptz) AS at, CAST(:number AS integer) AS number"
)


def spoken(*words: str, number: int | None) -> Question[list[tuple[str, datetime, int | None]]]:
    columns: dict[str, TypeEngine[Any]] = {"word": Text(), "at": DateTime(timezone=True), "number": Integer()}
    statement = written(_SPOKEN, columns, {"words": list(words), "at": NOON, "number": number})
    return Question((statement,), lambda rows: [(row.word, row.at, row.number) for row in rows])


def names(*ids: int) -> Question[dict[int, str]]:
    found = select(Customer.id, Customer.first_name, Customer.language).where(Customer.id.in_(ids))
    return Question((found,), lambda rows: {row.id: f"{row.first_name} {row.language}" for row in rows})


def numbers(*values: int) -> Question[list[int]]:
    rows = union_all(*(select(literal(each).label("value")) for each in values)).subquery()
    statement = select(rows.c.value).order_by(rows.c.value.desc())
    return Question((statement,), lambda found: [row.value for row in found])


def test_each_question_gets_its_own_rows_in_one_statement(session: Session) -> None:
    dora = make_customer(session)
    asked = (spoken("oui", "non", number=1), names(dora.id), spoken(number=2), answered("known"), names(0))
    with counted_statements() as statements:
        found = ask_together(*asked)
    assert len(statements) == 1
    assert found == (
        [("oui", NOON, 1), ("non", NOON, 1)],
        {dora.id: f"Dora {Language.FRENCH}"},
        [],
        "known",
        {},
    )
    assert found == tuple(each.ask() for each in asked)
    assert spoken("seul", number=None).ask() == [("seul", NOON, None)]


def test_what_follows_from_answers_is_asked_together_again(session: Session) -> None:
    dora = make_customer(session)
    doubled = numbers(1, 3).followed_by(lambda found: numbers(*(each * 2 for each in found)).then(sum))
    other = numbers(2).followed_by(lambda _: names(dora.id))
    with counted_statements() as statements:
        found = ask_together(all_of(doubled, numbers(5)), other, names(dora.id))
    dora_named = {dora.id: f"Dora {Language.FRENCH}"}
    assert found == ((8, [5]), dora_named, dora_named)
    assert len(statements) == 2
