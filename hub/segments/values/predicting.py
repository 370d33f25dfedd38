"""What customers are expected to buy in the next 12 months, by the latest fit: all of them in ranges, or a few at once."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import TextClause, text

from hub.core.db import db
from hub.segments.values.defining import find_zone
from hub.segments.values.fit_calendar import find_fit
from hub.segments.values.fitting import Spending, Summary, Timing, expect_purchases, expect_value
from hub.segments.values.models import ValueFit

YEAR_WEEKS = 365.25 / 7
MOST_CENTS = 10**15

TABLE = """
    SELECT customer_id, count(*) - 1 AS x, max(day) - min(day) AS t_x,
        (CAST(:now AS timestamptz) AT TIME ZONE :zone)::date - min(day) AS age,
        (sum(cents) - (array_agg(cents ORDER BY day))[1])::float8 AS later
    FROM (SELECT customer_id, (placed_at AT TIME ZONE :zone)::date AS day, sum(total_cents - returned_cents) AS cents
        FROM orders WHERE state <> 'cancelled' AND placed_at <= :now AND customer_id {whose} GROUP BY 1, 2) AS days
    GROUP BY customer_id ORDER BY customer_id
"""
RANGE = text(TABLE.format(whose="BETWEEN :first_id AND :last_id"))
SOME = text(TABLE.format(whose="= ANY(:ids)"))
FORGOTTEN = """
    UPDATE customer_scores AS s SET predicted_cents = NULL, expected_orders = NULL
    WHERE s.customer_id {whose} AND s.predicted_cents IS NOT NULL AND NOT EXISTS (SELECT FROM orders AS o
        WHERE o.customer_id = s.customer_id AND o.state <> 'cancelled' AND o.placed_at <= :now)
"""
"""Whose orders are all cancelled, or another's by now, is expected nothing of."""
RANGE_FORGOTTEN = text(FORGOTTEN.format(whose="BETWEEN :first_id AND :last_id"))
SOME_FORGOTTEN = text(FORGOTTEN.format(whose="= ANY(:ids)"))
WRITE = text("""
    UPDATE customer_scores AS s SET predicted_cents = n.cents, expected_orders = n.orders
    FROM unnest(CAST(:ids AS bigint[]), CAST(:cents AS bigint[]), CAST(:orders AS float8[])) AS n (id, cents, orders)
    WHERE s.customer_id = n.id AND ROW(s.predicted_cents, s.expected_orders) IS DISTINCT FROM ROW(n.cents, n.orders)
""")


def predict_range(first_id: int, last_id: int, *, by: ValueFit, now: datetime) -> None:
    _predict(RANGE, RANGE_FORGOTTEN, {"first_id": first_id, "last_id": last_id}, by=by, now=now)


def predict_some(ids: Collection[int], *, now: datetime) -> None:
    """Nothing without a fit."""
    by = find_fit()
    if by is not None:
        _predict(SOME, SOME_FORGOTTEN, {"ids": sorted(ids)}, by=by, now=now)


def _predict(
    statement: TextClause, forgotten: TextClause, whose: dict[str, Any], *, by: ValueFit, now: datetime
) -> None:
    given = whose | {"now": now, "zone": find_zone()}
    rows = db.session.execute(statement, given).all()
    db.session.execute(forgotten, given)
    if not rows:
        return
    ids, x, t_x, age, later = (np.array(column, np.float64) for column in zip(*rows, strict=True))
    mean = np.divide(later, x, out=np.zeros_like(later), where=x > 0) / 100
    table = Summary(x, t_x / 7, age / 7, mean)
    orders, value = expect(by, table)
    found = {
        "ids": ids.astype(np.int64).tolist(),
        "cents": np.clip(np.rint(orders * value * 100), 0, MOST_CENTS).astype(np.int64).tolist(),
        "orders": np.round(orders, 3).tolist(),
    }
    db.session.execute(WRITE, found)


def expect(by: ValueFit, table: Summary) -> tuple[Any, Any]:
    """Expected orders of 12 months, and the expected value of one."""
    timing = Timing(by.r or 0, by.alpha or 0, by.a or 0, by.b or 0)
    return expect_purchases(timing, table, YEAR_WEEKS), expect_value(
        Spending(by.p or 0, by.q or 0, by.v or 0), table
    )
