"""Door of caps and hours: what the gate lets through, how often and when; and which stores may not send."""

from collections.abc import Mapping
from typing import Any, ClassVar

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import IntegerField, SelectField
from wtforms.validators import Optional

from hub.blueprints.access import viewer
from hub.blueprints.forms import CheckboxesField, Form, ids, options
from hub.blueprints.messages.base import blueprint
from hub.core import clock
from hub.core.words import Channel, Purpose
from hub.outbox.policy import (
    CHANNELS,
    EARLIEST_SMS_HOUR,
    KINDS,
    MIDNIGHT,
    change_policy,
    field_of,
    get_policy,
)
from hub.outbox.quiet_hours import DayHours
from hub.outbox.rules import DEFAULT_CAPS, LATEST_SMS_HOUR, Cap, Policy
from hub.stores.queries import list_stores


class CapsForm(Form):
    """The two numbers of each cap are added below: `count_email_promotion`, `days_email_promotion`, …"""

    mail_opens = SelectField(_("Mails from"))
    mail_closes = SelectField(_("Mails until"))
    sms_opens = SelectField(_("SMS from"))
    sms_closes = SelectField(_("SMS until"))
    stores = CheckboxesField(_("Stores that may not send"))

    def offer(self) -> None:
        self.mail_opens.choices = _hours(0, MIDNIGHT - 1)
        self.mail_closes.choices = _hours(1, MIDNIGHT)
        self.sms_opens.choices = _hours(EARLIEST_SMS_HOUR, LATEST_SMS_HOUR - 1)
        self.sms_closes.choices = _hours(EARLIEST_SMS_HOUR + 1, LATEST_SMS_HOUR)
        self.stores.choices = options((row.id, row.name) for row in list_stores())

    def caps(self) -> dict[tuple[Channel, Purpose], Cap | None]:
        return {kind: self._cap(kind) for kind in KINDS}

    def _cap(self, kind: tuple[Channel, Purpose]) -> Cap | None:
        """Both fields empty is no cap; one of them alone counts as a number that cannot be."""
        count, days = (self[field_of(part, kind)].data for part in ("count", "days"))
        if count is None and days is None:
            return None
        return Cap(-1 if count is None else count, 0 if days is None else days)


class Marked:
    """Shows a field as one that must be filled in; the room says so when it is not."""

    field_flags: ClassVar = {"required": True}

    def __call__(self, form: Any, field: Any) -> None:
        """Nothing is wrong here."""


def _add_cap_fields() -> None:
    for kind in KINDS:
        checks = [Optional(), Marked()] if kind in DEFAULT_CAPS else [Optional()]
        setattr(CapsForm, field_of("count", kind), IntegerField(_("Messages"), checks))
        setattr(CapsForm, field_of("days", kind), IntegerField(_("in days"), checks))


_add_cap_fields()


def _hours(first: int, last: int) -> Any:
    return options((hour, f"{hour}:00") for hour in range(first, last + 1))


@blueprint.get("/caps")
def show_caps() -> ResponseReturnValue:
    form = CapsForm(data=_data(get_policy()))
    form.offer()
    return _page(form)


@blueprint.post("/caps")
def save_caps() -> ResponseReturnValue:
    form = CapsForm()
    form.offer()
    if not form.does(lambda: _change(form)):
        return _page(form), form.status
    flash(gettext("Saved. What waits is judged by the new rules when it is looked at next."), "ok")
    return redirect(url_for("messages.show_caps"), 303)


def _change(form: CapsForm) -> None:
    change_policy(
        caps=form.caps(),
        mail_hours=DayHours(int(form.mail_opens.data), int(form.mail_closes.data)),
        sms_hours=DayHours(int(form.sms_opens.data), int(form.sms_closes.data)),
        blocked_store_ids=ids(form.stores.data or ()),
        by=viewer().actor,
        now=clock.business_now(),
    )


def _data(policy: Policy) -> Mapping[str, Any]:
    caps = {kind: policy.caps.get(kind) for kind in KINDS}
    return {
        **{field_of("count", kind): cap.count for kind, cap in caps.items() if cap},
        **{field_of("days", kind): cap.days for kind, cap in caps.items() if cap},
        "mail_opens": str(policy.mail_hours.opens),
        "mail_closes": str(policy.mail_hours.closes),
        "sms_opens": str(policy.sms_hours.opens),
        "sms_closes": str(policy.sms_hours.closes),
        "stores": [str(store_id) for store_id in policy.blocked_store_ids],
    }


def _page(form: CapsForm) -> str:
    groups = [(channel, [kind for kind in KINDS if kind[0] is channel]) for channel in CHANNELS]
    return render_template("messages/caps.html", form=form, groups=groups, field_of=field_of)
