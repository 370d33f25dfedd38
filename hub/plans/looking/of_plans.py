"""Look-ups of other plans that speak to the customer."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from hub.core.batches import among
from hub.core.questions import Question, Rows
from hub.plans.looking.asked import Answers, Params, Subject, World
from hub.plans.models import Enrolment, Plan


def in_plan(subjects: Sequence[Subject], params: Params, _world: World) -> Question[Answers]:
    """Inside another plan then, or out of it for less than `days`."""
    lag = timedelta(days=int(params.get("days", 0)))
    inside = (
        select(Enrolment.customer_id, Enrolment.entered_at, Enrolment.ended_at)
        .join(Plan, Plan.id == Enrolment.plan_id)
        .where(
            Plan.key == params["plan"], among(Enrolment.customer_id, {seen.customer_id for seen in subjects})
        )
    )

    def read(rows: Rows) -> Answers:
        stays: dict[int, list[tuple[datetime, datetime | None]]] = {}
        for customer_id, entered_at, ended_at in rows:
            stays.setdefault(customer_id, []).append((entered_at, ended_at))
        return [
            any(
                entered_at <= seen.at and (ended_at is None or ended_at + lag > seen.at)
                for entered_at, ended_at in stays.get(seen.customer_id, ())
            )
            for seen in subjects
        ]

    return Question((inside,), read)
