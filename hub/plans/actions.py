"""Entering and leaving plans, jumps, switching a plan on or off."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.dialects.postgresql import insert

from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db, ring_after_commit
from hub.core.facts import record
from hub.plans import rules
from hub.plans.builtin import BUILTIN_PLANS, BuiltinPlan
from hub.plans.facts import PlanEnded, PlanEntered
from hub.plans.models import Enrolment, Plan, PlanVersion
from hub.plans.queries import BELL, find_plan, get_definition, get_plan_id
from hub.plans.words import Anchor, EnrolmentState, ExitReason, VersionState
from hub.stores.queries import get_chain


def add_builtin_plans(*, now: datetime) -> None:
    """Publish the plans of the product once; what a chain has edited since is left alone."""
    for builtin in BUILTIN_PLANS:
        if find_plan(builtin.key) is None:
            _publish(builtin, now=now)


def enrol(
    *,
    plan_key: str,
    customer_id: int,
    entry_key: str,
    anchor_at: datetime,
    values: Mapping[str, Any],
    now: datetime,
) -> int | None:
    """Let the customer in, once per entry key. Returns the enrolment's id, None when off or already inside.

    `anchor_at` is what the delays count from (business time); `values` holds the ids that the steps need.
    """
    plan = find_plan(plan_key)
    if plan is None or not plan.is_on or plan.published_version_id is None:
        return None
    first = get_definition(plan.published_version_id).steps[0]
    arm = rules.draw_arm(plan.key, customer_id, plan.control_percent)
    row = {
        "plan_id": plan.id,
        "version_id": plan.published_version_id,
        "customer_id": customer_id,
        "entry_key": entry_key,
        "arm": arm,
        "step_key": first.key,
        "anchor_at": anchor_at,
        "due_at": rules.due_moment(anchor_at, first.delay, time_zone=get_chain().time_zone),
        "values": dict(values),
        "entered_at": now,
    }
    return _enter(row, now=now)


def _enter(row: Mapping[str, Any], *, now: datetime) -> int | None:
    """The unique key decides, not a look before: two workers let one customer in once."""
    statement = (
        insert(Enrolment)
        .values(state=EnrolmentState.WAITING, **row)
        .on_conflict_do_nothing(index_elements=["plan_id", "customer_id", "entry_key"])
        .returning(Enrolment.id)
    )
    enrolment_id = db.session.scalar(statement)
    if enrolment_id is None:
        return None
    entered = PlanEntered(
        customer_id=row["customer_id"],
        enrolment_id=enrolment_id,
        plan_id=row["plan_id"],
        arm=row["arm"].value,
    )
    record(entered, now=now)
    if row["due_at"] <= now:
        ring_after_commit(BELL)
    return enrolment_id


def end_enrolments(
    *,
    reason: ExitReason,
    now: datetime,
    customer_id: int | None = None,
    entry_key: str | None = None,
    plan_key: str | None = None,
) -> int:
    """Let customers out who match everything given. Returns how many left."""
    conditions: list[ColumnElement[bool]] = [Enrolment.state == EnrolmentState.WAITING]
    if customer_id is not None:
        conditions.append(Enrolment.customer_id == customer_id)
    if entry_key is not None:
        conditions.append(Enrolment.entry_key == entry_key)
    if plan_key is not None:
        conditions.append(Enrolment.plan_id == get_plan_id(plan_key))
    ended = db.session.execute(
        update(Enrolment)
        .where(*conditions)
        .values(state=EnrolmentState.ENDED, due_at=None, step_key=None, ended_at=now, exit_reason=reason)
        .returning(Enrolment.id, Enrolment.plan_id, Enrolment.customer_id)
        .execution_options(synchronize_session=False)
    ).all()
    for enrolment_id, plan_id, of_customer in ended:
        record(
            PlanEnded(
                customer_id=of_customer, enrolment_id=enrolment_id, plan_id=plan_id, reason=reason.value
            ),
            now=now,
        )
    return len(ended)


def end_by_purchase(*, customer_id: int, order_id: int, ordered_at: datetime, now: datetime) -> int:
    """A purchase ends each plan that it is an exit of, within the plan's window; the order of entry does not count."""
    inside = db.session.scalars(
        select(Enrolment).where(
            Enrolment.customer_id == customer_id, Enrolment.state == EnrolmentState.WAITING
        )
    )
    count = 0
    for enrolment in inside:
        definition = get_definition(enrolment.version_id)
        is_other = enrolment.values.get("order_id") != order_id and ordered_at > enrolment.anchor_at
        if is_other and ExitReason.PURCHASED in definition.exits:
            count += end_enrolments(
                reason=ExitReason.PURCHASED,
                now=now,
                customer_id=customer_id,
                entry_key=enrolment.entry_key,
            )
    return count


