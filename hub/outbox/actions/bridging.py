"""Takes in what a bridge says of a reply that it was handed: delivered or not; twice is once, delivered is the last word."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from hub.core.db import db
from hub.core.errors import Conflict
from hub.core.facts import record
from hub.core.text import N_
from hub.core.words import Channel
from hub.outbox.facts import MessageFailed
from hub.outbox.models import OutboundMessage
from hub.outbox.words import MessageState

LONGEST_REASON = 300


@dataclass(frozen=True, kw_only=True)
class BridgeReport:
    """`external_id` is what the network calls the message; `reason` why it was not delivered, in the bridge's words."""

    is_delivered: bool
    external_id: str = ""
    reason: str = ""


def take_bridge_report(outbound_id: int, report: BridgeReport, *, now: datetime) -> bool:
    """Whether it changed anything. Raises Conflict before the message has left, and for failed after delivered."""
    found = select(OutboundMessage).where(OutboundMessage.id == outbound_id).with_for_update()
    row = db.session.scalars(found.execution_options(populate_existing=True)).one()
    if row.channel is not Channel.SOCIAL:
        raise Conflict(N_("This message was not handed to a bridge: its delivery is known by other means."))
    if row.state in {MessageState.WAITING, MessageState.CLAIMED, MessageState.CALLING}:
        raise Conflict(N_("This message has not left yet: wait for its webhook, then confirm."))
    if row.state is MessageState.DELIVERED and not report.is_delivered:
        raise Conflict(N_("This message was confirmed as delivered already."))
    state = MessageState.DELIVERED if report.is_delivered else MessageState.FAILED
    if row.state is state or row.state not in {MessageState.ACCEPTED, MessageState.FAILED}:
        return False
    _note(row, state, report, now=now)
    return True


def _note(row: OutboundMessage, state: MessageState, report: BridgeReport, *, now: datetime) -> None:
    row.state = state
    row.ended_at = now
    row.provider_reference = report.external_id or row.provider_reference
    if state is MessageState.DELIVERED:
        row.delivered_at, row.reason_detail = now, None
    else:
        row.reason_detail = report.reason[:LONGEST_REASON] or None
        fact = MessageFailed(
            customer_id=row.customer_id,
            outbound_id=row.id,
            purpose=row.purpose,
            source_kind=row.source_kind,
            source_id=row.source_id,
            is_unknown=False,
        )
        record(fact, now=now)
    db.session.flush()
