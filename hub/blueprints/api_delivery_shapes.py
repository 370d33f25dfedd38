"""The JSON shape of what became of a message that left here."""

from collections.abc import Mapping, Sequence
from typing import Any

from hub.core.words import Channel
from hub.inbox.queries import ThreadMessage
from hub.outbox.bridge import network_id
from hub.outbox.queries import MessageRow, list_messages
from hub.outbox.words import MessageState

DELIVERIES: Mapping[MessageState, str] = {
    MessageState.WAITING: "waiting",
    MessageState.CLAIMED: "waiting",
    MessageState.CALLING: "waiting",
    MessageState.ACCEPTED: "sent",
    MessageState.DELIVERED: "delivered",
    MessageState.BOUNCED: "failed",
    MessageState.FAILED: "failed",
    MessageState.BLOCKED: "failed",
    MessageState.EXPIRED: "failed",
    MessageState.UNKNOWN: "unknown",
    MessageState.CANCELLED: "cancelled",
}
CONFIRMED = frozenset({MessageState.DELIVERED, MessageState.FAILED})
WITH_BRIDGE = "with_bridge"
"""Handed over by webhook, not confirmed yet."""


def sent_of(lines: Sequence[ThreadMessage]) -> Mapping[int, MessageRow]:
    """What became of the messages of a thread that left: one look-up."""
    return list_messages({line.outbound_id for line in lines if line.outbound_id})


def delivery(row: MessageRow | None) -> dict[str, Any] | None:
    """What became of a message that left here; None for every other line."""
    if row is None:
        return None
    is_social = row.channel is Channel.SOCIAL
    is_with_bridge = is_social and row.state is MessageState.ACCEPTED
    said = row.reason_detail or (row.reason.value if row.reason else None)
    state = WITH_BRIDGE if is_with_bridge else DELIVERIES[row.state]
    moment = row.delivered_at or row.ended_at or row.accepted_at
    return {
        "state": state,
        "external_id": network_id(row.provider_reference) if is_social and row.state in CONFIRMED else None,
        "reason": said if state == "failed" else None,
        "at": moment.isoformat() if moment else None,
    }
