"""The form of one step: what is stored of it as fields, and what was typed as what is stored."""

from collections.abc import Mapping
from datetime import time
from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.validators import Length

from hub.blueprints.forms import Form, options
from hub.blueprints.message_names import purpose_words
from hub.blueprints.plan_editor import choosing
from hub.blueprints.plan_editor.asking_words import choice_words
from hub.blueprints.plan_editor.words import DAY_MINUTES, HOUR_MINUTES, anchor_words
from hub.content.variables import OWN_PURPOSES
from hub.core.errors import Invalid
from hub.core.text import N_
from hub.core.words import Channel, Purpose
from hub.customers.properties import clean_properties
from hub.plans.asking import SUGGESTIONS
from hub.plans.reading import DAY_MINUTES as WHOLE_DAY
from hub.plans.reading import DAYS, EXPIRES_DAYS
from hub.plans.words import Anchor, StepKind

UNITS = {"days": DAY_MINUTES, "hours": HOUR_MINUTES, "minutes": 1}
MOST_DAYS = 3_650
MOST_OF = {"days": MOST_DAYS, "hours": MOST_DAYS * 24, "minutes": MOST_DAYS * DAY_MINUTES}
ASKING = frozenset({StepKind.SPLIT, StepKind.END})
"""Kinds that never expire."""
FIELDS_OF: Mapping[StepKind, tuple[str, ...]] = {
    StepKind.SEND: ("channel", "template", "purpose", "theme", "pool", "recommend"),
    StepKind.PROMO: ("pool",),
    StepKind.TASK: ("subject", "reason"),
    StepKind.NOTIFY: ("words",),
    StepKind.PROPERTY: ("property", "value"),
    StepKind.AUDIENCE: ("name", "days"),
    StepKind.POSTAL: ("name",),
    StepKind.ERASURE_DUE: ("days",),
}
SHOWN = frozenset(
    {"label", "anchor", "delay", "is_on", "expires_minutes", "expires_days", "when", "variants", "promo_pool"}
).union(*FIELDS_OF.values())
"""What of a stored step the form speaks of; the rest is kept as it is."""
WHOLE = N_("Please give a whole number.")


class StepForm(Form):
    """All fields of all kinds; the page shows those of the step's own."""

    label = StringField(lazy_gettext("What you call this step"), [Length(max=80)])
    anchor = SelectField(lazy_gettext("Delay counted"))
    delay_days = StringField(lazy_gettext("Days later"))
    delay_hours = StringField(lazy_gettext("Hours later"))
    delay_minutes = StringField(lazy_gettext("Minutes later"))
    delay_at = StringField(lazy_gettext("At the customer's local time"))
    expires = StringField(lazy_gettext("Left out if it is late by more than"))
    expires_unit = SelectField(lazy_gettext("Unit"))
    channel = SelectField(lazy_gettext("Sent by"))
    template = SelectField(lazy_gettext("Message"))
    purpose = SelectField(lazy_gettext("What it is for"))
    theme = SelectField(lazy_gettext("Theme"))
    pool = SelectField(lazy_gettext("Promo codes"))
    recommend = SelectField(lazy_gettext("Products it suggests"))
    subject = StringField(lazy_gettext("What the call is about"), [Length(max=200)])
    reason = TextAreaField(lazy_gettext("What to say"), [Length(max=2000)])
    words = TextAreaField(lazy_gettext("What the store is told"), [Length(max=500)])
    property = SelectField(lazy_gettext("Property"))
    value = StringField(lazy_gettext("Value"), [Length(max=500)])
    name = StringField(lazy_gettext("Name of the list"), [Length(max=80)])
    days = StringField(lazy_gettext("How many days"))
    is_on = BooleanField(lazy_gettext("This step is on"))

    def offer(self) -> None:
        """Fill the lists; what is chosen stays to be chosen."""
        channel = Channel(self.channel.data) if self.channel.data in set(Channel) else None
        self.anchor.choices = options((each.value, anchor_words(each)) for each in Anchor)
        self.expires_unit.choices = options(
            [("days", gettext("days")), ("hours", gettext("hours")), ("minutes", gettext("minutes"))]
        )
        self.channel.choices = options([("email", gettext("E-mail")), ("sms", gettext("SMS"))])
        self.purpose.choices = options((each.value, purpose_words(each)) for each in OWN_PURPOSES)
        self.theme.choices = options(_kept([("", gettext("no theme")), *choosing.themes()], self.theme.data))
        self.template.choices = options(choosing.template_choices(channel, self.template.data or ""))
        self.pool.choices = options(_kept([("", gettext("No code")), *choosing.pools()], self.pool.data))
        why = [
            ("", gettext("what suits the message")),
            *((each, choice_words("why", each)) for each in SUGGESTIONS),
        ]
        self.recommend.choices = options(why)
        listed = [("", gettext("Please choose")), *choosing.properties()]
        self.property.choices = options(_kept(listed, self.property.data))


