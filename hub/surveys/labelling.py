"""Labelling what mail scanners did, and purging touches when they are old."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, func, select, update

from hub.core import clock
from hub.core.db import db, transaction
from hub.surveys import rules
from hub.surveys.models import Touch
from hub.surveys.rules import SeenTouch
from hub.surveys.words import TouchLabel

PURGE_BATCH = 5000
MOST_TOUCHES = 500


def work_surveys(wake: Callable[[], None]) -> int:
    """Label bursts as machines and purge touches older than 30 days (machine time). One batch."""
    now = clock.machine_now()
    with transaction():
        labelled = _label_bursts(now)
        old = select(Touch.id).where(Touch.touched_at < now - timedelta(days=rules.TOUCH_DAYS))
        purged = db.session.execute(delete(Touch).where(Touch.id.in_(old.limit(PURGE_BATCH))))
    count = int(getattr(purged, "rowcount", 0))
    if count == PURGE_BATCH:
        wake()
    return labelled + count


def has_due() -> bool:
    """Touches that nobody has judged yet, once their minute is over; the daily purge is in the schedule."""
    until = clock.machine_now() - timedelta(seconds=rules.BURST_SECONDS)
    return db.session.scalar(_unjudged(until).limit(1)) is not None


def _unjudged(until: datetime) -> Select[int | None]:
    return select(Touch.invitation_id).where(
        Touch.label == TouchLabel.UNKNOWN, Touch.invitation_id.is_not(None), Touch.touched_at < until
    )


def _label_bursts(now: datetime) -> int:
    """Judge the touches of invitations whose last minute is over. Returns how many rows were labelled."""
    until = now - timedelta(seconds=rules.BURST_SECONDS)
    ids = db.session.scalars(_unjudged(until).distinct().limit(200)).all()
    by_invitation: dict[int | None, list[SeenTouch]] = {}
    for invitation_id, choice, touched_at in db.session.execute(_latest(ids, now - timedelta(days=1))):
        by_invitation.setdefault(invitation_id, []).append(SeenTouch(choice, touched_at))
    machines = {key for key, touches in by_invitation.items() if rules.is_burst(touches)}
    for label, chosen in ((TouchLabel.MACHINE, machines), (TouchLabel.SINGLE, set(ids) - machines)):
        db.session.execute(
            update(Touch)
            .where(
                Touch.invitation_id.in_(chosen), Touch.label == TouchLabel.UNKNOWN, Touch.touched_at < until
            )
            .values(label=label)
        )
    return len(ids)


def _latest(ids: Sequence[int | None], since: datetime) -> Select[int | None, str, datetime]:
    """The newest touches of each invitation, MOST_TOUCHES at most: a hammered link takes no more time to judge."""
    newest = func.row_number().over(partition_by=Touch.invitation_id, order_by=Touch.touched_at.desc())
    seen = (
        select(Touch.invitation_id, Touch.choice, Touch.touched_at, newest.label("number"))
        .where(Touch.invitation_id.in_(ids), Touch.touched_at > since)
        .subquery()
    )
    return select(seen.c.invitation_id, seen.c.choice, seen.c.touched_at).where(seen.c.number <= MOST_TOUCHES)
