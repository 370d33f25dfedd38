"""Keeps the scores of some customers of each band, to see later who bought: how often the churn score was right."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, text

from hub.core.db import db
from hub.segments.values.models import ChurnSample
from hub.segments.values.rules import Definitions
from hub.stores.queries import find_day

EVERY = timedelta(days=30)
PER_BAND = 2_000
KEPT = timedelta(days=800)
BANDS: tuple[tuple[int, int], ...] = (
    (0, 0),
    (-2, -1),
    (-5, -3),
    (-10, -6),
    (-20, -11),
    (-52, -21),
    (-10_000, -53),
)
"""Lowest and highest points of each band of the table; the borders of the product's rules stand among them."""

SAMPLE = text("""
    INSERT INTO churn_samples (taken_on, customer_id, taken_at, points, band_count)
    SELECT CAST(:day AS date), customer_id, :now, churn_points, band_count FROM (
        SELECT customer_id, churn_points, count(*) OVER (PARTITION BY band) AS band_count,
            row_number() OVER (PARTITION BY band ORDER BY hashint8(customer_id), customer_id) AS position
        FROM (SELECT customer_id, churn_points,
                width_bucket(-churn_points, CAST(:borders AS bigint[])) AS band
            FROM customer_scores WHERE order_count > 0) AS banded
    ) AS ranked WHERE position <= :most
    ON CONFLICT (taken_on, customer_id) DO NOTHING
""")
"""Chosen by a hash, so that it is the same customers of a band as long as they stay in it, and no choice of anybody."""


def sample(by: Definitions, *, now: datetime) -> bool:
    """Take a sample when the last one is a month old. Old ones go."""
    del by
    last = db.session.scalar(select(func.max(ChurnSample.taken_at)))
    if last is not None and last + EVERY > now:
        return False
    borders = [-highest for _, highest in BANDS[1:]]
    db.session.execute(SAMPLE, {"now": now, "day": find_day(now), "borders": borders, "most": PER_BAND})
    db.session.execute(delete(ChurnSample).where(ChurnSample.taken_at < now - KEPT))
    return True
