"""The builder's words: kinds of questions, states, tests of conditions, what a check found, how long it takes."""

from collections.abc import Mapping
from datetime import datetime

from flask_babel import get_locale, gettext, ngettext

from hub.core.text import N_, shorten
from hub.core.words import Language
from hub.questionnaires.definitions import Clause, Condition, Definition, Page, Question, Wording
from hub.questionnaires.drafts.findings import Finding
from hub.questionnaires.drafts.rows import is_taking
from hub.questionnaires.words import ContactField, Join, Mode, QuestionKind, QuestionnaireState, Test

KINDS: Mapping[QuestionKind, tuple[str, str]] = {
    QuestionKind.CSAT: (N_("Satisfaction"), N_("From 1 to 5; 4 and 5 are satisfied.")),
    QuestionKind.NPS: (N_("Recommendation (NPS)"), N_("From 0 to 10; promoters minus detractors.")),
    QuestionKind.CES: (N_("Effort (CES)"), N_("From 1 to 7, from very difficult to very easy.")),
    QuestionKind.SCALE: (N_("Scale"), N_("Numbers between two ends, both said in words.")),
    QuestionKind.SINGLE: (N_("One answer"), N_("One option of a list.")),
    QuestionKind.MULTIPLE: (N_("Several answers"), N_("As many options as apply.")),
    QuestionKind.RANKING: (N_("Ranking"), N_("Options put in order.")),
    QuestionKind.MATRIX: (N_("Table"), N_("Several lines with the same answers.")),
    QuestionKind.TEXT: (N_("Short text"), N_("A few words.")),
    QuestionKind.LONG_TEXT: (N_("Long text"), N_("A comment in the participant's own words.")),
    QuestionKind.NUMBER: (N_("Number or amount"), N_("A quantity, an amount.")),
    QuestionKind.DATE: (N_("Date"), N_("A day.")),
    QuestionKind.CONTACT: (N_("Contact details"), N_("Name, mail address, phone.")),
    QuestionKind.CONSENT: (N_("Consent"), N_("A box to tick.")),
    QuestionKind.INFORMATION: (N_("Information"), N_("A text to read, without an answer.")),
    QuestionKind.FILE: (N_("File"), N_("A photo or a document to add.")),
}
"""Name and what it is for, in the order in which they are offered."""
CONTACT_FIELDS: Mapping[ContactField, str] = {
    ContactField.FIRST_NAME: N_("First name"),
    ContactField.LAST_NAME: N_("Last name"),
    ContactField.EMAIL: N_("Mail address"),
    ContactField.PHONE: N_("Phone"),
    ContactField.POSTCODE: N_("Postcode"),
    ContactField.CITY: N_("City"),
}
MODES: Mapping[Mode, str] = {
    Mode.IDENTIFIED: N_("Identified: we know who answers"),
    Mode.ANONYMOUS: N_("Anonymous: nobody can find out who answered what"),
}
TESTS: Mapping[Test, str] = {
    Test.ANY_OF: N_("is one of"),
    Test.NONE_OF: N_("is none of"),
    Test.AT_LEAST: N_("is at least"),
    Test.AT_MOST: N_("is at most"),
    Test.ANSWERED: N_("was answered"),
    Test.NOT_ANSWERED: N_("was not answered"),
}
PARTS: Mapping[str, str] = {
    "title": N_("title"),
    "introduction": N_("introduction"),
    "thanks": N_("thanks"),
    "words": N_("question"),
    "help": N_("help"),
    "low": N_("words of the low end"),
    "high": N_("words of the high end"),
    "unit": N_("unit"),
    "options": N_("options"),
}
STATES: Mapping[QuestionnaireState, tuple[str, str]] = {
    QuestionnaireState.DRAFT: (N_("draft"), "plain"),
    QuestionnaireState.OPEN: (N_("open for answers"), "ok"),
    QuestionnaireState.CLOSED: (N_("closed for answers"), "note"),
}
LONGEST_TITLE = 80


PIPING = N_(
    "Words may repeat what is known: {{first_name}}, {{store}}, or the answer to a question of an earlier page by its name, "
    "such as {{nps}}. After a bar stands what is said when nothing is known: {{first_name|dear customer}}."
)


def piping_hint() -> str:
    return str(gettext(PIPING))


def reader_language() -> Language:
    return Language.ENGLISH if str(get_locale()).startswith("en") else Language.FRENCH


def say(wording: Wording) -> str:
    return wording.say(reader_language())


def kind_words(kind: QuestionKind) -> str:
    return str(gettext(KINDS[kind][0]))


def title_of(question: Question) -> str:
    return shorten(say(question.words), LONGEST_TITLE) or gettext("Question without words")


def page_words(definition: Definition, page: Page) -> str:
    """`Page 3: In the store`."""
    number = definition.pages.index(page) + 1
    title = say(page.title)
    if title:
        return str(gettext("Page %(number)s: %(title)s", number=number, title=title))
    return str(gettext("Page %(number)s", number=number))


def state_words(state: QuestionnaireState, closes_at: datetime | None, now: datetime) -> tuple[str, str]:
    """Words and tone of a state; what is past its closing date is closed."""
    if state is QuestionnaireState.OPEN and not is_taking(state, closes_at, now):
        state = QuestionnaireState.CLOSED
    words, tone = STATES[state]
    return str(gettext(words)), tone


def minutes_words(minutes: tuple[int, int]) -> str:
    middle, longest = minutes
    said = ngettext("about %(num)s minute", "about %(num)s minutes", middle)
    if longest == middle:
        return str(said)
    return str(gettext("%(time)s, %(most)s at most", time=said, most=longest))


def clause_words(clause: Clause, definition: Definition) -> str:
    """`“Are you satisfied?” is at most 3`; what is not there any more stands as its key."""
    asked = definition.by_key.get(clause.question)
    values = [] if asked is None else [code_words(asked, code) for code in clause.codes]
    value = " / ".join(values or clause.codes) if clause.codes else ""
    if clause.test in {Test.AT_LEAST, Test.AT_MOST}:
        value = "" if clause.number is None else f"{clause.number:g}"
    title = title_of(asked) if asked else clause.question
    return str(
        gettext(
            "“%(question)s” %(test)s %(value)s", question=title, test=gettext(TESTS[clause.test]), value=value
        )
    ).strip()


def condition_words(condition: Condition, definition: Definition) -> str:
    joint = gettext(" or ") if condition.join is Join.ANY else gettext(" and ")
    return str(joint).join(clause_words(clause, definition) for clause in condition.clauses)


def code_words(question: Question, code: str) -> str:
    """What stands on the page for a code that a condition names."""
    if question.kind is QuestionKind.CONSENT:
        return gettext("yes") if code == "yes" else gettext("no")
    if question.kind is QuestionKind.MATRIX:
        row, _, column = code.partition("=")
        lines = {each.code: say(each.words) for each in question.rows}
        columns = {each.code: say(each.words) for each in question.options}
        return f"{lines.get(row, row)} = {columns.get(column, column)}"
    return next((say(each.words) for each in question.options if each.code == code), code)


def finding_words(finding: Finding, definition: Definition) -> str:
    """What to do about it; keys of questions are said as their titles."""
    values = dict(finding.values)
    if "parts" in values:
        values["parts"] = ", ".join(gettext(PARTS[each]) for each in values["parts"])
    asked = definition.by_key.get(str(values.get("name", "")))
    if asked is not None:
        values["name"] = title_of(asked)
    return str(gettext(finding.text, **values) if values else gettext(finding.text))
