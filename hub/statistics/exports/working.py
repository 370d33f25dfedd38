"""The job of the nightly files: what the night owes, one stretch of days a turn, one worker at a time."""

from collections.abc import Callable
from datetime import date, datetime

from sqlalchemy import text

from hub.core import apart, clock
from hub.core.db import db, transaction
from hub.statistics.columns.working import BATCH, is_settled
from hub.statistics.exports.actions import write_stretch
from hub.statistics.exports.queries import find_owed
from hub.statistics.exports.rules import PATIENCE, Stretch, due_at, number_of
from hub.stores.queries import get_chain

KIND = "figure_exports"
TURN = text("SELECT pg_try_advisory_xact_lock(hashtextextended('statistics.exports', 0))")
"""A second worker would reckon the same figures and write the same bytes."""


def has_due() -> bool:
    return _find_due(clock.business_now()) is not None


def find_due_since() -> datetime | None:
    """Since when the night owes files."""
    owed = find_owed(clock.business_now())
    return due_at(owed[0], get_chain().time_zone) if owed else None


def work_figure_exports(wake: Callable[[], None]) -> int:
    """The files of one stretch of days, in one transaction of seconds; returns 1 when they were written.

    Whoever is killed leaves neither row nor name: the files are written again, with the same bytes while the figures are the same.
    """
    del wake
    with transaction():
        now, machine_now = clock.business_now(), clock.machine_now()
        if not db.session.scalar(TURN):
            return 0
        due = _find_due(now)
        if due is None:
            return 0
        failed = apart.do_each(
            KIND,
            [due],
            lambda each: write_stretch(*each, now=now, machine_now=machine_now),
            id_of=lambda each: number_of(each[0]),
            machine_now=machine_now,
        )
    return 1 - len(failed)


def _find_due(now: datetime) -> tuple[date, Stretch] | None:
    """What is owed, unless its days still wait to be gathered or it was put off."""
    owed = find_owed(now)
    if owed is None:
        return None
    night, stretch = owed
    is_late = now >= due_at(night, get_chain().time_zone) + PATIENCE
    if not is_settled(stretch.first, stretch.last, spare=BATCH if is_late else 0):
        return None
    put_off = apart.list_put_off_ids(KIND, machine_now=clock.machine_now())
    return None if number_of(night) in put_off else owed
