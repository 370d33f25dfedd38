"""The work of letting visits go that were kept as long as the chain chose."""

from collections.abc import Callable

from sqlalchemy import select

from hub.core import clock
from hub.core.db import db, transaction
from hub.orders.behaviour.models import Visit
from hub.orders.behaviour.visits import PURGE_BATCH, keep_until, purge_visits


def has_due() -> bool:
    """Whether a visit is older than that."""
    old = select(Visit.id).where(Visit.visited_at < keep_until(clock.business_now()))
    return db.session.scalar(old.limit(1)) is not None


def work_visits(wake: Callable[[], None]) -> int:
    """One batch; returns how many went."""
    with transaction():
        count = purge_visits(before=keep_until(clock.business_now()))
    if count == PURGE_BATCH:
        wake()
    return count
