"""A plan that is off has nobody inside: whoever still is there is let out, some hundred in a transaction."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from hub.core.db import db
from hub.plans.leaving import end_enrolments
from hub.plans.models import Enrolment, Plan
from hub.plans.words import EnrolmentState, ExitReason

BATCH = 500


def empty_some(*, now: datetime) -> int:
    """Let out a batch of those inside plans that are off. Returns how many; whoever is locked just now comes later.

    Nothing says how far it has come: who has left is not found again, so that whoever is killed loses nothing.
    """
    inside = select(Enrolment.id).where(*_left_over()).limit(BATCH)
    ids = db.session.scalars(inside.with_for_update(skip_locked=True)).all()
    return end_enrolments(reason=ExitReason.PLAN_OFF, now=now, enrolment_ids=ids) if ids else 0


def is_emptying(plan_id: int | None = None) -> bool:
    """Whether somebody is still inside a plan that is off; of this plan, or of any."""
    left = select(Enrolment.id).where(*_left_over())
    if plan_id is not None:
        left = left.where(Enrolment.plan_id == plan_id)
    return db.session.scalar(left.limit(1)) is not None


def _left_over() -> tuple[Any, ...]:
    off = select(Plan.id).where(Plan.is_on.is_(False))
    return Enrolment.state == EnrolmentState.WAITING, Enrolment.plan_id.in_(off)