def end_by_order(*, order_id: int, customer_id: int, reason: ExitReason, now: datetime) -> int:
    """The order was cancelled or came back: whoever is inside because of it leaves."""
    keys = db.session.scalars(
        select(Enrolment.entry_key).where(
            Enrolment.customer_id == customer_id,
            Enrolment.state == EnrolmentState.WAITING,
            Enrolment.values["order_id"].as_integer() == order_id,
        )
    ).all()
    return sum(end_enrolments(reason=reason, now=now, customer_id=customer_id, entry_key=key) for key in keys)


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

    A second answer does not move anyone who already waits there or has passed. Returns whether somebody moved.
    """
    enrolment = _lock_enrolment(plan_key, entry_key)
    if enrolment is None or enrolment.values.get("branch"):
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
    enrolment.due_at = rules.due_moment(anchor_at, step.delay, time_zone=get_chain().time_zone)
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
    if enrolment is None or enrolment.values.get("first_message_at"):
        return None
    enrolment.values = {**enrolment.values, "first_message_at": accepted_at.isoformat()}
    step = get_definition(enrolment.version_id).find_step(enrolment.step_key)
    if step is not None and step.anchor is Anchor.FIRST_MESSAGE:
        enrolment.due_at = rules.due_moment(accepted_at, step.delay, time_zone=get_chain().time_zone)
    order_id: int | None = enrolment.values.get("order_id")
    return order_id


def switch_plan(*, key: str, is_on: bool, by: Actor, now: datetime) -> None:
    """On: new customers may enter. Off: nobody enters, and those inside leave."""
    plan_id = get_plan_id(key)
    db.session.execute(update(Plan).where(Plan.id == plan_id).values(is_on=is_on))
    if not is_on:
        end_enrolments(reason=ExitReason.PLAN_OFF, now=now, plan_key=key)
    note_change("plan.switched", subject_kind="plan", subject_id=plan_id, by=by, now=now, is_on=is_on)


def _publish(builtin: BuiltinPlan, *, now: datetime) -> None:
    rules.parse_definition(builtin.definition)
    plan = Plan(
        key=builtin.key,
        name_fr=builtin.name_fr,
        name_en=builtin.name_en,
        priority=builtin.priority,
        control_percent=builtin.control_percent,
        is_on=builtin.is_on,
        created_at=now,
    )
    db.session.add(plan)
    db.session.flush()
    version = PlanVersion(
        plan_id=plan.id,
        number=1,
        state=VersionState.PUBLISHED,
        definition=builtin.definition,
        created_at=now,
        published_at=now,
    )
    db.session.add(version)
    db.session.flush()
    plan.published_version_id = version.id


def add_values(*, plan_key: str, entry_key: str, values: Mapping[str, Any]) -> None:
    """Ids and numbers that later steps need (the ticket that an answer opened)."""
    enrolment = _lock_enrolment(plan_key, entry_key)
    if enrolment is not None:
        enrolment.values = {**enrolment.values, **values}
