"""Judging what was touched: bursts of mail scanners, gestures that have waited; and purging touches when old."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, select, update
from sqlalchemy.orm import aliased

from hub.core import clock
from hub.core.db import db, transaction
from hub.surveys import rules
from hub.surveys.domains import list_windows
from hub.surveys.gestures import JUDGE_BATCH, find_next_judgement, judge_provisional
from hub.surveys.models import Touch
from hub.surveys.rules import SeenTouch
from hub.surveys.words import TouchLabel, TouchMethod, TouchReason

PURGE_BATCH = 5000
MOST_TOUCHES = 500


def work_surveys(wake: Callable[[], None]) -> int:
    """Judge gestures and bursts, and purge touches older than 30 days (machine time). One batch."""
    now, business_now = clock.machine_now(), clock.business_now()
    with transaction():
        judged = judge_provisional(now=business_now)
        labelled = _label_bursts(now)
        old = select(Touch.id).where(Touch.touched_at < now - timedelta(days=rules.TOUCH_DAYS))
        purged = db.session.execute(delete(Touch).where(Touch.id.in_(old.limit(PURGE_BATCH))))
    count = int(getattr(purged, "rowcount", 0))
    if count == PURGE_BATCH or judged == JUDGE_BATCH:
        wake()
    return judged + labelled + count


def has_due() -> bool:
    """Gestures that have waited, and touches that nobody has judged yet, once their minute is over.

    The daily purge is in the schedule.
    """
    next_at = find_next_judgement()
    if next_at is not None and next_at <= clock.business_now():
        return True
    until = clock.machine_now() - timedelta(seconds=rules.BURST_SECONDS)
    return db.session.scalar(_unjudged(until).limit(1)) is not None


def next_due_at() -> datetime | None:
    """When the next gesture has waited long enough (business time)."""
    return find_next_judgement()


def _unjudged(until: datetime) -> Select[int | None]:
    return select(Touch.invitation_id).where(
        Touch.label == TouchLabel.UNKNOWN, Touch.invitation_id.is_not(None), Touch.touched_at < until
    )


def _label_bursts(now: datetime) -> int:
    """Judge the touches of invitations whose last minute is over. Returns how many rows were labelled."""
    until = now - timedelta(seconds=rules.BURST_SECONDS)
    ids = db.session.scalars(_unjudged(until).distinct().limit(200)).all()
    if not ids:
        return 0
    by_invitation: dict[int | None, list[SeenTouch]] = {}
    for invitation_id, choice, touched_at in db.session.execute(_latest(ids, now - timedelta(days=1))):
        by_invitation.setdefault(invitation_id, []).append(SeenTouch(choice, touched_at))
    machines = {key for key, touches in by_invitation.items() if rules.is_burst(touches)}
    unjudged = and_(Touch.label == TouchLabel.UNKNOWN, Touch.touched_at < until)
    if machines:
        db.session.execute(
            update(Touch)
            .where(
                Touch.invitation_id.in_(machines), unjudged, Touch.choice.in_(rules.BOXES), ~_pressed(Touch)
            )
            .values(label=TouchLabel.MACHINE, reason=TouchReason.BURST)
            .execution_options(synchronize_session=False)
        )
    _label_by_domain(set(ids), unjudged)
    db.session.execute(
        update(Touch)
        .where(Touch.invitation_id.in_(ids), unjudged)
        .values(label=TouchLabel.SINGLE, reason=TouchReason.ALONE)
        .execution_options(synchronize_session=False)
    )
    return len(ids)


def _label_by_domain(ids: set[int | None], unjudged: ColumnElement[bool]) -> None:
    """Lone touches while the filters of the recipient's mail domain usually work. The label changes no answer."""
    for invitation_id, until in list_windows({each for each in ids if each is not None}).items():
        happened_at = func.coalesce(Touch.happened_at, Touch.touched_at)
        db.session.execute(
            update(Touch)
            .where(
                Touch.invitation_id == invitation_id,
                unjudged,
                Touch.choice.in_(rules.BOXES),
                happened_at < until,
                ~_pressed(Touch),
            )
            .values(label=TouchLabel.MACHINE, reason=TouchReason.FILTER_DOMAIN)
            .execution_options(synchronize_session=False)
        )


def _latest(ids: Sequence[int | None], since: datetime) -> Select[int | None, str, datetime]:
    """The newest touches of the boxes of each invitation by who did not press the button there.

    MOST_TOUCHES at most: a hammered link takes no more time to judge.
    """
    newest = func.row_number().over(partition_by=Touch.invitation_id, order_by=Touch.touched_at.desc())
    seen = (
        select(Touch.invitation_id, Touch.choice, Touch.touched_at, newest.label("number"))
        .where(
            Touch.invitation_id.in_(ids),
            Touch.touched_at > since,
            Touch.choice.in_(rules.BOXES),
            Touch.reason != TouchReason.PREFETCH,
            ~_pressed(Touch),
        )
        .subquery()
    )
    return select(seen.c.invitation_id, seen.c.choice, seen.c.touched_at).where(seen.c.number <= MOST_TOUCHES)


def _pressed(touch: type[Touch]) -> ColumnElement[bool]:
    """Whether whoever touched has confirmed with the button: who then looks at two boxes is no burst."""
    press = aliased(Touch)
    return exists().where(
        press.invitation_id == touch.invitation_id,
        press.source_hash == touch.source_hash,
        press.method == TouchMethod.POST,
        press.reason == TouchReason.BUTTON,
    )
