"""What one question lacks by itself: words, options, an answer that its form would take. Pure."""

from collections.abc import Iterator, Sequence

from hub.core.text import N_, fold
from hub.questionnaires.definitions import Option, Question
from hub.questionnaires.drafts.answering import can_be_answered
from hub.questionnaires.drafts.findings import Finding
from hub.questionnaires.words import CHOICES, QuestionKind

NO_WORDS = N_("Please write the question.")
NO_OPTIONS = N_("Please give at least two options to choose from.")
NO_ROWS = N_("Please give the lines of the table.")
NO_OPTION_WORDS = N_("Please write the words of the option “%(code)s”.")
TWICE = N_("Two options say the same: “%(words)s”. Please change one, or take it out.")
NO_FIELDS = N_("Please choose what is asked: name, mail address, phone…")
NO_ANSWER = N_(
    "No answer fits what is asked of this question, so nobody gets past it. Please look at its options and limits."
)
BAD_COUNTS = N_("At least %(least)s answers and at most %(most)s do not go together. Please correct them.")
BAD_RANGE = N_("The smallest number is larger than the largest one. Please correct them.")
NO_QUOTA = N_(
    "A quota counts for questions with one or several options; here it has no effect. Please take it out."
)
EXCLUSIVE = N_("“Goes with no other” counts for questions with several answers; here it has no effect.")
LEAST_OPTIONS = 2
QUOTED = frozenset({QuestionKind.SINGLE, QuestionKind.MULTIPLE})
"""Kinds whose options can be full."""


def check_question(question: Question, *, page: str) -> Iterator[Finding]:
    for text, is_error, values in _found(question):
        yield Finding(text=text, is_error=is_error, page=page, question=question.key, values=values)


Told = tuple[str, bool, dict[str, object]]


def _found(question: Question) -> Iterator[Told]:
    if not question.words:
        yield NO_WORDS, True, {}
    if question.kind in CHOICES:
        yield from _options(question)
    if question.kind is QuestionKind.CONTACT and not question.fields:
        yield NO_FIELDS, True, {}
    elif not _lacks_options(question):
        yield from _limits(question)


def _lacks_options(question: Question) -> bool:
    is_short = question.kind in CHOICES and len(question.options) < LEAST_OPTIONS
    return is_short or (question.kind is QuestionKind.MATRIX and not question.rows)


def _options(question: Question) -> Iterator[Told]:
    if len(question.options) < LEAST_OPTIONS:
        yield NO_OPTIONS, True, {}
    if question.kind is QuestionKind.MATRIX and not question.rows:
        yield NO_ROWS, True, {}
    for parts in (question.options, question.rows):
        yield from _words_of(parts)
    parts = (*question.options, *question.rows)
    if question.kind not in QUOTED and any(each.most is not None for each in parts):
        yield NO_QUOTA, False, {}
    if question.kind is not QuestionKind.MULTIPLE and any(each.is_exclusive for each in parts):
        yield EXCLUSIVE, False, {}


def _words_of(parts: Sequence[Option]) -> Iterator[Told]:
    seen: set[str] = set()
    for each in parts:
        if not each.words:
            yield NO_OPTION_WORDS, True, {"code": each.code}
        for words in dict.fromkeys((each.words.fr, each.words.en)):
            said = fold(words)
            if said and said in seen:
                yield TWICE, True, {"words": words}
                break
        seen |= {fold(each.words.fr), fold(each.words.en)}


def _limits(question: Question) -> Iterator[Told]:
    least, most = question.least_count, question.most_count
    if question.kind is QuestionKind.MULTIPLE and least and most and least > most:
        yield BAD_COUNTS, True, {"least": least, "most": most}
    elif question.least is not None and question.most is not None and question.least > question.most:
        yield BAD_RANGE, True, {}
    elif not can_be_answered(question):
        yield NO_ANSWER, True, {}
