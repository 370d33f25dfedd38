"""Doors of Twilio's webhooks: the status of what we sent, and messages that come in. Signed, or 403 and nothing written."""

from flask import Response, request
from flask.typing import ResponseReturnValue

from hub.blueprints.hooks.base import blueprint
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Forbidden
from hub.core.text import N_
from hub.mailroom.actions import store_text
from hub.outbox.actions import PhoneReport, take_status
from hub.outbox.queries import is_from_phone_provider

NOTHING_TO_SAY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


@blueprint.post("/twilio/status/<uuid>")
def take_twilio_status(uuid: str) -> ResponseReturnValue:
    """204 for whatever is signed, also for what is old news: Twilio tries again on anything else."""
    fields = signed_fields()
    report = PhoneReport(
        reference=fields.get("MessageSid", ""),
        status=fields.get("MessageStatus", ""),
        error_code=fields.get("ErrorCode", ""),
    )
    with transaction():
        take_status(uuid, report, now=clock.business_now(), machine_now=clock.machine_now())
    return "", 204


@blueprint.post("/twilio/inbound")
def take_twilio_message() -> ResponseReturnValue:
    """Stored, committed, then acknowledged; sorted later. The same MessageSid twice is one message."""
    fields = signed_fields()
    with transaction():
        store_text(fields, now=clock.business_now(), machine_now=clock.machine_now())
    return Response(NOTHING_TO_SAY, mimetype="text/xml")


def signed_fields() -> dict[str, str]:
    """What was posted. Raises Forbidden unless Twilio signed it for our public address."""
    fields = request.form.to_dict()
    query = request.query_string.decode()
    path = f"{request.path}?{query}" if query else request.path
    if not is_from_phone_provider(path, fields, request.headers.get("X-Twilio-Signature", "")):
        raise Forbidden(N_("This request is not signed by the provider."))
    return fields
