"""What the page of cohorts and value asks: the table, the line of value against its target, the latest fit."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from hub.core.db import db
from hub.segments.values.fit_calendar import find_fit
from hub.segments.values.models import CohortCell, CustomerScore, ValueFit, ValueMonth
from hub.segments.values.rules import Definitions
from hub.stores.queries import find_day

_C = CohortCell


@dataclass(frozen=True)
class CohortMonth:
    """`number` months after the first order: how many bought, what they spent, what all spent up to then.

    A month that `is_running` says nothing yet: on its first day nobody has bought.
    """

    number: int
    active_count: int
    net_cents: int
    total_cents: int
    is_running: bool = False


@dataclass(frozen=True)
class Cohort:
    """`months` from 0 to the current one, without a gap."""

    cohort_on: date
    customer_count: int
    months: tuple[CohortMonth, ...]


@dataclass(frozen=True)
class ValuePoint:
    """`actual_cents`: net value of 12 months per customer who bought in them; `target_cents` on the way to the target."""

    month_on: date
    customer_count: int
    actual_cents: int | None
    target_cents: int | None


def list_cohorts(
    *,
    now_on: date,
    store_id: int | None = None,
    family: str | None = None,
    store_ids: Collection[int] | None = None,
) -> list[Cohort]:
    """The latest month first; of one store, of some stores or of one family of the first product when given."""
    sums = (func.sum(_C.active_count), func.sum(_C.net_cents), func.sum(_C.customer_count))
    wanted = select(_C.cohort_on, _C.month_number, *sums).group_by(_C.cohort_on, _C.month_number)
    for column, value in ((_C.store_id, store_id), (_C.family, family)):
        if value is not None:
            wanted = wanted.where(column == value)
    if store_ids is not None:
        wanted = wanted.where(_C.store_id.in_(store_ids))
    cells, sizes = {}, {}
    for cohort_on, number, active, cents, size in db.session.execute(wanted):
        cells[cohort_on, number] = (int(active), int(cents))
        if number == 0:  # each of its customers bought in the first month
            sizes[cohort_on] = int(size)
    return [Cohort(on, sizes[on], _months(cells, on, now_on)) for on in sorted(sizes, reverse=True)]


def _months(
    cells: dict[tuple[date, int], tuple[int, int]], cohort_on: date, now_on: date
) -> tuple[CohortMonth, ...]:
    last = (now_on.year - cohort_on.year) * 12 + now_on.month - cohort_on.month
    months, total = [], 0
    for number in range(last + 1):
        active, cents = cells.get((cohort_on, number), (0, 0))
        total += cents
        months.append(CohortMonth(number, active, cents, total, is_running=number == last))
    return tuple(months)


def list_families() -> list[str]:
    """Families of first products, "" for products of no known family."""
    return list(db.session.scalars(select(_C.family).distinct().order_by(_C.family)))


def list_value_points(by: Definitions, *, now_on: date) -> list[ValuePoint]:
    """Month by month; the target goes in a straight line from where it starts, and on past the last month there is.

    Without a chosen start the target starts six months (or as many as it has) before the current month.
    """
    rows = {row.month_on: row for row in db.session.scalars(select(ValueMonth).order_by(ValueMonth.month_on))}
    if not rows:
        return []
    start_on = (by.target_from_on or _add_months(now_on, -by.target_months)).replace(day=1)
    base = _mean(rows[start_on]) if start_on in rows else None
    first, last = min(rows), max(rows)
    last = max(last, _add_months(start_on, by.target_months)) if base else last
    points, month_on = [], first
    while month_on <= last:
        row = rows.get(month_on)
        target = _target(base, start_on, month_on, by)
        points.append(
            ValuePoint(month_on, row.customer_count if row else 0, _mean(row) if row else None, target)
        )
        month_on = _add_months(month_on, 1)
    return points


def _target(base: int | None, start_on: date, month_on: date, by: Definitions) -> int | None:
    past = (month_on.year - start_on.year) * 12 + month_on.month - start_on.month
    if base is None or not 0 <= past <= by.target_months:
        return None
    return round(base * (1 + by.target_percent / 100 * past / by.target_months))


def _mean(row: ValueMonth) -> int | None:
    return round(row.net_cents / row.customer_count) if row.customer_count else None


def _add_months(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)


@dataclass(frozen=True)
class FitRow:
    """The latest fit that stands, with its error; `reason` of a later one that failed."""

    fitted_on: date | None
    customer_count: int
    repeat_count: int
    parameters: dict[str, float]
    holdout: dict[str, Any]
    reason: str


def get_fit_row() -> FitRow:
    """Empty before the first fit."""
    fit = find_fit()
    reason = db.session.scalar(select(ValueFit.reason).order_by(ValueFit.id.desc()).limit(1)) or ""
    if fit is None:
        return FitRow(None, 0, 0, {}, {}, reason)
    names = ("r", "alpha", "a", "b", "p", "q", "v")
    values = {name: float(getattr(fit, name)) for name in names}
    on = find_day(fit.fitted_at) if fit.fitted_at else None
    return FitRow(on, fit.customer_count, fit.repeat_count, values, fit.holdout, reason)


def get_totals() -> tuple[int, int, int, int]:
    """Customers with an order, their historic net value, what is predicted of them, and how many are predicted."""
    s = CustomerScore
    found = db.session.execute(
        select(
            func.count(),
            func.sum(s.historic_cents),
            func.sum(s.predicted_cents),
            func.count(s.predicted_cents),
        ).where(s.order_count > 0)
    ).one()
    return found[0], int(found[1] or 0), int(found[2] or 0), found[3]
