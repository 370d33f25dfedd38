"""Where customers stood at a moment, for many at once: stage, tier, churn score, and whether they are of the highest value."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import select, text

from hub.core.batches import among
from hub.core.db import db
from hub.core.questions import Question, Rows, answered
from hub.segments.values.models import CustomerScore, ScoreChange
from hub.segments.values.queries import find_last_run

_TOP = text("""
    SELECT percentile_disc(:share) WITHIN GROUP (ORDER BY historic_cents DESC)
    FROM customer_scores WHERE order_count > 0
""")


@dataclass(frozen=True)
class Standing:
    """`churn_points` is None where it is not known: the past of the score is not kept, that of stage and tier is."""

    stage: str
    tier: str | None
    churn_points: int | None
    historic_cents: int


def ask_standings(asked: Sequence[tuple[int, datetime]]) -> Question[list[Standing | None]]:
    """For each (customer, moment) where he stood then; None for who was never scored."""
    ids = sorted({customer_id for customer_id, _ in asked})
    if not ids:
        return answered([])
    score, change = CustomerScore, ScoreChange
    scores = select(
        score.customer_id,
        score.stage,
        score.tier,
        score.churn_points,
        score.historic_cents,
        score.computed_at,
    ).where(among(score.customer_id, ids))
    changes = (
        select(change.customer_id, change.changed_at, change.from_stage, change.from_tier)
        .where(among(change.customer_id, ids), change.changed_at > min(at for _, at in asked))
        .order_by(change.changed_at, change.id)
    )

    def read(scored: Rows, changed: Rows) -> list[Standing | None]:
        rows = {row.customer_id: row for row in scored}
        later: dict[int, list[Any]] = {}
        for row in changed:
            later.setdefault(row.customer_id, []).append(row)
        return [_standing(rows.get(customer_id), later.get(customer_id, ()), at) for customer_id, at in asked]

    return Question((scores, changes), read)


def _standing(row: Any, later: Sequence[Any], at: datetime) -> Standing | None:
    """The first change after the moment tells where he stood before it."""
    if row is None:
        return None
    points = row.churn_points if row.computed_at <= at else None
    for change in later:
        if change.changed_at > at:
            return Standing(change.from_stage, change.from_tier, None, row.historic_cents)
    return Standing(row.stage.value, row.tier, points, row.historic_cents)


def get_top_cents(percent: int) -> int | None:
    """The least lifetime value among the top share of buyers, drawn anew after each night; None without a buyer."""
    return _top_cents(percent, find_last_run())


@lru_cache(maxsize=32)
def _top_cents(percent: int, _night: datetime | None) -> int | None:
    found: int | None = db.session.scalar(_TOP, {"share": percent / 100})
    return found
