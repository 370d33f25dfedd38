"""The form of the counter, and what it says as an entry of the inbox."""

from collections.abc import Mapping
from typing import Any

from flask import request
from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _
from wtforms import (
    DateField,
    EmailField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.validators import Length, Optional

from hub.blueprints.counter.base import SEAL
from hub.blueprints.forms import Form, required
from hub.blueprints.meant import PERSON
from hub.core import browser_seals
from hub.core.words import Channel, Language
from hub.inbox.actions import Contact, CounterEntry
from hub.inbox.words import AnswerBy
from hub.reasons import queries as reasons
from hub.staff.queries import AgentRow

SEPARATOR = "\x1f"
BOUND = (
    "key", "noted_at", "store", "signer", "first_name", "last_name", "email", "phone", "order_number", "text",
    "reason", "answer_by", "answer_until_on",
)  # fmt: skip
"""What a PIN signs, in this order (`hub/assets/js/counter/entry.js` has the same)."""
MOST_KEY, MOST_WORDS = 64, 20_000


class CounterForm(Form):
    """Who, what, and who signs. `sealed_pin` is the PIN as the tablet seals it, with what it signs."""

    key = HiddenField(validators=[required(), Length(max=MOST_KEY)])
    first_name = StringField(_("First name"), [Length(max=80)])
    last_name = StringField(_("Last name"), [Length(max=80)])
    email = EmailField(_("Mail address"), [Length(max=250)])
    phone = TelField(_("Phone"), [Length(max=60)])
    order_number = StringField(_("Order number or loyalty card"), [Length(max=60)])
    text = TextAreaField(_("What the customer said"), [required(), Length(max=MOST_WORDS)])
    reason = SelectField(_("Reason"), coerce=str, validators=[Optional()])
    answer_by = RadioField(_("The customer wants an answer"), default=AnswerBy.MAIL.value)
    answer_until_on = DateField(_("By which day"), [Optional()])
    signer = SelectField(_("Noted by"), coerce=str, validators=[required()], validate_choice=False)
    pin = PasswordField(_("Your PIN"))
    sealed_pin = HiddenField()
    noted_at = HiddenField()
    sent_at = HiddenField()
    meant = PERSON

    def offer(self, signers: list[AgentRow]) -> "CounterForm":
        """Fill the choices: who signs here, the reasons, how the answer is wanted."""
        tongue = str(get_locale())
        flags: Any = self.pin.flags
        flags.required = True  # on the page; what is sent may have it sealed instead
        self.signer.choices = [
            SelectChoice("", gettext("choose your name")),
            *(SelectChoice(str(row.id), row.name) for row in signers),
        ]
        self.reason.choices = [
            SelectChoice("", gettext("no reason yet")),
            *(SelectChoice(str(row.id), row.path(tongue)) for row in reasons.list_reasons()),
        ]
        self.answer_by.choices = [
            SelectChoice(AnswerBy.MAIL.value, gettext("by mail")),
            SelectChoice(AnswerBy.PHONE.value, gettext("by phone: a call is put on the store's list")),
            SelectChoice(AnswerBy.STORE.value, gettext("in the store: the customer comes back")),
            SelectChoice(AnswerBy.NONE.value, gettext("none: settled on the spot (a reason is needed)")),
        ]
        return self


def entry_of(form: CounterForm, store_id: int) -> CounterEntry:
    """What was noted, as the room wants it. A PIN typed on a page without script comes as it is."""
    sealed = form.sealed_pin.data or ""
    pin = browser_seals.open_seal(SEAL, sealed, bound=_bound()) if sealed else str(form.pin.data or "")
    contact = Contact(
        store_id=store_id,
        channel=Channel.COUNTER,
        text=str(form.text.data),
        email=_said(form.email.data),
        phone=_said(form.phone.data),
        first_name=form.first_name.data or "",
        last_name=form.last_name.data or "",
        reason_id=int(form.reason.data) if form.reason.data else None,
        order_number=_said(form.order_number.data),
        language=Language(str(get_locale())),
    )
    return CounterEntry(
        contact=contact,
        key=str(form.key.data),
        signer_id=int(form.signer.data) if str(form.signer.data).isdecimal() else 0,
        pin=pin,
        answer_by=AnswerBy(form.answer_by.data),
        answer_until_on=form.answer_until_on.data,
        age_seconds=(_milliseconds("sent_at") - _milliseconds("noted_at")) / 1000,
        noted_words=request.form.get("noted_words", "")[:40],
    )


def first_error(errors: Mapping[str | None, Any]) -> tuple[str | None, str]:
    """The first field to correct, and why."""
    return next(((name, str(texts[0])) for name, texts in errors.items()), (None, ""))


def _said(words: str | None) -> str | None:
    return (words or "").strip() or None


def _bound() -> bytes:
    return SEPARATOR.join(request.form.get(name, "") for name in BOUND).encode()


def _milliseconds(name: str) -> int:
    """A moment of the tablet's clock; both are given or none counts."""
    words = request.form.get(name, "")
    other = request.form.get("noted_at", "")
    return int(words) if words.isdecimal() and other.isdecimal() and len(words) < len("9" * 16) else 0
