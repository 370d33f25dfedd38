"""Questions as a page shows them: in the reader's language, filled in, with what is to be corrected. The preview shows the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext

from hub.blueprints.errors import sentence_of
from hub.core.errors import HubError
from hub.core.words import Language
from hub.questionnaires.definitions import OTHER, Option, Question, Wording
from hub.questionnaires.piping import pipe
from hub.questionnaires.responding.rows import FileRow
from hub.questionnaires.responding.uploads import MOST_FILE_BYTES, MOST_FILES, PDF
from hub.questionnaires.taking import LONGEST_LONG_TEXT, LONGEST_TEXT, Form
from hub.questionnaires.words import SCORES, ContactField, QuestionKind

PICTURES = "image/jpeg,image/png,image/webp"
COMPLETES = {
    ContactField.FIRST_NAME: ("text", "given-name"),
    ContactField.LAST_NAME: ("text", "family-name"),
    ContactField.EMAIL: ("email", "email"),
    ContactField.PHONE: ("tel", "tel"),
    ContactField.POSTCODE: ("text", "postal-code"),
    ContactField.CITY: ("text", "address-level2"),
}
"""Type of the field and what a browser may fill in."""


@dataclass(frozen=True)
class Choice:
    """`end`: what this end of a scale means; it is read with the number."""

    code: str
    words: str
    is_chosen: bool
    end: str = ""


@dataclass(frozen=True)
class Field:
    """One field of a contact, or the place of an option in a ranking."""

    name: str
    words: str
    value: str
    type: str = "text"
    autocomplete: str = ""


@dataclass(frozen=True)
class Row:
    """A line of a matrix."""

    name: str
    words: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """`value`: of what is typed. `other`: the words beside OTHER, None where there is none. `id` is of its first control."""

    key: str
    kind: QuestionKind
    words: str
    help: str
    error: str
    is_required: bool
    value: str = ""
    unit: str = ""
    other: str | None = None
    choices: tuple[Choice, ...] = ()
    rows: tuple[Row, ...] = ()
    fields: tuple[Field, ...] = ()
    files: tuple[FileRow, ...] = ()
    accept: str = ""
    longest: int = LONGEST_TEXT

    @property
    def id(self) -> str:
        return f"q-{self.key}"

    @property
    def described(self) -> str:
        """The ids of what describes it."""
        return " ".join(
            f"{self.id}-{name}" for name, words in (("help", self.help), ("error", self.error)) if words
        )


@dataclass(frozen=True, kw_only=True)
class Reader:
    """For whom it is drawn. `places`: what the words repeat (piping)."""

    language: Language
    places: Mapping[str, str]
    is_anonymous: bool = False

    def say(self, words: Wording) -> str:
        return pipe(words.say(self.language), self.places)


def draw_questions(
    questions: Sequence[Question],
    reader: Reader,
    *,
    given: Form,
    errors: Mapping[str, HubError] | None = None,
    files: Sequence[FileRow] = (),
) -> list[Drawn]:
    """`given` is what was typed, or what answers become by `retelling.as_form`."""
    wrong = errors or {}
    return [_draw(each, reader, given, wrong.get(each.key), files) for each in questions]


def _draw(
    question: Question, reader: Reader, given: Form, error: HubError | None, files: Sequence[FileRow]
) -> Drawn:
    drawn = Drawn(
        key=question.key,
        kind=question.kind,
        words=reader.say(question.words),
        help=_help_of(question, reader),
        error=sentence_of(error) if error else "",
        is_required=question.is_required,
        value=_first(given, question.key),
        unit=reader.say(question.unit),
    )
    return replace(drawn, **_parts_of(question, reader, given, files))


def _parts_of(question: Question, reader: Reader, given: Form, files: Sequence[FileRow]) -> dict[str, Any]:
    """What a kind has beside its words and a value."""
    match question.kind:
        case QuestionKind.RANKING:
            found: dict[str, Any] = {"fields": _fields(question, reader, given)}
        case QuestionKind.MATRIX:
            found = {"rows": _rows(question, reader, given)}
        case QuestionKind.CONTACT:
            found = {"fields": _contact(question, given)}
        case QuestionKind.LONG_TEXT:
            found = {"longest": LONGEST_LONG_TEXT}
        case QuestionKind.FILE:
            accept = PICTURES if reader.is_anonymous else f"{PICTURES},{PDF}"
            found = {
                "files": tuple(each for each in files if each.question_key == question.key),
                "accept": accept,
            }
        case kind if kind in SCORES:
            found = {"choices": _scores(question, reader, given)}
        case _:
            has_other = any(option.code == OTHER for option in question.options)
            beside = _first(given, f"{question.key}.{OTHER}") if has_other else None
            found = {
                "choices": _choices(question.options, reader, given.get(question.key, ())),
                "other": beside,
            }
    return found


def _first(given: Form, name: str) -> str:
    return (given.get(name) or ("",))[0]


def _help_of(question: Question, reader: Reader) -> str:
    own = reader.say(question.help)
    return " ".join(filter(None, (own, _rule_of(question, reader))))


def _rule_of(question: Question, reader: Reader) -> str:
    """What the page says of itself, beside what the author of the question wrote."""
    match question.kind:
        case QuestionKind.RANKING:
            return gettext("Give each line a place: 1 is the first.")
        case QuestionKind.MULTIPLE if question.most_count:
            return gettext("At most %(count)s answers.", count=question.most_count)
        case QuestionKind.MULTIPLE:
            return gettext("Several answers are possible.")
        case QuestionKind.FILE:
            kinds = gettext("pictures") if reader.is_anonymous else gettext("pictures or PDF")
            return gettext(
                "%(kinds)s, %(count)s files at most, %(size)s MB each.",
                kinds=kinds, count=MOST_FILES, size=MOST_FILE_BYTES // 2**20,
            )  # fmt: skip
    return ""


def _choices(options: Sequence[Option], reader: Reader, chosen: Sequence[str]) -> tuple[Choice, ...]:
    return tuple(Choice(each.code, reader.say(each.words), each.code in chosen) for each in options)


def _scores(question: Question, reader: Reader, given: Form) -> tuple[Choice, ...]:
    codes = question.codes
    low, high = usual_ends(question.kind)
    ends = (
        {codes[0]: reader.say(question.low) or low, codes[-1]: reader.say(question.high) or high}
        if codes
        else {}
    )
    chosen = _first(given, question.key)
    return tuple(Choice(code, code, code == chosen, ends.get(code, "")) for code in codes)


def usual_ends(kind: QuestionKind) -> tuple[str, str]:
    """What the ends of a scale mean when its author said nothing."""
    match kind:
        case QuestionKind.NPS:
            return gettext("not at all likely"), gettext("extremely likely")
        case QuestionKind.CES:
            return gettext("strongly disagree"), gettext("strongly agree")
        case QuestionKind.CSAT:
            return gettext("not at all satisfied"), gettext("very satisfied")
    return gettext("lowest"), gettext("highest")


def _rows(question: Question, reader: Reader, given: Form) -> tuple[Row, ...]:
    names = {row.code: f"{question.key}.{row.code}" for row in question.rows}
    return tuple(
        Row(name, reader.say(row.words), _choices(question.options, reader, given.get(name, ())))
        for row in question.rows
        for name in (names[row.code],)
    )


def _fields(question: Question, reader: Reader, given: Form) -> tuple[Field, ...]:
    names = {option.code: f"{question.key}.{option.code}" for option in question.options}
    return tuple(
        Field(names[each.code], reader.say(each.words), _first(given, names[each.code]))
        for each in question.options
    )


def _contact(question: Question, given: Form) -> tuple[Field, ...]:
    words = contact_words()
    return tuple(
        Field(
            f"{question.key}.{each}", words[each], _first(given, f"{question.key}.{each}"), *COMPLETES[each]
        )
        for each in question.fields
    )


def contact_words() -> dict[ContactField, str]:
    """The fields of a contact, in the reader's language."""
    return {
        ContactField.FIRST_NAME: gettext("First name"),
        ContactField.LAST_NAME: gettext("Last name"),
        ContactField.EMAIL: gettext("Mail address"),
        ContactField.PHONE: gettext("Mobile phone"),
        ContactField.POSTCODE: gettext("Post code"),
        ContactField.CITY: gettext("City"),
    }
