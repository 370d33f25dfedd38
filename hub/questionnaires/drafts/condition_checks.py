"""Whether conditions look at something: an earlier page, a question there is, codes it has, a test that fits its kind. Pure."""

from collections.abc import Iterator, Mapping

from hub.core.text import N_
from hub.questionnaires.definitions import Clause, Condition, Definition, Page, Question
from hub.questionnaires.drafts.findings import Finding
from hub.questionnaires.words import SCORES, QuestionKind, Test

UNKNOWN = N_("A condition asks about “%(name)s”, which is not in the questionnaire. Please take it out.")
LATER = N_(
    "A condition asks about “%(name)s”, which does not come on an earlier page. Please move one of them, or take the condition out."
)
NO_CODES = N_("A condition about “%(name)s” names no answer. Please choose at least one.")
NO_SUCH_CODE = N_(
    "A condition asks for an answer that “%(name)s” does not have: %(codes)s. Please correct it."
)
BAD_TEST = N_(
    "A condition asks something of “%(name)s” that such an answer cannot tell. Please choose another test."
)
NO_NUMBER = N_("A condition about “%(name)s” lacks its number. Please give it.")
BY_CODE = SCORES | {
    QuestionKind.SINGLE,
    QuestionKind.MULTIPLE,
    QuestionKind.RANKING,
    QuestionKind.MATRIX,
    QuestionKind.CONSENT,
}
BY_NUMBER = SCORES | {QuestionKind.NUMBER, QuestionKind.FILE}
TESTS: Mapping[Test, frozenset[QuestionKind]] = {
    Test.ANY_OF: BY_CODE,
    Test.NONE_OF: BY_CODE,
    Test.AT_LEAST: BY_NUMBER,
    Test.AT_MOST: BY_NUMBER,
    Test.ANSWERED: frozenset(QuestionKind) - {QuestionKind.INFORMATION},
    Test.NOT_ANSWERED: frozenset(QuestionKind) - {QuestionKind.INFORMATION},
}
"""Which tests say something of which kinds."""


def codes_to_ask(question: Question) -> tuple[str, ...]:
    """Every code that a condition may name."""
    if question.kind is QuestionKind.MATRIX:
        return tuple(f"{row.code}={option.code}" for row in question.rows for option in question.options)
    if question.kind is QuestionKind.CONSENT:
        return ("yes", "no")
    return question.codes


def tests_for(question: Question) -> list[Test]:
    return [test for test, kinds in TESTS.items() if question.kind in kinds]


def check_conditions(definition: Definition, page: Page, earlier: frozenset[str]) -> Iterator[Finding]:
    """`earlier`: keys of the questions on the pages before. The end of a page sees the page itself, too."""
    here = earlier | {question.key for question in page.questions}
    yield from _check(definition, page.show_if, earlier, page=page.key)
    yield from _check(definition, page.ends_if, here, page=page.key)
    for question in page.questions:
        yield from _check(definition, question.show_if, earlier, page=page.key, question=question.key)


def _check(
    definition: Definition, condition: Condition, seen: frozenset[str], *, page: str, question: str = ""
) -> Iterator[Finding]:
    for clause in condition.clauses:
        asked = definition.by_key.get(clause.question)
        text, values = _wrong_with(clause, asked, seen)
        if text:
            named = {"name": clause.question, **values}
            yield Finding(text=text, page=page, question=question, values=named)


def _wrong_with(clause: Clause, asked: Question | None, seen: frozenset[str]) -> tuple[str, dict[str, str]]:
    if asked is None:
        return UNKNOWN, {}
    if asked.key not in seen:
        return LATER, {}
    if asked.kind not in TESTS[clause.test]:
        return BAD_TEST, {}
    return _wrong_value(clause, asked)


def _wrong_value(clause: Clause, asked: Question) -> tuple[str, dict[str, str]]:
    if clause.test in {Test.AT_LEAST, Test.AT_MOST} and clause.number is None:
        return NO_NUMBER, {}
    if clause.test in {Test.ANY_OF, Test.NONE_OF}:
        known = codes_to_ask(asked)
        unknown = [code for code in clause.codes if code not in known]
        if not clause.codes:
            return NO_CODES, {}
        return (NO_SUCH_CODE, {"codes": ", ".join(unknown)}) if unknown else ("", {})
    return "", {}
