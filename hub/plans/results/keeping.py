"""Keeps the last twelve months of plans with very many entries, counted again each hour; smaller ones are read live."""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import insert

from hub.core import clock
from hub.core.db import db, transaction
from hub.core.errors import Invalid
from hub.core.text import N_
from hub.plans.results.gathering import Gathered, gather
from hub.plans.results.models import KeptResults
from hub.plans.results.rows import Asked
from hub.stores.queries import find_chain, find_day, get_chain

KEPT_FROM = 10_000
"""Up to so many entries in twelve months a plan is counted while somebody waits: under a second in a base of a million."""

LIVE_UP_TO = 100_000
"""Entries of another period that are counted while somebody waits: some seconds."""

EVERY = timedelta(hours=1)
YEAR = timedelta(days=364)
TOO_MANY = N_(
    "This period holds too many entries to be counted at once. Please choose a shorter one, or no dates: the last twelve "
    "months are counted each hour."
)
NOT_YET = N_("The results of a plan with many entries are being counted. Please come back in a few minutes.")
SIZES = text("""
    SELECT plan_id, to_char(coalesce(opens_at, entered_at) AT TIME ZONE 'UTC', 'YYYY-MM') AS month, count(*) AS entries
    FROM enrolments GROUP BY 1, 2
""")


@dataclass(frozen=True)
class Kept:
    """What the facts said at `computed_at`."""

    computed_at: datetime
    gathered: Gathered


Sizes = Mapping[int, Mapping[str, int]]
"""Entries by month of those plans that have many."""


def read_sizes(plan_ids: Collection[int]) -> Sizes:
    rows = db.session.execute(
        select(KeptResults.plan_id, KeptResults.entries).where(KeptResults.plan_id.in_(plan_ids))
    )
    return {row.plan_id: row.entries for row in rows}


def list_large(sizes: Sizes, asked: Asked) -> list[int]:
    """Plans with too many entries in the period to be counted while somebody waits."""
    most = KEPT_FROM if asked.is_usual else LIVE_UP_TO
    return [plan_id for plan_id, entries in sizes.items() if _count(entries, asked) > most]


def find_kept(sizes: Sizes, asked: Asked) -> dict[int, Kept]:
    """Of the large ones among these plans, what is kept for the period asked for.

    Raises Invalid when that period holds too many entries and is not the one that is kept.
    """
    large = list_large(sizes, asked)
    if large and not asked.is_usual:
        raise Invalid(TOO_MANY, field="since")
    if not large:
        return {}
    kept = db.session.execute(
        select(KeptResults.plan_id, KeptResults.computed_at, KeptResults.data).where(
            KeptResults.plan_id.in_(large), KeptResults.computed_at.is_not(None)
        )
    )
    found = {row.plan_id: Kept(row.computed_at, Gathered(**row.data)) for row in kept}
    if len(found) < len(large):
        raise Invalid(NOT_YET)
    return found


def _count(entries: Mapping[str, int], asked: Asked) -> int:
    """Windows that open in the months that the period touches; of the usual one those ahead too, which its page counts."""
    first, last = (f"{moment:%Y-%m}" for moment in (asked.since, asked.until))
    return sum(
        count for month, count in entries.items() if first <= month and (asked.is_usual or month <= last)
    )


def has_due() -> bool:
    """Whether a large plan waits to be counted; whether there is one is looked at when the clock rings."""
    return db.session.scalar(select(KeptResults.plan_id).where(_is_stale()).limit(1)) is not None


def _is_stale() -> Any:
    return KeptResults.computed_at.is_(None) | (KeptResults.computed_at < KeptResults.sized_at)


def work_results(wake: Callable[[], None]) -> int:
    """Count one plan anew; when none is left, look which plans are large, once an hour. Returns how many were counted."""
    del wake  # one after the other, as the drain asks
    now = clock.business_now()
    with transaction():
        if find_chain() is not None and not has_due() and _is_time(now):
            find_large(now=now)
    with transaction():
        return count_next(now=now)


def _is_time(now: datetime) -> bool:
    latest = db.session.scalar(select(func.max(KeptResults.sized_at)))
    return latest is None or latest <= now - EVERY


def find_large(*, now: datetime) -> None:
    """Note the plans with too many entries in twelve months to be read live, and forget the others."""
    asked = Asked(since=now - YEAR, until=now, now=now, is_usual=True)
    entries: dict[int, dict[str, int]] = {}
    for plan_id, month, count in db.session.execute(SIZES):
        entries.setdefault(plan_id, {})[month] = count
    large = {plan_id: found for plan_id, found in entries.items() if _count(found, asked) > KEPT_FROM}
    db.session.execute(delete(KeptResults).where(KeptResults.plan_id.not_in(large)))
    for plan_id, found in large.items():
        new = insert(KeptResults).values(plan_id=plan_id, entries=found, sized_at=now)
        again = {"entries": new.excluded.entries, "sized_at": new.excluded.sized_at}
        db.session.execute(new.on_conflict_do_update(index_elements=["plan_id"], set_=again))


def count_next(*, now: datetime) -> int:
    """Count one stale plan from the facts. Returns 0 when there is none."""
    wanted = select(KeptResults).where(_is_stale()).order_by(KeptResults.sized_at, KeptResults.plan_id)
    row = db.session.scalar(wanted.limit(1).with_for_update(skip_locked=True))
    if row is None:
        return 0
    db.session.execute(text("SET LOCAL work_mem = '128MB'"))
    since, until = _year(now)
    gathered = gather(row.plan_id, since=since, until=until, now=now)
    row.data = json.loads(json.dumps(asdict(gathered)))
    row.since, row.until, row.computed_at = since, until, now
    return 1


def _year(now: datetime) -> tuple[datetime, datetime]:
    """From the chain's day a year ago to the end of today."""
    zone, today = ZoneInfo(get_chain().time_zone), find_day(now)
    first, after = today - YEAR, today + timedelta(days=1)
    return datetime.combine(first, time(), zone), datetime.combine(after, time(), zone)
