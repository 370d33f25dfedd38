"""The builder: the fields of a sign-up form as a marketer edits them, and the content they make."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    FieldList,
    FormField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms import Form as PlainForm
from wtforms.validators import Length, Optional

from hub.blueprints.contact.joining_page import field_words
from hub.blueprints.forms import Form, options, required
from hub.blueprints.inbox.words import channel_words
from hub.core.words import Channel, Language, Purpose
from hub.customers.themes import read_themes
from hub.signups.actions import FormDetails
from hub.signups.queries import FormPage
from hub.signups.rules import (
    MOST_CONSENTS,
    MOST_QUESTIONS,
    PLAIN_FIELDS,
    ConsentLine,
    FormContent,
    Question,
    Texts,
)
from hub.signups.words import FormKind, Mode
from hub.stores.queries import get_chain

SUBJECTS = (
    (Channel.EMAIL, Purpose.PROMOTION),
    (Channel.EMAIL, Purpose.NEWSLETTER),
    (Channel.EMAIL, Purpose.OPEN_MEASUREMENT),
    (Channel.SMS, Purpose.PROMOTION),
    (Channel.WHATSAPP, Purpose.PROMOTION),
)
MAX_LINE = Length(max=300)
MAX_TEXT = Length(max=2000)


class QuestionForm(PlainForm):
    """One free question; left empty it is not asked."""

    fr = StringField(_("In French"), [MAX_LINE])
    en = StringField(_("In English"), [MAX_LINE])
    is_required = BooleanField(_("An answer is needed"))


class ConsentForm(PlainForm):
    """One box to tick; left empty it is not shown."""

    subject = SelectField(_("What it allows"))
    fr = TextAreaField(_("In French"), [Length(max=600)])
    en = TextAreaField(_("In English"), [Length(max=600)])


class SignupFormForm(Form):
    """A sign-up or contest form. The end of its address cannot change later: the proofs name it."""

    name = StringField(_("Name"), [required(), Length(max=120)])
    slug = StringField(_("End of its address"), [Length(max=80)])
    kind = SelectField(_("Kind"))
    opens_at = DateTimeLocalField(_("Opens"), [Optional()])
    closes_at = DateTimeLocalField(_("Closes"), [Optional()])
    title_fr = StringField(_("Title in French"), [required(), MAX_LINE])
    intro_fr = TextAreaField(_("Introduction in French"), [MAX_TEXT])
    thanks_fr = TextAreaField(_("Thanks in French"), [MAX_TEXT])
    title_en = StringField(_("Title in English"), [required(), MAX_LINE])
    intro_en = TextAreaField(_("Introduction in English"), [MAX_TEXT])
    thanks_en = TextAreaField(_("Thanks in English"), [MAX_TEXT])
    field_email = SelectField(_("Mail address"))
    field_phone = SelectField(_("Mobile phone"))
    field_first_name = SelectField(_("First name"))
    field_last_name = SelectField(_("Last name"))
    field_postcode = SelectField(_("Post code"))
    field_birth_on = SelectField(_("Date of birth"))
    field_store = SelectField(_("Your store"))
    questions = FieldList(FormField(QuestionForm), min_entries=MOST_QUESTIONS, max_entries=MOST_QUESTIONS)
    consents = FieldList(FormField(ConsentForm), min_entries=MOST_CONSENTS, max_entries=MOST_CONSENTS)
    is_double_optin = BooleanField(_("Ask by mail whether it was them (double opt-in)"))
    rules_url = StringField(_("Address of the contest rules"), [MAX_LINE])
    image_url = StringField(_("Address of a picture, shown when the link is shared"), [MAX_LINE])

    def offer(self) -> None:
        """The choices of the selects, in the reader's words."""
        self.kind.choices = options(kind_pairs())
        for kind in PLAIN_FIELDS:
            self[f"field_{kind}"].choices = options(_mode_pairs())
        for line in self.consents:
            line.form.subject.choices = options(subject_pairs())

    def asked_fields(self) -> list[Any]:
        return [self[f"field_{kind}"] for kind in PLAIN_FIELDS]

    def point_out(self, name: str | None, sentence: str) -> None:
        """Also inside the questions and boxes: `consents-0-fr`."""
        parts = (name or "").split("-")
        if len(parts) == 3:  # noqa: PLR2004 - the list, the row, the field
            row: Any = self[parts[0]][int(parts[1])]
            item = row.form[parts[2]]
            item.errors = [*item.errors, sentence]
        else:
            super().point_out(name, sentence)

    def details(self) -> FormDetails:
        """What the room takes."""
        zone = ZoneInfo(get_chain().time_zone)
        return FormDetails(
            name=str(self.name.data),
            opens_at=_utc(self.opens_at.data, zone),
            closes_at=_utc(self.closes_at.data, zone),
            content=self.content(),
        )

    def content(self) -> FormContent:
        return FormContent(
            texts={
                language.value: Texts(
                    *(_text(self[f"{name}_{language}"]) for name in ("title", "intro", "thanks"))
                )
                for language in Language
            },
            fields=self._asked(),
            questions=tuple(
                Question(_text(row.form.fr), _text(row.form.en), bool(row.form.is_required.data))
                for row in self.questions
                if _text(row.form.fr) or _text(row.form.en)
            ),
            consents=tuple(
                _consent_of(row.form) for row in self.consents if _text(row.form.fr) or _text(row.form.en)
            ),
            is_double_optin=bool(self.is_double_optin.data),
            rules_url=_text(self.rules_url),
            image_url=_text(self.image_url),
        )

    def _asked(self) -> dict[str, Mode]:
        modes = {kind.value: Mode(self[f"field_{kind}"].data) for kind in PLAIN_FIELDS}
        return {kind: mode for kind, mode in modes.items() if mode is not Mode.OFF}


