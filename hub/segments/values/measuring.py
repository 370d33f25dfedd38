"""Draws the yardsticks of a night from what it added up: ends of the quintiles, top shares, purchase cycles."""

from dataclasses import replace
from typing import Any

from sqlalchemy import text

from hub.core.db import db
from hub.segments.values.rules import Definitions, Yardsticks, ends_of, quintile_ends
from hub.segments.values.statements import quintile

ENDS = text("""
    SELECT percentile_disc(CAST(:shares AS float8[])) WITHIN GROUP (ORDER BY last_order_at DESC),
        percentile_disc(CAST(:shares AS float8[])) WITHIN GROUP (ORDER BY window_orders),
        percentile_disc(CAST(:shares AS float8[])) WITHIN GROUP (ORDER BY window_cents)
    FROM customer_buying WHERE window_orders > 0
""")
"""The value at the last row of each bucket that NTILE(5) would make; a share half a row before it hits it exactly.
Of the last order the newest come first: its borders are the oldest orders of the buckets 5 to 2."""

TOPS = text("""
    SELECT percentile_disc(:ambassador) WITHIN GROUP (ORDER BY value_12_months_cents DESC)
            FILTER (WHERE orders_12_months > 0),
        percentile_disc(:high) WITHIN GROUP (ORDER BY historic_cents DESC)
    FROM customer_buying
""")
"""The least value among the top share: of the last 12 months for ambassadors, of all time for a high lifetime value."""

CYCLES = """
    SELECT (CAST(:map AS text[]))[(5 - r) * 5 + (f + m + 1) / 2] AS segment,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY cycle_days) AS days, count(*) AS customers
    FROM (SELECT cycle_days, {r} AS r, {f} AS f, {m} AS m FROM customer_buying AS b
        WHERE cycle_days IS NOT NULL AND window_orders > 0) AS placed
    GROUP BY GROUPING SETS ((1), ())
"""
"""The median of the customers' own cycles, by named segment and (segment NULL) of the chain."""


def measure(by: Definitions) -> Yardsticks:
    """Measure the base as the night has added it up; without an order there is nothing to measure by."""
    buyers = db.session.scalar(text("SELECT count(*) FROM customer_buying WHERE window_orders > 0")) or 0
    if not buyers:
        return Yardsticks()
    ends = quintile_ends(buyers)
    shares = [(end - 0.5) / buyers for end in ends if end]
    values = db.session.execute(ENDS, {"shares": shares}).one()
    ambassador, high = db.session.execute(
        TOPS, {"ambassador": by.ambassador_percent / 100, "high": by.high_value_percent / 100}
    ).one()
    measured = Yardsticks(
        r=tuple(moment.isoformat() for moment in values[0]),
        f=tuple(values[1]),
        m=tuple(values[2]),
        ambassador_cents=ambassador,
        high_value_cents=high,
        buyer_count=buyers,
    )
    return replace(measured, **_cycles(by, measured))


def _cycles(by: Definitions, measured: Yardsticks) -> dict[str, Any]:
    """Of segments, and of the chain, with enough customers who have a cycle of their own."""
    statement = text(CYCLES.format(r=quintile("r"), f=quintile("f"), m=quintile("m")))
    names = [word.value for row in by.rfm_map for word in row]
    found = db.session.execute(statement, {"map": names, **ends_of(measured)})
    days = {row.segment: row.days for row in found if row.customers >= by.cycle_customers}
    return {"chain_cycle": days.pop(None, None), "cycles": days}
