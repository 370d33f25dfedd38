"""Counts the people of plans and what happened to them: all plans at once for their cards, one plan by its steps."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import case, func, select

from hub.core.batches import among
from hub.core.db import db
from hub.plans.models import Enrolment, StepRun
from hub.plans.words import Arm, EnrolmentState, ExitReason, StepOutcome, Wait

People = tuple[int, int, datetime | None]
"""Inside, entered, and when the next step is due."""

NOBODY: People = (0, 0, None)
NOTHING = frozenset({StepOutcome.SKIPPED, StepOutcome.EXPIRED})


def count_people(plan_ids: Collection[int] | None = None) -> dict[int, People]:
    """By plan who is inside, has entered, and when the next step is due; plans that nobody entered are left out."""
    waiting = Enrolment.state == EnrolmentState.WAITING
    counts = select(
        Enrolment.plan_id,
        func.count().filter(waiting),
        func.count(),
        func.min(Enrolment.due_at).filter(waiting),
    ).group_by(Enrolment.plan_id)
    if plan_ids is not None:
        counts = counts.where(among(Enrolment.plan_id, plan_ids))
    return {
        plan_id: (inside, entered, due_at) for plan_id, inside, entered, due_at in db.session.execute(counts)
    }


@dataclass
class ByPlace:
    """The people of one plan: who waits at each step, whose step failed and is tried again, and how the others left."""

    waiting: dict[str | None, int] = field(default_factory=dict)
    exits: dict[ExitReason, int] = field(default_factory=dict)
    failed: int = 0
    entered: int = 0
    next_due_at: datetime | None = None

    @property
    def inside(self) -> int:
        return sum(self.waiting.values())


def count_by_place(plan_id: int) -> ByPlace:
    """In one reading: a large plan has hundreds of thousands of passages."""
    is_waiting = Enrolment.state == EnrolmentState.WAITING
    step = case((is_waiting, Enrolment.step_key))
    counts = (
        select(
            is_waiting,
            step,
            Enrolment.exit_reason,
            func.count(),
            func.count().filter(Enrolment.wait_reason == Wait.FAILED),
            func.min(Enrolment.due_at),
        )
        .where(Enrolment.plan_id == plan_id)
        .group_by(is_waiting, step, Enrolment.exit_reason)
    )
    found = ByPlace()
    for waits, step_key, reason, count, failed, due_at in db.session.execute(counts):
        found.entered += count
        if waits:
            found.waiting[step_key] = found.waiting.get(step_key, 0) + count
            found.failed += failed
            found.next_due_at = min(filter(None, (found.next_due_at, due_at)), default=None)
        elif reason:
            found.exits[reason] = found.exits.get(reason, 0) + count
    return found


def count_results(plan_id: int) -> dict[str, tuple[dict[StepOutcome, int], dict[str, int]]]:
    """By step what happened in the treated arm, and why nothing did; what it did, or would have done, in the control arm is a ghost."""
    query = (
        select(StepRun.step_key, Enrolment.arm, StepRun.outcome, StepRun.reason, func.count())
        .join(Enrolment, Enrolment.id == StepRun.enrolment_id)
        .where(Enrolment.plan_id == plan_id)
        .group_by(StepRun.step_key, Enrolment.arm, StepRun.outcome, StepRun.reason)
    )
    found: dict[str, tuple[dict[StepOutcome, int], dict[str, int]]] = {}
    for step_key, arm, outcome, reason, count in db.session.execute(query):
        results, skips = found.setdefault(step_key, ({}, {}))
        if arm is Arm.CONTROL:
            if outcome not in NOTHING:
                results[StepOutcome.GHOST] = results.get(StepOutcome.GHOST, 0) + count
            continue
        results[outcome] = results.get(outcome, 0) + count
        if outcome is StepOutcome.SKIPPED and reason:
            skips[reason] = count
    return found
