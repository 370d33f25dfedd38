"""The job `base`: after each night that scored the customers the base is counted once, and old nights are thinned out."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import delete, func, insert, select

from hub.core import clock
from hub.core.db import db, transaction
from hub.segments.values.queries import find_last_run
from hub.statistics.base.counting import count_base
from hub.statistics.base.models import BaseNight
from hub.statistics.base.rules import list_thinned
from hub.stores.queries import find_chain, find_day

TURN = 20261124
"""One process at a time; the other finds the night counted."""


def has_due() -> bool:
    """Whether a night has scored customers since the base was last counted."""
    scored_at = find_last_run()
    if scored_at is None or find_chain() is None:
        return False
    counted = db.session.scalar(select(func.max(BaseNight.run_as_of)).where(BaseNight.store_id == 0))
    return counted is None or counted < scored_at


def work_base(wake: Callable[[], None]) -> int:
    """The latest night alone: what was before it cannot be counted any more."""
    del wake
    with transaction() as session:
        if not session.scalar(select(func.pg_try_advisory_xact_lock(TURN))) or not has_due():
            return 0
        keep_night(now=clock.business_now())
    return 1


def keep_night(*, now: datetime) -> None:
    """Counts the base as it is and keeps it as that of the chain's day, in the caller's transaction."""
    day, run_as_of = find_day(now), find_last_run() or now
    db.session.execute(
        delete(BaseNight).where(BaseNight.taken_on == day), execution_options={"synchronize_session": False}
    )
    rows = [
        {"store_id": store_id, "taken_on": day, "as_of": now, "run_as_of": run_as_of, "counts": counts}
        for store_id, counts in count_base().items()
    ]
    db.session.execute(insert(BaseNight), rows)
    kept = db.session.scalars(select(BaseNight.taken_on).where(BaseNight.store_id == 0))
    db.session.execute(
        delete(BaseNight).where(BaseNight.taken_on.in_(list_thinned(kept, day))),
        execution_options={"synchronize_session": False},
    )
