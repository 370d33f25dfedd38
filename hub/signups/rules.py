"""What a form asks and what makes an answer to it: shapes and checks, from the texts themselves. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from hub.core.errors import HubError, Invalid
from hub.core.text import N_
from hub.core.words import Channel, Language, Purpose
from hub.customers.rules import normalise_mail, normalise_phone
from hub.signups.words import FieldKind, Mode

MOST_QUESTIONS = 3
MOST_CONSENTS = 4
TEXT_CHARS = 200
ANSWER_CHARS = 1000
OLDEST_YEARS = 120
PLAIN_FIELDS = tuple(kind for kind in FieldKind if kind is not FieldKind.QUESTION)


@dataclass(frozen=True)
class Texts:
    """What the page says in one language; `thanks` is shown once the form was sent."""

    title: str
    intro: str = ""
    thanks: str = ""


@dataclass(frozen=True)
class Question:
    fr: str
    en: str
    is_required: bool = False

    def words(self, language: str) -> str:
        return self.en if language == Language.ENGLISH else self.fr


@dataclass(frozen=True)
class ConsentLine:
    """One box to tick, never ticked beforehand: the words are the proof."""

    channel: Channel
    purpose: Purpose
    theme: str
    fr: str
    en: str

    def words(self, language: str) -> str:
        return self.en if language == Language.ENGLISH else self.fr


@dataclass(frozen=True)
class FormContent:
    """One version of a form. `fields` names what is asked; `rules_url` must be accepted in a contest."""

    texts: Mapping[str, Texts]
    fields: Mapping[str, Mode]
    questions: tuple[Question, ...] = ()
    consents: tuple[ConsentLine, ...] = ()
    is_double_optin: bool = True
    rules_url: str = ""
    image_url: str = ""

    def text(self, language: str) -> Texts:
        return self.texts[Language.ENGLISH if language == Language.ENGLISH else Language.FRENCH]

    def mode(self, kind: FieldKind) -> Mode:
        return self.fields.get(kind, Mode.OFF)


@dataclass(frozen=True)
class Answers:
    """What somebody sent, cleaned. `ticked` are positions in the consents; `errors` by field name."""

    values: dict[str, str]
    birth_on: date | None = None
    store_id: int | None = None
    ticked: tuple[int, ...] = ()
    errors: dict[str, HubError] = field(default_factory=dict)


def to_json(content: FormContent) -> dict[str, Any]:
    """As it is kept with a version."""
    return {**asdict(content), "fields": {str(kind): mode.value for kind, mode in content.fields.items()}}


def from_json(told: Mapping[str, Any]) -> FormContent:
    return FormContent(
        texts={language: Texts(**texts) for language, texts in told["texts"].items()},
        fields={kind: Mode(mode) for kind, mode in told["fields"].items()},
        questions=tuple(Question(**each) for each in told["questions"]),
        consents=tuple(_consent_of(each) for each in told["consents"]),
        is_double_optin=told["is_double_optin"],
        rules_url=told["rules_url"],
        image_url=told["image_url"],
    )


def _consent_of(told: Mapping[str, str]) -> ConsentLine:
    channel, purpose = Channel(told["channel"]), Purpose(told["purpose"])
    return ConsentLine(channel, purpose, told["theme"], told["fr"], told["en"])


def check_content(content: FormContent, *, is_contest: bool) -> None:
    """Raises Invalid with the field to correct: half-translated texts, no address, a consent nobody could keep."""
    for language in Language:
        if not content.texts[language].title.strip():
            raise Invalid(N_("Please write the title in both languages."), field=f"title_{language}")
    if content.mode(FieldKind.EMAIL) is Mode.OFF and content.mode(FieldKind.PHONE) is Mode.OFF:
        raise Invalid(N_("Please ask for a mail address or a phone number."), field="field_email")
    if content.is_double_optin and content.mode(FieldKind.EMAIL) is not Mode.REQUIRED:
        raise Invalid(
            N_("Confirmation by mail needs the mail address: please make it required."), field="field_email"
        )
    if is_contest and not content.rules_url:
        raise Invalid(N_("Please give the address of the contest rules."), field="rules_url")
    for name in ("rules_url", "image_url"):
        _check_url(getattr(content, name), name)
    for number, question in enumerate(content.questions):
        _check_pair(question.fr, question.en, f"questions-{number}-fr")
    for number, line in enumerate(content.consents):
        _check_consent(content, line, f"consents-{number}-fr")


def _check_url(url: str, name: str) -> None:
    parts = urlsplit(url)
    if url and (parts.scheme not in {"http", "https"} or not parts.netloc):
        raise Invalid(N_("Please give a whole address that begins with https://."), field=name)


def _check_pair(french: str, english: str, name: str) -> None:
    if not french.strip() or not english.strip():
        raise Invalid(N_("Please write this text in both languages."), field=name)


def _check_consent(content: FormContent, line: ConsentLine, name: str) -> None:
    _check_pair(line.fr, line.en, name)
    asked = FieldKind.EMAIL if line.channel is Channel.EMAIL else FieldKind.PHONE
    if content.mode(asked) is Mode.OFF:
        raise Invalid(N_("This box needs an address that the form does not ask for."), field=name)


def read_answers(content: FormContent, given: Mapping[str, str], *, today: date) -> Answers:
    """Clean what was sent and say what must be corrected, field by field."""
    errors: dict[str, HubError] = {}
    values = {kind: " ".join(given.get(kind, "").split())[:TEXT_CHARS] for kind in content.fields}
    for kind, mode in content.fields.items():
        if mode is Mode.REQUIRED and not values[kind]:
            errors[kind] = Invalid(N_("Please fill in this field."), field=kind)
    _read_addresses(values, errors)
    birth_on = _read_birth(values.get(FieldKind.BIRTH_ON, ""), errors, today)
    store = values.get(FieldKind.STORE, "")
    for number, question in enumerate(content.questions):
        name = f"q{number}"
        values[name] = given.get(name, "").strip()[:ANSWER_CHARS]
        if question.is_required and not values[name]:
            errors[name] = Invalid(N_("Please fill in this field."), field=name)
    if content.rules_url and not given.get("rules"):
        errors["rules"] = Invalid(N_("Please accept the rules to take part."), field="rules")
    ticked = tuple(number for number in range(len(content.consents)) if given.get(f"c{number}"))
    return Answers(values, birth_on, int(store) if store.isdecimal() else None, ticked, errors)


def _read_addresses(values: dict[str, str], errors: dict[str, HubError]) -> None:
    for kind, normalise in ((FieldKind.EMAIL, normalise_mail), (FieldKind.PHONE, normalise_phone)):
        if values.get(kind):
            try:
                values[kind] = normalise(values[kind])
            except Invalid as error:
                errors[kind] = error
    if not any(values.get(kind) for kind in (FieldKind.EMAIL, FieldKind.PHONE)) and not errors:
        first = FieldKind.EMAIL if FieldKind.EMAIL in values else FieldKind.PHONE
        errors[first] = Invalid(N_("Please give a mail address or a phone number."), field=first)


def _read_birth(text: str, errors: dict[str, HubError], today: date) -> date | None:
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = today
    if not today.year - OLDEST_YEARS <= found.year or found >= today:
        errors[FieldKind.BIRTH_ON] = Invalid(
            N_("Please give the date as day, month and year."), field=FieldKind.BIRTH_ON
        )
        return None
    return found


def is_open(*, is_active: bool, opens_at: datetime | None, closes_at: datetime | None, now: datetime) -> bool:
    """Whether a form takes entries: switched on, from `opens_at` (included) to `closes_at` (excluded)."""
    return is_active and (opens_at is None or opens_at <= now) and (closes_at is None or now < closes_at)


def missing_ticks(content: FormContent, answers: Answers) -> tuple[int, ...]:
    """Ticked boxes whose address was left empty: nothing can be kept for them."""
    wanted = {
        number: FieldKind.EMAIL if line.channel is Channel.EMAIL else FieldKind.PHONE
        for number, line in enumerate(content.consents)
    }
    return tuple(number for number in answers.ticked if not answers.values.get(wanted[number]))


DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP, "CSV injection")."""
    return f"'{text}" if text.startswith(DANGEROUS) else text