def filled(form: FormPage) -> dict[str, Any]:
    """The values of the builder for a form that exists."""
    zone, content = ZoneInfo(get_chain().time_zone), form.content
    values: dict[str, Any] = {
        "name": form.name,
        "slug": form.slug,
        "kind": form.kind.value,
        "opens_at": form.opens_at.astimezone(zone) if form.opens_at else None,
        "closes_at": form.closes_at.astimezone(zone) if form.closes_at else None,
        "is_double_optin": content.is_double_optin,
        "rules_url": content.rules_url,
        "image_url": content.image_url,
        "questions": _padded([vars(each) for each in content.questions], MOST_QUESTIONS),
        "consents": _padded([_row_of(line) for line in content.consents], MOST_CONSENTS),
    }
    for language, texts in content.texts.items():
        values |= {f"{name}_{language}": text for name, text in vars(texts).items()}
    return values | {f"field_{kind}": content.mode(kind).value for kind in PLAIN_FIELDS}


def fresh() -> dict[str, Any]:
    """A new form asks for the mail address and confirms it."""
    return {
        "is_double_optin": True,
        "field_email": Mode.REQUIRED.value,
        "field_first_name": Mode.OPTIONAL.value,
    }


def _padded(rows: Sequence[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    return [*rows, *({} for _ in range(count - len(rows)))]


def _row_of(line: ConsentLine) -> dict[str, Any]:
    subject = ":".join(filter(None, (line.channel, line.purpose, line.theme)))
    return {"subject": subject, "fr": line.fr, "en": line.en}


def _consent_of(row: Any) -> ConsentLine:
    channel, purpose, theme = (*str(row.subject.data).split(":"), "")[:3]
    return ConsentLine(Channel(channel), Purpose(purpose), theme, _text(row.fr), _text(row.en))


def _text(item: Any) -> str:
    return (item.data or "").strip()


def _utc(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    return moment.replace(tzinfo=zone).astimezone(UTC) if moment else None


def kind_pairs() -> list[tuple[str, str]]:
    words = {FormKind.SIGNUP: gettext("Sign-up"), FormKind.CONTEST: gettext("Contest")}
    return [(kind.value, words[kind]) for kind in FormKind]


def _mode_pairs() -> list[tuple[str, str]]:
    words = {
        Mode.OFF: gettext("Not asked"),
        Mode.OPTIONAL: gettext("May be left empty"),
        Mode.REQUIRED: gettext("Needed"),
    }
    return [(mode.value, words[mode]) for mode in Mode]


def subject_pairs() -> list[tuple[str, str]]:
    """What a box may allow: a channel and a purpose, or one theme of the offers."""
    pairs = [(f"{channel}:{purpose}", subject_words(channel, purpose)) for channel, purpose in SUBJECTS]
    themes = read_themes(get_chain().settings)
    language = str(get_locale())
    return pairs + [
        (f"{channel}:{purpose}:{theme.key}", f"{subject_words(channel, purpose)} : {theme.name(language)}")
        for channel, purpose in SUBJECTS
        if purpose is Purpose.PROMOTION
        for theme in themes
    ]


def subject_words(channel: Channel, purpose: Purpose) -> str:
    """`E-mail, offers`."""
    words = {
        Purpose.PROMOTION: gettext("offers"),
        Purpose.NEWSLETTER: gettext("newsletter"),
        Purpose.OPEN_MEASUREMENT: gettext("seeing which messages are opened"),
    }
    return str(gettext("%(channel)s, %(purpose)s", channel=channel_words(channel), purpose=words[purpose]))


def asked_words(form: FormPage) -> list[str]:
    """What a form asks, for its page."""
    words = field_words()
    return [words[kind] for kind in PLAIN_FIELDS if form.content.mode(kind) is not Mode.OFF]
