"""The circuit of a channel: open while its provider blames us, tried by one message, closed when that one is taken."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import or_, select, update

from hub.core import clock
from hub.core.db import db, transaction
from hub.core.words import Channel
from hub.outbox.models import SenderPause

PROBE_SECONDS = 180
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Way:
    """The channels a batch may be taken from; `probed` when it is one channel, to be tried with one message."""

    channels: frozenset[Channel]
    probed: Channel | None = None


def open_way(channels: Collection[Channel], *, now: datetime, machine_now: datetime) -> Way:
    """Part of the claim's transaction: of two workers one tries a channel whose pause is over, the other goes around.

    Pauses that still last are left to the gate, which tells each message so.
    """
    resting = db.session.execute(
        select(SenderPause.id, SenderPause.channel).where(
            SenderPause.ended_at.is_(None), SenderPause.resumes_at <= now, SenderPause.channel.in_(channels)
        )
    ).all()
    for pause_id, channel in resting:
        if _take_probe(pause_id, machine_now=machine_now):
            return Way(frozenset({channel}), channel)
    return Way(frozenset(channels) - {channel for _, channel in resting})


def _take_probe(pause_id: int, *, machine_now: datetime) -> bool:
    taken = db.session.execute(
        update(SenderPause)
        .where(
            SenderPause.id == pause_id,
            SenderPause.ended_at.is_(None),
            or_(SenderPause.probe_until.is_(None), SenderPause.probe_until <= machine_now),
        )
        .values(probe_until=machine_now + timedelta(seconds=PROBE_SECONDS))
        .returning(SenderPause.id)
        .execution_options(synchronize_session=False)
    )
    return taken.first() is not None


def close(channel: Channel, *, now: datetime) -> None:
    """The provider took a message, or refused it for the receiver's sake: the channel works again."""
    ended = db.session.execute(
        update(SenderPause)
        .where(SenderPause.channel == channel, SenderPause.ended_at.is_(None))
        .values(ended_at=now)
        .returning(SenderPause.id)
        .execution_options(synchronize_session=False)
    )
    if ended.first() is not None:
        log.info("outbox.resumed", channel=channel)


def end_probe(channel: Channel) -> None:
    """Let another message try at once what this one could not tell: it was blocked, or nothing was due."""
    with transaction():
        db.session.execute(
            update(SenderPause)
            .where(
                SenderPause.channel == channel,
                SenderPause.ended_at.is_(None),
                SenderPause.resumes_at <= clock.business_now(),
            )
            .values(probe_until=None)
            .execution_options(synchronize_session=False)
        )
