"""What the page of the base shows: the latest night within the reader's stores, beside a month and a year ago, and the cohorts."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, select

from hub.core.db import db
from hub.segments.values.cohort_queries import Cohort, list_cohorts
from hub.staff.rules import Viewer
from hub.statistics.base.models import BaseNight
from hub.statistics.base.rules import Counts, choose_night, month_before, sum_up, year_before
from hub.statistics.narrowing import narrowed
from hub.statistics.rules import Filters
from hub.stores.models import Store

COHORTS = 13


@dataclass(frozen=True)
class Night:
    taken_on: date
    counts: Counts


@dataclass(frozen=True)
class BaseFigures:
    """`now` is None before the first night; `month` and `year` are None where no such night was kept.

    `since_on`: the first night that was kept. `by_store`: everybody of the latest night, by store (0: no store).
    """

    filters: Filters
    now: Night | None
    month: Night | None
    year: Night | None
    as_of: datetime | None
    since_on: date | None
    by_store: Mapping[int, Counts]
    cohorts: tuple[Cohort, ...]


def get_base(filters: Filters, *, viewer: Viewer) -> BaseFigures:
    """Kept figures alone: nothing is counted while somebody waits for the page."""
    kept = list(
        db.session.scalars(
            select(BaseNight.taken_on).where(BaseNight.store_id == 0).order_by(BaseNight.taken_on)
        )
    )
    cohorts = list_latest_cohorts(filters, viewer)
    if not kept:
        return BaseFigures(filters, None, None, None, None, None, {}, cohorts)
    last = kept[-1]
    days = {
        "now": last,
        "month": choose_night(kept, month_before(last)),
        "year": choose_night(kept, year_before(last)),
    }
    by_day, as_of = _read({day for day in days.values() if day}, filters, viewer)
    nights = {name: Night(day, sum_up(by_day[day].values())) if day else None for name, day in days.items()}
    by_store = {store_id: Counts(counts) for store_id, counts in by_day[last].items()}
    return BaseFigures(
        filters, nights["now"], nights["month"], nights["year"], as_of, kept[0], by_store, cohorts
    )


def find_night(until_on: date) -> date | None:
    """The latest night that was kept up to a day."""
    last = select(BaseNight.taken_on).where(BaseNight.store_id == 0, BaseNight.taken_on <= until_on)
    return db.session.scalar(last.order_by(BaseNight.taken_on.desc()).limit(1))


def read_night(filters: Filters, *, viewer: Viewer) -> dict[int, Counts]:
    """The night that stands for the last day of the filters, by store (0: no store); empty before the first one."""
    night = find_night(filters.until_on)
    if night is None:
        return {}
    by_day, _ = _read({night}, filters, viewer)
    return {store_id: Counts(counts) for store_id, counts in by_day[night].items()}


def _read(
    days: set[date], filters: Filters, viewer: Viewer
) -> tuple[dict[date, dict[int, Mapping[str, int]]], datetime | None]:
    found: dict[date, dict[int, Mapping[str, int]]] = defaultdict(dict)
    rows = select(BaseNight.taken_on, BaseNight.store_id, BaseNight.counts, BaseNight.as_of).where(
        BaseNight.taken_on.in_(days), *narrowed(filters, viewer, BaseNight.store_id)
    )
    as_of = None
    for row in db.session.execute(rows.order_by(BaseNight.taken_on)):
        found[row.taken_on][row.store_id] = row.counts
        as_of = row.as_of
    return found, as_of


def list_latest_cohorts(filters: Filters, viewer: Viewer) -> tuple[Cohort, ...]:
    """The latest months; of the stores of the first order where the page is narrowed."""
    stores: list[ColumnElement[bool]] = narrowed(filters, viewer, Store.id)
    ids = list(db.session.scalars(select(Store.id).where(*stores))) if stores else None
    return tuple(list_cohorts(now_on=filters.until_on, store_ids=ids)[:COHORTS])
