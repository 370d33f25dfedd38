"""Columns of answers as the variables of an SPSS file: names it takes, numbers for codes, their meanings, days. Pure.

What was skipped is system-missing (blank where it is text): never 0, which is an answer.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from hub.core.words import Language
from hub.questionnaires.definitions import OTHER, Question
from hub.questionnaires.results.exporting import Column, Value
from hub.questionnaires.results.gathering import Head
from hub.questionnaires.results.mapping import way_to
from hub.questionnaires.words import TOLD, QuestionKind

DAY_ONE = date(1582, 10, 14)
"""SPSS counts the seconds since; an earlier day is none."""
DAY_SECONDS = 86_400
LONGEST_NAME = 64
LONGEST_LABEL, LONGEST_MEANING, LONGEST_TITLE = 250, 120, 64
"""In bytes."""
RESERVED = frozenset(("all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with"))
DAY_NAME, TEXT_NAMES = "answered_on", frozenset(("store", "language", "month"))
CODED = frozenset((QuestionKind.SINGLE, QuestionKind.MATRIX))
WHOLE, BROKEN, DAY, TEXT = "F8.0", "F12.2", "DATE11", ""
"""Formats of SPSS; text has the width of its longest value."""


class Measure(StrEnum):
    """How SPSS treats the values."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    SCALE = "scale"


MEASURES = {
    QuestionKind.SINGLE: Measure.NOMINAL,
    QuestionKind.MULTIPLE: Measure.NOMINAL,
    QuestionKind.CONSENT: Measure.NOMINAL,
    QuestionKind.MATRIX: Measure.ORDINAL,
    QuestionKind.RANKING: Measure.ORDINAL,
}
"""Scores, numbers and days are of a scale."""


@dataclass(frozen=True)
class Variable:
    """`meanings`: what each number stands for. `numbers`: by code, where answers hold codes."""

    name: str
    label: str
    form: str
    measure: Measure = Measure.NOMINAL
    meanings: tuple[tuple[float, str], ...] = ()
    numbers: Mapping[str, int] = field(default_factory=dict)

    def value(self, told: Value) -> Value:
        if self.numbers:
            return self.numbers.get(str(told))
        if self.form == DAY:
            return _seconds(told)
        return told


def variables_of(
    head: Head, columns: Sequence[Column], language: Language, *, no: str, yes: str
) -> list[Variable]:
    """`no` and `yes`: what a consent says."""
    names = _names(columns)
    consent = ((0.0, no), (1.0, yes))
    return [_variable(head, names[column.name], column, language, consent) for column in columns]


def _variable(
    head: Head, name: str, column: Column, language: Language, consent: tuple[tuple[float, str], ...]
) -> Variable:
    label = cut(column.label or column.name, LONGEST_LABEL)
    question = head.last.definition.by_key.get(column.of)
    if question is None:
        form = DAY if column.name == DAY_NAME else TEXT if column.name in TEXT_NAMES else WHOLE
        return Variable(name, label, form)
    if _is_text(question, column):
        return Variable(name, label, TEXT)
    measure = MEASURES.get(question.kind, Measure.SCALE)
    if question.kind in CODED:
        coded = list(_codes(head, question, language))
        numbers = {code: number for number, (code, _) in enumerate(coded, 1)}
        told = tuple((float(numbers[code]), cut(words or code, LONGEST_MEANING)) for code, words in coded)
        return Variable(name, label, WHOLE, measure, told, numbers)
    form = {QuestionKind.DATE: DAY, QuestionKind.NUMBER: BROKEN}.get(question.kind, WHOLE)
    meanings = consent if question.kind is QuestionKind.CONSENT else _meanings(question, column, language)
    return Variable(
        name, label, form, measure, tuple((number, cut(words, LONGEST_MEANING)) for number, words in meanings)
    )


def _is_text(question: Question, column: Column) -> bool:
    is_other = column.name == f"{question.key}_{OTHER}_words"
    return is_other or (question.kind in TOLD and question.kind is not QuestionKind.DATE)


def _meanings(question: Question, column: Column, language: Language) -> tuple[tuple[float, str], ...]:
    """Of 0 and 1 in a multiple choice, and of the ends of a scale that say something."""
    if question.range is None:
        return tuple((float(code), words) for code, words in column.labels if words)
    ends = zip(question.range, (question.low, question.high), strict=True)
    return tuple((float(score), words.say(language)) for score, words in ends if words)


def _codes(head: Head, question: Question, language: Language) -> Iterator[tuple[str, str]]:
    """Every code that an answer may hold under this question: those of today, then those that earlier versions had."""
    seen: set[str] = set()
    for version in reversed(head.versions):
        way = way_to(head.last, version, head.versions)
        for each in version.definition.questions:
            if way.key(each.key) != question.key:
                continue
            for option in each.options:
                code = way.code(each.key, option.code)
                if code not in seen:
                    seen.add(code)
                    yield code, option.words.say(language)


def _names(columns: Sequence[Column]) -> dict[str, str]:
    """SPSS names begin with a letter, are no word of its own, have at most 64 letters, and differ."""
    found: dict[str, str] = {}
    for number, column in enumerate(columns):
        name = column.name if column.name[0].isalpha() else f"q_{column.name}"
        name = f"{name}_" if name in RESERVED else name
        if len(name) > LONGEST_NAME or name in found.values():
            name = f"{name[: LONGEST_NAME - 6]}_{number}"
        found[column.name] = name
    return found


def cut(text: str, most_bytes: int) -> str:
    """On one line, and never in the middle of a letter."""
    return " ".join(text.split()).encode()[:most_bytes].decode(errors="ignore")


def _seconds(told: Value) -> Value:
    if not isinstance(told, str):
        return None
    days = (date.fromisoformat(told) - DAY_ONE).days
    return float(days * DAY_SECONDS) if days > 0 else None
