"""Things got worse for somebody inside a plan: its first fork is asked again, and may lead him another way."""

from datetime import datetime

from sqlalchemy import or_, select

from hub.core.db import db, ring_after_commit
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
    first = definition.steps[0]
    done = set(db.session.scalars(select(StepRun.step_key).where(StepRun.enrolment_id == row.id)))
    is_askable = first.kind is StepKind.SPLIT and first.key in done and not row.values.get("branch")
    if trigger not in definition.entry.on or not is_askable:
        return False
    values = {"since": row.anchor_at.isoformat(), **row.values}
    values.pop("planned_at", None)
    row.values = {**values, "ran": sorted({*values.get("ran", ()), *done})}
    row.state, row.step_key = EnrolmentState.WAITING, first.key
    row.anchor_at = row.due_at = now
    row.ended_at = row.exit_reason = row.exit_note = None
    row.paused_at = row.wait_reason = None
    ring_after_commit(BELL)
    return True
