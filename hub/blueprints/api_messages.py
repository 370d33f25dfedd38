"""Doors for the bridge to a social network: one message with what became of it, and the bridge's word on that."""

from flask import jsonify
from flask.typing import ResponseReturnValue

from hub.blueprints import api_ticket_shapes as tickets
from hub.blueprints.api import blueprint, key_rate, read_body, viewer_of_key
from hub.blueprints.api_delivery_shapes import sent_of
from hub.blueprints.api_tickets import check_may_write, who
from hub.blueprints.pages import limiter
from hub.core.db import transaction
from hub.core.errors import Invalid
from hub.core.text import N_
from hub.inbox import actions as inbox
from hub.inbox import queries
from hub.outbox.actions import BridgeReport
from hub.staff.words import ApiScope

WAYS = {"show_message": ApiScope.TICKETS_READ, "confirm_message": ApiScope.TICKETS_WRITE}


@blueprint.get("/messages/<int:message_id>")
@limiter.limit("1200/minute", key_func=key_rate)
def show_message(message_id: int) -> ResponseReturnValue:
    """One line of a thread, with what became of it when it left here."""
    return _answer(message_id)


@blueprint.patch("/messages/<int:message_id>")
@limiter.limit("600/minute", key_func=key_rate)
def confirm_message(message_id: int) -> ResponseReturnValue:
    """The bridge's word: delivered, or failed and why. Idempotent."""
    patch = read_body(tickets.DeliveryPatch)
    check_may_write()
    queries.access_message(message_id, viewer_of_key())
    is_delivered = patch.state == "delivered"
    if not is_delivered and not patch.reason.strip():
        raise Invalid(N_("Please say why it was not delivered."), field="reason")
    report = BridgeReport(
        is_delivered=is_delivered, external_id=patch.external_id or "", reason=patch.reason.strip()
    )
    with transaction():
        inbox.confirm_delivery(message_id=message_id, report=report, **who())
    return _answer(message_id)


def _answer(message_id: int) -> ResponseReturnValue:
    line, number = queries.access_message(message_id, viewer_of_key())
    return jsonify(message=tickets.message_of(line, sent_of([line])) | {"ticket": number})
