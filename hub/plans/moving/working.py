"""The job that lets people out of plans that are off, and moves people between versions: a batch a transaction, so that whoever is killed loses nothing."""

from collections.abc import Callable

from sqlalchemy import select

from hub.core import clock
from hub.core.db import db, transaction
from hub.plans.moving.actions import move_some
from hub.plans.moving.emptying import empty_some, is_emptying
from hub.plans.moving.models import PlanMove


def work_moves(wake: Callable[[], None]) -> int:
    """One batch of people who leave, else of the oldest move that is under way. Returns how many passages it handled."""
    del wake  # one batch after the other, as the drain asks
    now = clock.business_now()
    with transaction():
        if count := empty_some(now=now):
            return count
    with transaction():
        row = db.session.scalar(
            select(PlanMove)
            .where(PlanMove.finished_at.is_(None))
            .order_by(PlanMove.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        return 0 if row is None else move_some(row, now=now)


def has_due() -> bool:
    if is_emptying():
        return True
    return db.session.scalar(select(PlanMove.id).where(PlanMove.finished_at.is_(None)).limit(1)) is not None
