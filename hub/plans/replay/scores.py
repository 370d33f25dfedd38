"""Churn scores of the past: the score itself is not kept, but each fall below a threshold was noted with its points."""

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from sqlalchemy import text

from hub.core.batches import array_of
from hub.core.db import db
from hub.core.questions import Question
from hub.plans.looking.asked import Answers, LookUp, Params, Subject, World
from hub.plans.looking.of_customers import churn_below

CALL = "call"
"""The level below which a person calls; see segments: churn."""
_FALLS = text("""
    SELECT customer_id, happened_at AS at, data ->> 'level' AS level, CAST(data ->> 'points' AS int) AS points,
        data ->> 'last_order_on' AS last_order_on
    FROM facts WHERE customer_id = ANY(CAST(:ids AS bigint[])) AND kind = 'ChurnThresholdCrossed' AND happened_at < :until
    ORDER BY happened_at, id
""")


@dataclass(frozen=True)
class Fall:
    """`last_order_on` names the silence."""

    at: datetime
    level: str
    points: int
    last_order_on: str


Falls = Mapping[int, Sequence[Fall]]


def list_falls(customer_ids: Collection[int], *, until: datetime) -> Falls:
    """By customer, oldest first."""
    found: dict[int, list[Fall]] = {}
    for row in db.session.execute(_FALLS, {"ids": array_of(customer_ids), "until": until}):
        fall = Fall(row.at, row.level, row.points, row.last_order_on)
        found.setdefault(row.customer_id, []).append(fall)
    return found


def look_up_in(falls: Falls) -> LookUp:
    """The score as the last fall told it; of who never fell what is known of today."""

    def look(subjects: Sequence[Subject], params: Params, world: World) -> Question[Answers]:
        last = [_last(falls.get(seen.customer_id, ()), seen.at) for seen in subjects]
        return churn_below(subjects, params, world).then(
            lambda today: [
                known if fall is None else fall.points < params["points"]
                for fall, known in zip(last, today, strict=True)
            ]
        )

    return look


def _last(falls: Sequence[Fall], at: datetime) -> Fall | None:
    place = bisect_right(falls, at, key=attrgetter("at"))
    return falls[place - 1] if place else None
