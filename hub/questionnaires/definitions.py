"""The shape of a questionnaire: pages of questions, their options and conditions. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from hub.core.words import Language
from hub.questionnaires.words import ContactField, Join, Mode, QuestionKind, Test

CSAT_SCALE = (1, 5)
CSAT_SATISFIED = 4
"""CSAT is the share of 4 and 5 among all who answered."""
NPS_SCALE = (0, 10)
CES_SCALE = (1, 7)
SCALE = (1, 5)
"""Of a scale that says nothing else."""
RANGES: Mapping[QuestionKind, tuple[int, int]] = {
    QuestionKind.CSAT: CSAT_SCALE,
    QuestionKind.NPS: NPS_SCALE,
    QuestionKind.CES: CES_SCALE,
}
OTHER = "other"
UNSTORED = dict.fromkeys((0, *range(0xD800, 0xE000)))
"""What PostgreSQL keeps in no text: NUL and halves of letters."""
Answers = Mapping[str, Any]
"""By key of the question: int (scores), code (single), list of codes (multiple, ranking in order), {row: code} (matrix),
text, ISO date, number, {field: text} (contact), bool (consent), number of files.
`<key>.other` holds the words beside the option OTHER. What was skipped has no key; 0 and False are answers."""


@dataclass(frozen=True)
class Wording:
    """The same words in each language of the questionnaire; French stands in for what is missing."""

    fr: str = ""
    en: str = ""

    def __bool__(self) -> bool:
        return bool(self.fr or self.en)

    def say(self, language: Language) -> str:
        first, second = (self.en, self.fr) if language is Language.ENGLISH else (self.fr, self.en)
        return first or second


@dataclass(frozen=True)
class Clause:
    """One test of an earlier answer. `codes`: of options (of a matrix `<row>=<code>`), numbers of a score as text."""

    question: str
    test: Test
    codes: tuple[str, ...] = ()
    number: float | None = None


@dataclass(frozen=True)
class Condition:
    """Without clauses it always holds."""

    clauses: tuple[Clause, ...] = ()
    join: Join = Join.ALL

    def __bool__(self) -> bool:
        return bool(self.clauses)


ALWAYS = Condition()


@dataclass(frozen=True, kw_only=True)
class Option:
    """`code` is what answers and exports keep; it stays when the words change.

    `is_exclusive`: goes with no other one. `is_fixed`: keeps its place when the rest is shuffled. `most`: the quota, so
    many answers with it are taken. The option with the code OTHER has a field for words.
    """

    code: str
    words: Wording
    is_exclusive: bool = False
    is_fixed: bool = False
    most: int | None = None


@dataclass(frozen=True, kw_only=True)
class Question:
    """`options`: of choices, and the columns of a matrix; `rows`: of a matrix. `least`, `most`: ends of a scale, or of a number.

    `low`, `high`: the ends of a scale in words. `least_count`, `most_count`: how many options of a multiple choice.
    `fields`: of a contact. `unit` stands behind a number.
    """

    key: str
    kind: QuestionKind
    words: Wording
    help: Wording = Wording()
    is_required: bool = False
    show_if: Condition = ALWAYS
    options: tuple[Option, ...] = ()
    rows: tuple[Option, ...] = ()
    is_shuffled: bool = False
    least: float | None = None
    most: float | None = None
    low: Wording = Wording()
    high: Wording = Wording()
    unit: Wording = Wording()
    least_count: int | None = None
    most_count: int | None = None
    fields: tuple[ContactField, ...] = ()

    @property
    def asks(self) -> bool:
        """An information page is read, not answered."""
        return self.kind is not QuestionKind.INFORMATION

    @property
    def range(self) -> tuple[int, int] | None:
        """First and last number of a score; None for what is no score."""
        if self.kind is QuestionKind.SCALE:
            low, high = SCALE if self.least is None else (int(self.least), SCALE[1])
            return low, high if self.most is None else int(self.most)
        return RANGES.get(self.kind)

    @property
    def codes(self) -> tuple[str, ...]:
        """Every code that an answer may hold; numbers of a score as text."""
        if self.range is not None:
            low, high = self.range
            return tuple(str(each) for each in range(low, high + 1))
        return tuple(option.code for option in self.options)


@dataclass(frozen=True, kw_only=True)
class Page:
    """`ends_if`: who answers so is thanked at once and asked no more."""

    key: str
    questions: tuple[Question, ...]
    title: Wording = Wording()
    show_if: Condition = ALWAYS
    ends_if: Condition = ALWAYS
    is_shuffled: bool = False


@dataclass(frozen=True, kw_only=True)
class Definition:
    """A whole questionnaire. `hidden`: names that an open link may carry along. `most`: so many responses are taken."""

    title: Wording
    pages: tuple[Page, ...]
    mode: Mode = Mode.IDENTIFIED
    languages: tuple[Language, ...] = (Language.FRENCH, Language.ENGLISH)
    introduction: Wording = Wording()
    thanks: Wording = Wording()
    hidden: tuple[str, ...] = ()
    most: int | None = None

    @property
    def is_anonymous(self) -> bool:
        return self.mode is Mode.ANONYMOUS

    @property
    def questions(self) -> Iterator[Question]:
        for page in self.pages:
            yield from page.questions

    @cached_property
    def by_key(self) -> Mapping[str, Question]:
        return {question.key: question for question in self.questions}

    def find_page(self, key: str) -> Page | None:
        return next((page for page in self.pages if page.key == key), None)
