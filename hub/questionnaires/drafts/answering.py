"""Which clauses can hold together of one question's answer, over all answers that its form takes (taking.py). Pure.

Answers of a kind fall into few classes for the clauses that ask about them; each class is tried once.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from math import isfinite
from typing import Any

from hub.questionnaires.definitions import Clause, Condition, Option, Question
from hub.questionnaires.walking import holds
from hub.questionnaires.words import QuestionKind, Test

Held = frozenset[int]
"""Places of the clauses that hold."""
SOME_WORDS = "some words that no condition names"
MOST_FILES = 10


def bits_of(question: Question, clauses: Sequence[Clause]) -> set[Held]:
    """Each set of clauses that some answer (or leaving it out, where that is allowed) makes true together.

    Empty when no answer can be given at all: nobody gets past this question.
    """
    if question.kind is QuestionKind.INFORMATION:
        return {_held(question, clauses, None)}
    if question.kind is QuestionKind.MULTIPLE:
        found = _multiple(question, clauses)
    elif question.kind is QuestionKind.MATRIX:
        found = _matrix(question, clauses)
    else:
        found = {_held(question, clauses, value) for value in _values(question, clauses)}
    if not question.is_required and question.kind is not QuestionKind.CONSENT:
        found.add(_held(question, clauses, None))
    return found


def can_be_answered(question: Question) -> bool:
    """Whether the form takes any answer at all."""
    if question.kind is QuestionKind.MULTIPLE:
        return bool(_multiple(question, ()))
    if question.kind is QuestionKind.MATRIX:
        return bool(question.rows and question.options)
    return not question.asks or bool(_values(question, ()))


def _held(question: Question, clauses: Sequence[Clause], value: Any) -> Held:
    answers = {} if value is None else {question.key: value}
    return frozenset(place for place, clause in enumerate(clauses) if holds(Condition((clause,)), answers))


def _values(question: Question, clauses: Sequence[Clause]) -> list[Any]:
    """An answer of every class."""
    match question.kind:
        case QuestionKind.SINGLE:
            return list(question.codes)
        case QuestionKind.RANKING:
            return [list(question.codes)] if question.codes else []
        case QuestionKind.NUMBER:
            return list(_numbers(question, clauses))
        case QuestionKind.CONSENT:
            return [True] if question.is_required else [True, False]
        case QuestionKind.CONTACT:
            return [{each.value: SOME_WORDS for each in question.fields}] if question.fields else []
        case _:
            return _counted(question) or [SOME_WORDS, *(code for clause in clauses for code in clause.codes)]


def _counted(question: Question) -> list[Any]:
    """Whole numbers: of a score, or how many files."""
    low, high = (1, MOST_FILES) if question.kind is QuestionKind.FILE else question.range or (1, 0)
    return list(range(low, high + 1))


def _numbers(question: Question, clauses: Sequence[Clause]) -> Iterator[float]:
    """Each number that a clause names, and one between and beyond any two of them."""
    named = [clause.number for clause in clauses if clause.number is not None]
    named += [float(code) for clause in clauses for code in clause.codes if _is_number(code)]
    ends = [each for each in (question.least, question.most) if each is not None]
    marks = sorted({*named, *ends, 0.0})
    between = [(one + other) / 2 for one, other in pairwise(marks)]
    for value in (marks[0] - 1, *marks, *between, marks[-1] + 1):
        is_low = question.least is not None and value < question.least
        is_high = question.most is not None and value > question.most
        if not is_low and not is_high:
            yield int(value) if float(value).is_integer() else value


def _is_number(code: str) -> bool:
    try:
        return isfinite(float(code))
    except ValueError:
        return False


def _named(clauses: Sequence[Clause], code: str) -> int:
    """One bit for each clause that names the code."""
    return sum(1 << place for place, clause in enumerate(clauses) if code in clause.codes)


def _of_names(clauses: Sequence[Clause], named: int) -> Held:
    """Which clauses hold of an answer (that there is) with codes that these clauses name."""

    def is_true(place: int, clause: Clause) -> bool:
        is_named = bool(named >> place & 1)
        match clause.test:
            case Test.ANY_OF:
                return is_named
            case Test.NONE_OF:
                return not is_named
            case _:
                return clause.test is Test.ANSWERED

    return frozenset(place for place, clause in enumerate(clauses) if is_true(place, clause))


def _multiple(question: Question, clauses: Sequence[Clause]) -> set[Held]:
    """Sets of options: by what they name and how many they are."""
    least, most = question.least_count or 1, question.most_count or len(question.options)
    sets = {(0, 0)}
    for option in question.options:
        if not option.is_exclusive:
            named = _named(clauses, option.code)
            sets |= {(one | named, min(count + 1, most + 1)) for one, count in sets}
    fitting = {one for one, count in sets if max(least, 1) <= count <= most}
    if least <= 1 <= most:
        fitting |= {_named(clauses, each.code) for each in question.options if each.is_exclusive}
    return {_of_names(clauses, named) for named in fitting}


def _matrix(question: Question, clauses: Sequence[Clause]) -> set[Held]:
    """Row by row; a required one is answered in each row."""
    sets = {(0, False)}
    for row in question.rows:
        given = {_named(clauses, f"{row.code}={code}") for code in _codes(question.options)}
        answered = {(one | named, True) for one, _ in sets for named in given}
        sets = answered if question.is_required else sets | answered
    return {_of_names(clauses, named) for named, is_answered in sets if is_answered}


def _codes(options: Iterable[Option]) -> list[str]:
    return [option.code for option in options]
