"""Which pages and questions somebody sees, in which order, and where the questionnaire ends. Pure."""

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from hub.questionnaires.definitions import Answers, Clause, Condition, Definition, Option, Page, Question
from hub.questionnaires.words import Join, QuestionKind, Test

_Part = TypeVar("_Part", Question, Option)


@dataclass(frozen=True)
class Walk:
    """The pages somebody comes by with these answers, each with the questions that are shown, in the order shown.

    `answers` are those that count: of questions on these pages. `is_ended`: a page's condition ended it early.
    """

    pages: tuple[Page, ...]
    answers: Mapping[str, Any]
    is_ended: bool = False

    @property
    def shown(self) -> tuple[str, ...]:
        """Keys of all questions on the way."""
        return tuple(question.key for page in self.pages for question in page.questions)

    def find(self, key: str) -> Page | None:
        """The page, when it is on the way."""
        return next((page for page in self.pages if page.key == key), None)

    def page_after(self, key: str | None) -> Page | None:
        """The next page of the way; the first one after None. None: the end, also after a page that is not on the way."""
        keys = [page.key for page in self.pages]
        if key is None:
            return self.pages[0] if self.pages else None
        following = keys.index(key) + 1 if key in keys else len(keys)
        return self.pages[following] if following < len(keys) else None

    def page_before(self, key: str) -> Page | None:
        keys = [page.key for page in self.pages]
        place = keys.index(key) if key in keys else 0
        return self.pages[place - 1] if place else None


def walk(definition: Definition, answers: Answers, *, seed: str = "") -> Walk:
    """The way through. Conditions see answers of earlier pages only, and only those that are on the way themselves.

    An answer given on a way that was left by going back does not count. Pages without a question left are passed over.
    `seed` makes the order of what is shuffled: the same one, the same order.
    """
    pages: list[Page] = []
    counting: dict[str, Any] = {}
    for page in definition.pages:
        if not holds(page.show_if, counting):
            continue
        questions = tuple(each for each in page.questions if holds(each.show_if, counting))
        if not questions:
            continue
        if page.is_shuffled:
            questions = _shuffled(questions, f"{seed}:{page.key}")
        pages.append(replace(page, questions=tuple(_in_order(each, seed) for each in questions)))
        counting |= _given(questions, answers)
        if page.ends_if and holds(page.ends_if, counting):
            return Walk(tuple(pages), counting, is_ended=True)
    return Walk(tuple(pages), counting)


def _given(questions: Sequence[Question], answers: Answers) -> dict[str, Any]:
    names = (name for question in questions for name in (question.key, f"{question.key}.other"))
    return {name: answers[name] for name in names if name in answers}


def _in_order(question: Question, seed: str) -> Question:
    """Options (the rows of a matrix: its columns are a scale) in the order this person sees them."""
    if not question.is_shuffled:
        return question
    salt = f"{seed}:{question.key}"
    if question.kind is QuestionKind.MATRIX:
        return replace(question, rows=_shuffled(question.rows, salt))
    return replace(question, options=_shuffled(question.options, salt))


def _shuffled(parts: Sequence[_Part], salt: str) -> tuple[_Part, ...]:
    """Those that are fixed keep their place."""
    loose = [part for part in parts if not (isinstance(part, Option) and part.is_fixed)]
    random.Random(salt).shuffle(loose)  # noqa: S311 - an order on a page, no secret
    turn = iter(loose)
    return tuple(part if isinstance(part, Option) and part.is_fixed else next(turn) for part in parts)


def holds(condition: Condition, answers: Answers) -> bool:
    if not condition.clauses:
        return True
    found = (_is_true(clause, answers) for clause in condition.clauses)
    return any(found) if condition.join is Join.ANY else all(found)


def _is_true(clause: Clause, answers: Answers) -> bool:
    """What was skipped is no answer: only NOT_ANSWERED and NONE_OF hold of it."""
    value = answers.get(clause.question)
    match clause.test:
        case Test.ANSWERED:
            return value is not None
        case Test.NOT_ANSWERED:
            return value is None
        case Test.ANY_OF:
            return not codes_of(value).isdisjoint(clause.codes)
        case Test.NONE_OF:
            return codes_of(value).isdisjoint(clause.codes)
        case Test.AT_LEAST:
            return _number(value) >= (clause.number or 0)
        case Test.AT_MOST:
            return _number(value) <= (clause.number or 0)


def _number(value: Any) -> float:
    """What is no number is neither at least nor at most anything."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else math.nan


def codes_of(value: Any) -> frozenset[str]:
    """The codes in an answer: options, numbers of a score as text, `<row>=<code>` of a matrix, yes and no of a consent."""
    if value is None:
        return frozenset()
    if isinstance(value, bool):
        return frozenset({"yes" if value else "no"})
    if isinstance(value, Mapping):
        return frozenset(f"{row}={code}" for row, code in value.items())
    if isinstance(value, list | tuple):
        return frozenset(str(each) for each in value)
    return frozenset({str(value)})
