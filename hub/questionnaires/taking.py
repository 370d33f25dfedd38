"""What a form said becomes answers, or is refused in words that say what to correct. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from hub.core.errors import Invalid, Wrong
from hub.core.text import N_
from hub.questionnaires.definitions import OTHER, UNSTORED, Question
from hub.questionnaires.words import ContactField, QuestionKind

LONGEST_TEXT = 300
LONGEST_LONG_TEXT = 5_000
MAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s]{2,}")
PHONE = re.compile(r"\+?[0-9 ().-]{6,20}")
REQUIRED = N_("Please answer this question.")
NO_OPTION = N_("Please choose one of the answers shown.")
NO_RANK = N_("Please give each answer a place of its own.")
EVERY_ROW = N_("Please answer each line.")
NOT_TICKED = N_("Please tick this box to go on.")
WITH_OTHER = frozenset({QuestionKind.SINGLE, QuestionKind.MULTIPLE})
APART = frozenset({QuestionKind.INFORMATION, QuestionKind.FILE})
"""What is read only, and what comes apart from the form."""
Form = Mapping[str, Sequence[str]]
"""What a browser sent, by field: all values of each name. `<key>`; `<key>.<row>`, `<key>.<code>`, `<key>.<field>`, `<key>.other`."""


@dataclass(frozen=True)
class Taken:
    """`answers` by key, without those that were skipped; `errors` by key, as sentences to be translated."""

    answers: Mapping[str, Any]
    errors: Mapping[str, Invalid]


def take(questions: Sequence[Question], form: Form) -> Taken:
    """The answers of one page. Nothing that was typed is lost: the page is shown again with `form` beside the errors."""
    answers: dict[str, Any] = {}
    errors: dict[str, Invalid] = {}
    for question in questions:
        try:
            value = _take_one(question, form)
        except Invalid as error:
            errors[question.key] = error
            continue
        if value is not None:
            answers[question.key] = value
            answers |= _other_words(question, value, form)
    return Taken(answers, errors)


def _take_one(question: Question, form: Form) -> Any:
    value = READERS[question.kind](question, form)
    if value is None and question.is_required and question.kind not in APART:
        raise Invalid(REQUIRED)
    return value


def wrongs(taken: Taken) -> list[Wrong]:
    """The errors for machines."""
    return [Wrong(key, str(error)) for key, error in taken.errors.items()]


def _other_words(question: Question, value: Any, form: Form) -> dict[str, str]:
    """Of one choice or several; of a ranking the field holds the place of the option."""
    if question.kind not in WITH_OTHER:
        return {}
    is_chosen = value == OTHER or (isinstance(value, list) and OTHER in value)
    words = _line(form, f"{question.key}.{OTHER}", LONGEST_TEXT)
    return {f"{question.key}.{OTHER}": words} if is_chosen and words else {}


def _first(form: Form, name: str) -> str:
    values = form.get(name) or ("",)
    return values[0].translate(UNSTORED).strip()


def _line(form: Form, name: str, longest: int) -> str:
    return _first(form, name).replace("\r\n", "\n")[:longest].strip()


def _score(question: Question, form: Form) -> int | None:
    given = _first(form, question.key)
    if given and given not in question.codes:
        raise Invalid(NO_OPTION)
    return int(given) if given else None


def _single(question: Question, form: Form) -> str | None:
    given = _first(form, question.key)
    if given and given not in question.codes:
        raise Invalid(NO_OPTION)
    return given or None


def _multiple(question: Question, form: Form) -> list[str] | None:
    """In the order of the definition, whatever the order on the page was."""
    given = {each for each in form.get(question.key, ()) if each}
    if not given <= set(question.codes):
        raise Invalid(NO_OPTION)
    alone = [option.code for option in question.options if option.is_exclusive and option.code in given]
    if alone and len(given) > 1:
        raise Invalid(N_("One of your answers goes with no other one. Please keep either."))
    _check_count(question, len(given))
    return [code for code in question.codes if code in given] or None


def _check_count(question: Question, count: int) -> None:
    if not count:
        return
    if question.least_count and count < question.least_count:
        raise Invalid(N_("Please choose at least %(count)s answers."), count=question.least_count)
    if question.most_count and count > question.most_count:
        raise Invalid(N_("Please choose at most %(count)s answers."), count=question.most_count)


def _ranking(question: Question, form: Form) -> list[str] | None:
    """Codes, the first one first: all of them, or none at all."""
    given = {code: _first(form, f"{question.key}.{code}") for code in question.codes}
    if not any(given.values()):
        return None
    wanted = [str(place) for place in range(1, len(question.codes) + 1)]
    if sorted(given.values()) != sorted(wanted):
        raise Invalid(NO_RANK)
    codes = {place: code for code, place in given.items()}
    return [codes[place] for place in wanted]


def _matrix(question: Question, form: Form) -> dict[str, str] | None:
    given = {row.code: _first(form, f"{question.key}.{row.code}") for row in question.rows}
    told = {row: code for row, code in given.items() if code}
    if not set(told.values()) <= set(question.codes):
        raise Invalid(NO_OPTION)
    if question.is_required and len(told) < len(given):
        raise Invalid(EVERY_ROW)
    return told or None


def _text(question: Question, form: Form) -> str | None:
    return _line(form, question.key, LONGEST_TEXT) or None


def _long_text(question: Question, form: Form) -> str | None:
    return _line(form, question.key, LONGEST_LONG_TEXT) or None


def _date(question: Question, form: Form) -> str | None:
    given = _first(form, question.key)
    if not given:
        return None
    try:
        return date.fromisoformat(given).isoformat()
    except ValueError:
        raise Invalid(N_("Please give the day as year, month and day: 2026-03-31.")) from None


def _number(question: Question, form: Form) -> float | int | None:
    """With a comma or a point; `1 200` is one number."""
    given = re.sub(r"\s", "", _first(form, question.key)).replace(",", ".")
    if not given:
        return None
    if not re.fullmatch(r"-?[0-9]{1,12}(\.[0-9]{1,6})?", given):
        raise Invalid(N_("Please give a number, such as 12 or 12.5."))
    value = float(given)
    if question.least is not None and value < question.least:
        raise Invalid(N_("Please give a number of at least %(least)s."), least=_plain(question.least))
    if question.most is not None and value > question.most:
        raise Invalid(N_("Please give a number of at most %(most)s."), most=_plain(question.most))
    return _plain(value)


def _plain(value: float) -> float | int:
    return int(value) if value.is_integer() else value


def _contact(question: Question, form: Form) -> dict[str, str] | None:
    given = {each.value: _line(form, f"{question.key}.{each}", LONGEST_TEXT) for each in question.fields}
    told = {name: words for name, words in given.items() if words}
    mail, phone = told.get(ContactField.EMAIL), told.get(ContactField.PHONE)
    if mail and not MAIL.fullmatch(mail):
        raise Invalid(N_("Please check the mail address: it should look like name@example.org."))
    if phone and not PHONE.fullmatch(phone):
        raise Invalid(N_("Please check the phone number: it should look like 06 12 34 56 78."))
    if question.is_required and len(told) < len(given):
        raise Invalid(N_("Please fill in all fields."))
    return told or None


def _consent(question: Question, form: Form) -> bool | None:
    """A box that was not ticked is a no, unless it must be ticked."""
    is_ticked = _first(form, question.key) == "yes"
    if question.is_required and not is_ticked:
        raise Invalid(NOT_TICKED)
    return is_ticked


def _nothing(question: Question, form: Form) -> None:
    """Read only; files come apart from the form."""


READERS: Mapping[QuestionKind, Callable[[Question, Form], Any]] = {
    QuestionKind.CSAT: _score,
    QuestionKind.NPS: _score,
    QuestionKind.CES: _score,
    QuestionKind.SCALE: _score,
    QuestionKind.SINGLE: _single,
    QuestionKind.MULTIPLE: _multiple,
    QuestionKind.RANKING: _ranking,
    QuestionKind.MATRIX: _matrix,
    QuestionKind.TEXT: _text,
    QuestionKind.LONG_TEXT: _long_text,
    QuestionKind.DATE: _date,
    QuestionKind.NUMBER: _number,
    QuestionKind.CONTACT: _contact,
    QuestionKind.CONSENT: _consent,
    QuestionKind.INFORMATION: _nothing,
    QuestionKind.FILE: _nothing,
}
