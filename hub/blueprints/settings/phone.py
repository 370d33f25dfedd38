"""Settings: the provider of texts and calls, the addresses it is given, and how each store is called."""

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import IntegerField, TelField
from wtforms.validators import Length, Optional

from hub.blueprints.access import viewer
from hub.blueprints.forms import Form
from hub.blueprints.settings.base import blueprint, saved
from hub.core import clock
from hub.customers.rules import show_phone
from hub.inbox import queries
from hub.inbox.actions import phone_setting
from hub.outbox.queries import PhoneSetup, get_phone_setup


class LineForm(Form):
    """How one store is called."""

    number = TelField(_("Number that customers dial"), [Length(max=40)])
    rings_at = TelField(_("Telephone that rings in the store"), [Length(max=40)])
    ring_seconds = IntegerField(_("It rings for (seconds)"), [Optional()])


@blueprint.get("/phone")
def phone() -> ResponseReturnValue:
    """What to paste at the provider, and the line of each store."""
    setup = get_phone_setup()
    return render_template(
        "settings/phone.html",
        setup=setup,
        numbers=_numbers(setup) if setup else [],
        addresses=_addresses(setup) if setup else [],
        lines=queries.list_phone_lines(),
        show_phone=show_phone,
    )


@blueprint.route("/phone/<int:store_id>", methods=["GET", "POST"])
def phone_line(store_id: int) -> ResponseReturnValue:
    line = queries.get_phone_line(store_id)
    form = LineForm(obj=line)
    if form.does(lambda: _change(form, store_id)):
        return saved("phone")
    return render_template(
        "settings/phone_line.html", form=form, line=line, show_phone=show_phone
    ), form.status


def _change(form: LineForm, store_id: int) -> None:
    phone_setting.change_phone_line(
        store_id=store_id,
        number=form.number.data or "",
        rings_at=form.rings_at.data or "",
        ring_seconds=form.ring_seconds.data or 0,
        by=viewer().actor,
        now=clock.business_now(),
    )


def _numbers(setup: PhoneSetup) -> list[tuple[Any, str]]:
    """What texts leave from, as it stands in the environment."""
    none = gettext("not set up")
    return [
        (gettext("Messaging service"), setup.messaging_service_sid or "–"),
        (gettext("SMS leave from"), setup.sms_from or ("–" if setup.messaging_service_sid else none)),
        (gettext("WhatsApp messages leave from"), setup.whatsapp_from or none),
    ]


def _addresses(setup: PhoneSetup) -> list[tuple[str, str]]:
    """By the name of the field in Twilio's console."""
    base = f"{setup.public_url}/hooks/twilio"
    return [
        (gettext("“A call comes in”"), f"{base}/voice"),
        (gettext("“Call status changes”"), f"{base}/voice/status"),
        (gettext("“A message comes in”"), f"{base}/inbound"),
    ]
