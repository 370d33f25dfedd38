"""Doors of the register of processing: read from the installation, with remarks, to print."""

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints.access import viewer
from hub.blueprints.privacy.base import blueprint, done, refused
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Invalid
from hub.identity import register
from hub.staff.queries import list_api_keys
from hub.stores.queries import get_chain
from hub.webhooks.queries import list_endpoints


@blueprint.get("/register")
def show_register() -> ResponseReturnValue:
    lines = register.list_lines(_recipients())
    return render_template("privacy/register.html", lines=lines, chain=get_chain(), now=clock.business_now())


@blueprint.post("/register/<key>")
def keep_remark(key: str) -> ResponseReturnValue:
    try:
        with transaction():
            remark = request.form.get("remark", "")
            register.keep_remark(key, remark, by=viewer().actor, now=clock.business_now())
    except Invalid as error:
        return refused(error, "show_register")
    return done(gettext("Saved."), "show_register")


def _recipients() -> dict[str, tuple[str, ...]]:
    """Who receives data, as this installation is set up: providers, other systems, shops with a key."""
    config = current_app.config["COMPTOIR"]
    mail = [gettext("Mail provider %(host)s", host=config.smtp_host)] if config.smtp_host else []
    phone = ["Twilio"] if config.twilio_account_sid else []
    endpoints = [each.name for each in list_endpoints() if each.is_on]
    keys = [each.name for each in list_api_keys() if each.revoked_at is None]
    return {
        "mail": tuple(mail),
        "phone": tuple(phone),
        "push": (gettext("Push services of the staff's browsers (no customer data)"),),
        "webhooks": tuple(endpoints),
        "shops": tuple(keys),
    }
