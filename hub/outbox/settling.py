"""What a person decides about a message of which nobody knows whether it left: send it again, or leave it."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db, ring_after_commit
from hub.core.errors import Conflict, NotFound
from hub.core.facts import record
from hub.core.text import N_
from hub.core.words import Purpose
from hub.outbox.facts import MessageFiguresChanged
from hub.outbox.leases import SENT_ONCE
from hub.outbox.models import OutboundMessage
from hub.outbox.words import MessageState

AT_MOST_ONCE = N_(
    "Offers, newsletters and surveys are never sent twice, and this one may have arrived. "
    "Please press “Leave it”."
)
DECIDED = N_(
    "Somebody has decided on this message meanwhile. The list below is current: choose another message."
)


def send_again(outbound_id: int, *, by: Actor, now: datetime) -> None:
    """It waits again, with its old Message-ID, and passes the gate again. Raises NotFound, Conflict.

    It keeps its place under the cap: the customer may have received it. What is sent at most once (advertising and
    surveys: messages.md, "Sending") is refused for the same reason.
    """
    row = _lock_unknown(outbound_id)
    if not may_send_again(row.purpose):
        raise Conflict(AT_MOST_ONCE)
    gone = int(row.ended_at.timestamp()) if row.ended_at else None
    record(MessageFiguresChanged(outbound_id=outbound_id, gone=gone), now=now)
    _change(row, state=MessageState.WAITING, due_at=now, ended_at=None, attempt_count=0, next_attempt_at=None)
    note_change("message.sent_again", subject_kind="message", subject_id=outbound_id, by=by, now=now)
    db.session.flush()
    ring_after_commit(f"outbox.{row.queue}")


def leave_unknown(outbound_id: int, *, by: Actor, now: datetime) -> None:
    """It stays unknown and leaves the list of what is to be decided. Raises NotFound, Conflict."""
    _change(_lock_unknown(outbound_id), settled_at=now)
    note_change("message.left_unknown", subject_kind="message", subject_id=outbound_id, by=by, now=now)
    db.session.flush()


def may_send_again(purpose: Purpose) -> bool:
    """Whether a person may send a message of this purpose again though it may have arrived."""
    return purpose not in SENT_ONCE


def _lock_unknown(outbound_id: int) -> OutboundMessage:
    found = select(OutboundMessage).where(OutboundMessage.id == outbound_id).with_for_update()
    row = db.session.scalar(found.execution_options(populate_existing=True))
    if row is None:
        raise NotFound(N_("There is no such message. Please reload the page."))
    if row.state is not MessageState.UNKNOWN or row.settled_at is not None:
        raise Conflict(DECIDED)
    return row


def _change(row: OutboundMessage, **values: Any) -> None:
    for name, value in values.items():
        setattr(row, name, value)
