"""Cohorts by month of the first order, and the value of twelve months at each month's end: rolled up once a day."""

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, text

from hub.core import clock
from hub.core.db import db, transaction
from hub.segments.values.defining import find_zone
from hub.segments.values.models import CustomerScore, ValueMonth
from hub.segments.values.rules import months_before, next_night

COHORT_MONTHS = 24
VALUE_MONTHS = 13

CELLS = text("""
    WITH bought AS (
        SELECT id, customer_id, store_id, placed_at, total_cents - returned_cents AS net,
            date_trunc('month', placed_at AT TIME ZONE :zone)::date AS month_on
        FROM orders WHERE state <> 'cancelled' AND placed_at <= :now
    ),
    firsts AS (
        SELECT DISTINCT ON (customer_id) customer_id, id AS order_id, store_id, month_on AS cohort_on
        FROM bought ORDER BY customer_id, placed_at, id
    ),
    members AS (
        SELECT f.customer_id, f.store_id, f.cohort_on, coalesce(nullif(p.family, ''), '') AS family
        FROM firsts AS f
        LEFT JOIN LATERAL (SELECT sku FROM order_lines AS l WHERE l.order_id = f.order_id ORDER BY l.position LIMIT 1)
            AS l ON true
        LEFT JOIN products AS p ON p.sku = l.sku
        WHERE f.cohort_on >= :since
    ),
    sizes AS (
        SELECT cohort_on, store_id, family, count(*) AS customer_count FROM members GROUP BY 1, 2, 3
    ),
    months AS (
        SELECT m.cohort_on, m.store_id, m.family,
            ((extract(year FROM b.month_on) - extract(year FROM m.cohort_on)) * 12
                + extract(month FROM b.month_on) - extract(month FROM m.cohort_on))::int AS month_number,
            count(DISTINCT b.customer_id) AS active_count, sum(b.net)::bigint AS net_cents
        FROM members AS m JOIN bought AS b ON b.customer_id = m.customer_id
        GROUP BY 1, 2, 3, 4
    )
    INSERT INTO cohort_cells (cohort_on, store_id, family, month_number, customer_count, active_count, net_cents)
    SELECT m.cohort_on, m.store_id, m.family, m.month_number, s.customer_count, m.active_count, m.net_cents
    FROM months AS m JOIN sizes AS s USING (cohort_on, store_id, family)
""")
"""A customer is in the cohort of the month, the store and the first line's family of the first order that stands."""

MONTH = text("""
    INSERT INTO value_months (month_on, customer_count, net_cents, computed_at)
    SELECT :month_on, count(DISTINCT customer_id), coalesce(sum(total_cents - returned_cents), 0), :now
    FROM orders WHERE state <> 'cancelled' AND placed_at > :since AND placed_at <= :until
    ON CONFLICT (month_on) DO UPDATE SET customer_count = excluded.customer_count, net_cents = excluded.net_cents,
        computed_at = excluded.computed_at
""")


def roll_up(*, now: datetime) -> None:
    """Make the cohort table anew, and all months of the line: orders and returns come late. One process at a time."""
    _take_turn()
    db.session.execute(text("SET LOCAL work_mem = '64MB'"))
    zone = find_zone()
    local = now.astimezone(ZoneInfo(zone))
    since = month_of(months_before(local, COHORT_MONTHS - 1))
    db.session.execute(text("DELETE FROM cohort_cells"))
    db.session.execute(CELLS, {"now": now, "since": since, "zone": zone})
    for back in range(VALUE_MONTHS):
        start = months_before(local, back).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        until = min(local, months_before(start, -1))
        values = {"month_on": start.date(), "now": now, "since": months_before(until, 12), "until": until}
        db.session.execute(MONTH, values)


def _take_turn() -> None:
    """Wait for who rolls up at this moment; readers go on."""
    db.session.execute(text("LOCK TABLE cohort_cells IN SHARE ROW EXCLUSIVE MODE"))


def month_of(moment: datetime) -> date:
    return moment.date().replace(day=1)


def work_cohorts(wake: Callable[[], None]) -> int:
    """Everything at once, after each night."""
    del wake
    now = clock.business_now()
    with transaction():
        if not _is_time(now):
            return 0
        _take_turn()
        if not _is_time(now):  # another process did it while we waited
            return 0
        roll_up(now=now)
    return 1


def has_due() -> bool:
    return _is_time(clock.business_now())


def next_due_at() -> datetime | None:
    last = _last()
    return None if last is None else next_night(last, find_zone())


def _is_time(now: datetime) -> bool:
    """After the first night."""
    last = _last()
    if last is not None:
        return next_night(last, find_zone()) <= now
    return db.session.scalar(select(CustomerScore.customer_id).limit(1)) is not None


def _last() -> datetime | None:
    return db.session.scalar(select(func.max(ValueMonth.computed_at)))
