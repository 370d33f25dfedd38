"""What others do with plans: publish the built-in ones, let in and out, jump, resume, switch on or off."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from hub.core.db import db, ring_after_commit
from hub.customers.queries import get_customers
from hub.outbox.following import list_held
from hub.plans import codes, rules
from hub.plans.delivering import add_builtin_plans
from hub.plans.entering import Newcomer, enrol, enter, enter_many
from hub.plans.erasure_dates import call_off as call_off_erasure
from hub.plans.gather import Zones
from hub.plans.leaving import (
    end_by_basket,
    end_by_customer,
    end_by_message,
    end_by_order,
    end_by_purchase,
    end_by_refusal,
    end_enrolments,
)
from hub.plans.models import Enrolment
from hub.plans.queries import BELL, get_definition, get_plan_id, is_on
from hub.plans.switching import switch_plan
from hub.plans.turning import ask_fork_again
from hub.plans.words import ANSWERABLE, Anchor, EnrolmentState, ExitReason, Wait

__all__ = [
    "Newcomer",
    "add_builtin_plans",
    "add_values",
    "ask_fork_again",
    "call_off_erasure",
    "end_by_basket",
    "end_by_customer",
    "end_by_message",
    "end_by_order",
    "end_by_purchase",
    "end_by_refusal",
    "end_enrolments",
    "enrol",
    "enter",
    "enter_many",
    "jump",
    "leave_branch",
    "note_first_message",
    "resume",
    "settle_codes",
    "switch_plan",
]


def jump(
    *,
    plan_key: str,
    entry_key: str,
    step_key: str,
    anchor_at: datetime,
    values: Mapping[str, Any],
    now: datetime,
) -> bool:
    """Move a customer to a branch step (an answer came), also one who has just left by the end of the path.

    Nobody who left for another reason comes back, and nobody moves in a plan that is off. A second answer does not move
    anyone who already waits there or has passed. Returns whether somebody moved.
    """
    enrolment = _lock_enrolment(plan_key, entry_key)
    if enrolment is None or enrolment.values.get("branch") or not is_on(plan_key):
        return False
    if enrolment.exit_reason and enrolment.exit_reason not in ANSWERABLE:
        return False
    step = get_definition(enrolment.version_id).step(step_key)
    left = {
        "step_key": enrolment.step_key,
        "due_at": enrolment.due_at.isoformat() if enrolment.due_at else None,
        "exit_reason": enrolment.exit_reason.value if enrolment.exit_reason else None,
    }
    enrolment.values = {**enrolment.values, **values, "branch": step_key, "left": left}
    enrolment.step_key = step_key
    enrolment.state = EnrolmentState.WAITING
    enrolment.ended_at = None
    enrolment.exit_reason = None
    enrolment.exit_note = None
    enrolment.paused_at = enrolment.wait_reason = None
    enrolment.due_at = rules.due_moment(anchor_at, step.delay, time_zone=_zone_of(enrolment.customer_id))
    if enrolment.due_at <= now:
        ring_after_commit(BELL)
    return True


def leave_branch(*, plan_key: str, entry_key: str, step_key: str, now: datetime) -> bool:
    """Undo a jump whose branch step has not run (the answer does not count): back to where the customer waited.

    A later answer may jump again. Returns whether somebody moved.
    """
    enrolment = _lock_enrolment(plan_key, entry_key)
    if enrolment is None or enrolment.state is EnrolmentState.ENDED or enrolment.step_key != step_key:
        return False
    values = dict(enrolment.values)
    values.pop("branch", None)
    left = values.pop("left", {})
    enrolment.values = values
    enrolment.step_key = left.get("step_key")
    enrolment.due_at = datetime.fromisoformat(left["due_at"]) if left.get("due_at") else None
    if enrolment.step_key is None:
        enrolment.state = EnrolmentState.ENDED
        enrolment.ended_at = now
        enrolment.exit_reason = ExitReason(left.get("exit_reason") or ExitReason.COMPLETED)
    elif enrolment.due_at and enrolment.due_at <= now:
        ring_after_commit(BELL)
    return True


def _lock_enrolment(plan_key: str, entry_key: str) -> Enrolment | None:
    return db.session.scalar(
        select(Enrolment)
        .where(Enrolment.plan_id == get_plan_id(plan_key), Enrolment.entry_key == entry_key)
        .with_for_update()
    )


def note_first_message(*, enrolment_id: int, accepted_at: datetime) -> int | None:
    """The plan's first message left: what follows counts from here, not from when it was planned.

    Returns the order of the enrolment the first time, None afterwards.
    """
    enrolment = db.session.get(Enrolment, enrolment_id, with_for_update=True)
    if enrolment is None:
        return None
    codes.settle(enrolment.id, enrolment.values, is_ended=False, now=accepted_at)
    if enrolment.values.get("first_message_at"):
        return None
    enrolment.values = {**enrolment.values, "first_message_at": accepted_at.isoformat()}
    step = get_definition(enrolment.version_id).find_step(enrolment.step_key)
    if (
        step is not None
        and step.anchor is Anchor.FIRST_MESSAGE
        and enrolment.wait_reason is not Wait.GRIEVANCE
    ):
        zone = _zone_of(enrolment.customer_id)
        enrolment.due_at = rules.due_of(step, enrolment.anchor_at, enrolment.values, time_zone=zone)
    order_id: int | None = enrolment.values.get("order_id")
    return order_id


def settle_codes(*, enrolment_id: int, now: datetime) -> None:
    """A message of the passage left, or never will: so will the code it shows be used, or given back."""
    row = db.session.get(Enrolment, enrolment_id)
    if row is not None and row.values.get("code"):
        codes.settle(row.id, row.values, is_ended=row.state is EnrolmentState.ENDED, now=now)


def resume(*, customer_id: int, now: datetime) -> int:
    """A grievance is settled: what waited for it is looked at again at once, unless another one is open. Returns how many."""
    if list_held([customer_id]):
        return 0
    resumed = db.session.scalars(
        update(Enrolment)
        .where(
            Enrolment.customer_id == customer_id,
            Enrolment.state == EnrolmentState.WAITING,
            Enrolment.wait_reason == Wait.GRIEVANCE,
        )
        .values(due_at=now)
        .returning(Enrolment.id)
        .execution_options(synchronize_session=False)
    ).all()
    if resumed:
        ring_after_commit(BELL)
    return len(resumed)


def _zone_of(customer_id: int) -> str:
    row = get_customers([customer_id])[customer_id]
    return Zones.of([row]).zone_of(row)


def add_values(*, plan_key: str, entry_key: str, values: Mapping[str, Any]) -> None:
    """Ids and numbers that later steps need (the ticket that an answer opened)."""
    enrolment = _lock_enrolment(plan_key, entry_key)
    if enrolment is not None:
        enrolment.values = {**enrolment.values, **values}