def _kept(pairs: choosing.Pairs, chosen: str | None) -> choosing.Pairs:
    return pairs if not chosen or chosen in dict(pairs) else [*pairs, (chosen, chosen)]


def open_form(step: Mapping[str, Any]) -> StepForm:
    """The form of a stored step; what was typed goes before what is stored."""
    delay = step.get("delay") or {}
    expires, unit = _in_units(int(step.get("expires_minutes") or EXPIRES_DAYS * WHOLE_DAY))
    minutes = int(delay.get("minutes") or 0)
    stored = {
        "label": step.get("label", ""),
        "anchor": step.get("anchor", Anchor.ENTRY.value),
        "delay_days": str(delay.get("days") or "")
        if minutes or delay.get("at")
        else str(delay.get("days") or 0),
        "delay_hours": str(int(minutes / HOUR_MINUTES) or ""),
        "delay_minutes": str(minutes - int(minutes / HOUR_MINUTES) * HOUR_MINUTES or ""),
        "delay_at": delay.get("at") or "",
        "expires": expires,
        "expires_unit": unit,
        "channel": step.get("channel", Channel.EMAIL.value),
        "purpose": step.get("purpose", Purpose.PROMOTION.value),
        "is_on": bool(step.get("is_on", True)),
    }
    for name in set().union(*FIELDS_OF.values()) - stored.keys():
        stored[name] = _shown(step.get(name))
    form = StepForm(data=stored)
    form.offer()
    return form


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(gettext("yes")) if value else str(gettext("no"))
    return "" if value is None else str(value)


def _in_units(minutes: int) -> tuple[str, str]:
    unit = next(name for name, size in UNITS.items() if minutes % size == 0)
    return str(minutes // UNITS[unit]), unit


def read_step(form: StepForm, kind: StepKind) -> dict[str, Any]:
    """What is stored of the fields, without the conditions. Raises Invalid, with the field it is about."""
    found: dict[str, Any] = {
        "label": " ".join((form.label.data or "").split()),
        "anchor": form.anchor.data,
        "delay": _read_delay(form),
        "is_on": bool(form.is_on.data),
    }
    if kind not in ASKING:
        size = UNITS[form.expires_unit.data]
        count = read_whole(form, "expires", least=1, most=MOST_OF[form.expires_unit.data])
        found["expires_minutes"] = (EXPIRES_DAYS * WHOLE_DAY) if count is None else count * size
    for name in FIELDS_OF.get(kind, ()):
        found[name] = _read(form, name, kind)
    return {name: value for name, value in found.items() if value not in (None, "", {})}


def _read(form: StepForm, name: str, kind: StepKind) -> Any:
    if name == "days":
        least, most = DAYS[kind]
        return read_whole(form, name, least=least, most=most)
    typed = (form[name].data or "").strip()
    if name == "value" and typed and form.property.data:
        try:
            return clean_properties({form.property.data: typed})[form.property.data]
        except Invalid as error:
            raise Invalid(error.text, field="value", **error.values) from None
    return typed


def _read_delay(form: StepForm) -> dict[str, Any]:
    """Days may count backwards from a date of the customer, and from nothing else."""
    backwards = MOST_DAYS if form.anchor.data == Anchor.DATE else 0
    hours = read_whole(form, "delay_hours", least=0, most=24 * 366) or 0
    minutes = read_whole(form, "delay_minutes", least=0, most=24 * HOUR_MINUTES) or 0
    delay = {
        "days": read_whole(form, "delay_days", least=-backwards, most=MOST_DAYS) or 0,
        "minutes": hours * HOUR_MINUTES + minutes,
        "at": _clock(form),
    }
    return {name: value for name, value in delay.items() if value}


def _clock(form: StepForm) -> str:
    """`9:5`, `9h30` and `09:30` are times of day; what the browser's own field gives is one of them."""
    typed = (form.delay_at.data or "").strip().lower().replace("h", ":").removesuffix(":")
    if not typed:
        return ""
    hour, _, minute = typed.partition(":")
    try:
        return f"{time(int(hour), int(minute[:2] or 0)):%H:%M}"
    except ValueError:
        raise Invalid(N_("Please give a time of day, for example 10:00."), field="delay_at") from None


def read_whole(form: Form, name: str, *, least: int, most: int) -> int | None:
    """None when it is empty. Raises Invalid."""
    typed = (
        (form[name].data or "").replace("\u202f", "").replace("\xa0", "").replace(" ", "").replace("−", "-")
    )
    if not typed:
        return None
    if not typed.removeprefix("-").isdecimal() or len(typed) > 9:  # noqa: PLR2004 - more is a typing error
        raise Invalid(WHOLE, field=name)
    if not least <= int(typed) <= most:
        raise Invalid(
            N_("Please give a whole number from %(least)s to %(most)s."), field=name, least=least, most=most
        )
    return int(typed)
