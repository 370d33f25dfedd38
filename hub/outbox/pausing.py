"""Pauses and resumes: a channel whose provider complains about us, an address that refuses for now."""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from hub.core import signing
from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db, ring_after_commit
from hub.core.facts import record
from hub.core.words import Channel
from hub.outbox.bounces import ADDRESS_PAUSE, PAUSE_KEY
from hub.outbox.facts import SenderPaused
from hub.outbox.models import AddressPause, OutboundMessage, SenderPause
from hub.outbox.words import BlockReason, MessageState

log = structlog.get_logger(__name__)


def pause_address(address: str, *, now: datetime) -> None:
    """Automatic messages to the address wait for `ADDRESS_PAUSE`; a reply of a person is tried."""
    values = {"paused_at": now, "resumes_at": now + ADDRESS_PAUSE}
    digest = signing.keyed_hash(PAUSE_KEY, address.strip().lower())
    statement = insert(AddressPause).values(address_hash=digest, **values)
    db.session.execute(statement.on_conflict_do_update(index_elements=["address_hash"], set_=values))


def pause_sender(channel: Channel, detail: str, *, wait: timedelta, now: datetime) -> None:
    """Open the circuit of a channel unless it is open: its messages wait, the administrators are told.

    They are told once: a pause that follows one that was not ended by a message that left is the same fault.
    """
    before = db.session.scalars(
        select(SenderPause)
        .where(SenderPause.channel == channel, SenderPause.ended_at.is_(None))
        .with_for_update()
    ).all()
    if any(pause.resumes_at > now for pause in before):
        return
    log.error("outbox.paused", channel=channel, detail=detail[:200])
    for pause in before:
        pause.ended_at = now
    new = SenderPause(channel=channel, detail=detail[:500], paused_at=now, resumes_at=now + wait)
    db.session.add(new)
    db.session.flush()
    if not before:
        record(SenderPaused(pause_id=new.id, channel=channel), now=now)


def resume_sender(channel: Channel, *, by: Actor, now: datetime) -> None:
    """Close the circuit before its time, once the fault is mended: what waited for it is looked at again at once."""
    db.session.execute(
        update(SenderPause)
        .where(SenderPause.channel == channel, SenderPause.ended_at.is_(None))
        .values(ended_at=now)
        .execution_options(synchronize_session=False)
    )
    queues = db.session.scalars(
        update(OutboundMessage)
        .where(
            OutboundMessage.channel == channel,
            OutboundMessage.state == MessageState.WAITING,
            OutboundMessage.reason == BlockReason.SENDER_PAUSED,
        )
        .values(due_at=now)
        .returning(OutboundMessage.queue)
        .execution_options(synchronize_session=False)
    )
    for queue in set(queues):
        ring_after_commit(f"outbox.{queue}")
    note_change(
        "sender.resumed", subject_kind="channel", subject_id=None, by=by, now=now, channel=channel.value
    )
