"""Things got worse for somebody inside a plan: its first fork is asked again, and may lead him another way."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from hub.core.db import db, ring_after_commit
from hub.plans.definitions import Definition
from hub.plans.models import Enrolment, Plan, StepRun
from hub.plans.queries import BELL, get_definition
from hub.plans.words import EnrolmentState, ExitReason, StepKind, Trigger


def ask_fork_again(trigger: Trigger, *, customer_id: int, entry_key: str, now: datetime) -> int:
    """Bring the passage of this occurrence back to the fork it began with, also one that came to its end.

    What has run never runs again; what still waited of the old way is left when the fork leads another one. Delays from
    the entry count anew; what came since the entry still came after it. Returns how many passages.
    """
    found = select(Enrolment).join(Plan, Plan.id == Enrolment.plan_id)
    rows = db.session.scalars(
        found.where(
            Plan.is_on,
            Enrolment.customer_id == customer_id,
            Enrolment.entry_key == entry_key,
            or_(
                Enrolment.state == EnrolmentState.WAITING,
                Enrolment.exit_reason == ExitReason.COMPLETED,
            ),
        ).with_for_update(of=Enrolment)
    ).all()
    return sum(_turn(row, trigger, now=now) for row in rows)


def _turn(row: Enrolment, trigger: Trigger, *, now: datetime) -> bool:
    definition = get_definition(row.version_id)
    done = set(db.session.scalars(select(StepRun.step_key).where(StepRun.enrolment_id == row.id)))
    if not can_turn(definition, trigger, row.values, done):
        return False
    row.values = turned(row.values, row.anchor_at, done)
    row.state, row.step_key = EnrolmentState.WAITING, definition.steps[0].key
    row.anchor_at = row.due_at = now
    row.ended_at = row.exit_reason = row.exit_note = None
    row.paused_at = row.wait_reason = None
    ring_after_commit(BELL)
    return True


def can_turn(
    definition: Definition, trigger: Trigger, values: Mapping[str, Any], done: Collection[str]
) -> bool:
    """Whether the plan begins with a fork that has run, and the passage does not follow an answer. `done`: steps that ran."""
    first = definition.steps[0]
    is_askable = first.kind is StepKind.SPLIT and first.key in done and not values.get("branch")
    return trigger in definition.entry.on and is_askable


def turned(values: Mapping[str, Any], anchor_at: datetime, done: Collection[str]) -> dict[str, Any]:
    """What the passage remembers as it comes back to the fork."""
    found = {"since": anchor_at.isoformat(), **values}
    found.pop("planned_at", None)
    return {**found, "ran": sorted({*found.get("ran", ()), *done})}
