"""What is known of plans and of the customers inside."""

from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from hub.core.db import db
from hub.core.errors import NotFound
from hub.core.text import N_
from hub.plans.counting import NOBODY, count_by_place, count_people, count_results
from hub.plans.failing import failure_of
from hub.plans.models import Enrolment, Plan, PlanVersion
from hub.plans.rules import Definition, Step, parse_definition
from hub.plans.words import Arm, EnrolmentState, ExitReason, StepOutcome, VersionState, Wait

BELL = "plans"


@dataclass(frozen=True)
class PlanHead:
    """A plan beside its versions."""

    id: int
    key: str
    name_fr: str
    name_en: str
    priority: int
    control_percent: int
    is_on: bool
    published_version_id: int | None


@dataclass(frozen=True)
class PlanRow(PlanHead):
    """A card: counts are customers, `next_due_at` is when the next step is due (business time)."""

    inside_count: int
    entered_count: int
    next_due_at: datetime | None


@dataclass(frozen=True)
class StepRow:
    """One step of the timeline with what happened at it; `skips` says why it did nothing, by reason."""

    step: Step
    waiting_count: int
    results: dict[StepOutcome, int]
    skips: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class PlanView:
    plan: PlanRow
    version_number: int
    definition: Definition
    steps: tuple[StepRow, ...]
    exits: dict[ExitReason, int]
    failed_count: int = 0


@dataclass(frozen=True)
class EnrolmentRow:
    id: int
    plan_key: str
    name_fr: str
    name_en: str
    state: EnrolmentState
    arm: Arm
    step_key: str | None
    due_at: datetime | None
    entered_at: datetime
    ended_at: datetime | None
    exit_reason: ExitReason | None
    wait: Wait | None = None
    exit_note: dict[str, Any] | None = None
    failure: str = ""


_definitions: dict[int, Definition] = {}


def get_definition(version_id: int) -> Definition:
    """A published version never changes, so that a process reads it once; a draft is read anew each time.

    Raises NotFound; Invalid for a draft that lacks something.
    """
    known = _definitions.get(version_id)
    if known is not None:
        return known
    version = select(PlanVersion.definition, PlanVersion.state).where(PlanVersion.id == version_id)
    row = db.session.execute(version).one_or_none()
    if row is None:
        raise NotFound(N_("This version of the plan does not exist. Please choose another one."))
    found = parse_definition(row.definition)
    if row.state is VersionState.PUBLISHED:
        _definitions[version_id] = found
    return found


def find_definition(version_id: int | None) -> Definition | None:
    """None for a plan that was never published."""
    return get_definition(version_id) if version_id is not None else None


def find_plan(key: str) -> Plan | None:
    return db.session.scalar(select(Plan).where(Plan.key == key))


def is_on(key: str) -> bool:
    """Whether somebody may enter it."""
    plan = find_plan(key)
    return plan is not None and plan.is_on and plan.published_version_id is not None


def get_plan_id(key: str) -> int:
    found = db.session.scalar(select(Plan.id).where(Plan.key == key))
    if found is None:
        raise NotFound(N_("This plan does not exist. Please choose one of the list."))
    return found


def get_priorities() -> dict[int, int]:
    """Plan id → priority: the lower number gets the last place under a cap."""
    return dict(db.session.execute(select(Plan.id, Plan.priority)).all())


def list_keys() -> dict[int, str]:
    """Plan id → key."""
    return dict(db.session.execute(select(Plan.id, Plan.key)).all())


def list_plans_on() -> list[Plan]:
    """Those that let customers in, by priority."""
    plans = select(Plan).where(Plan.is_on, Plan.published_version_id.is_not(None))
    return list(db.session.scalars(plans.order_by(Plan.priority)))


def list_plans() -> list[PlanRow]:
    """All plans by priority, with who is inside."""
    counts = count_people()
    plans = db.session.scalars(select(Plan).order_by(Plan.priority))
    return [plan_row(plan, *counts.get(plan.id, NOBODY)) for plan in plans]


def get_card(key: str) -> PlanRow:
    """One plan with who is inside; nobody of another is counted. Raises NotFound."""
    plan = find_plan(key)
    if plan is None:
        raise NotFound(N_("This plan does not exist. Please choose one of the list."))
    return plan_row(plan, *count_people([plan.id]).get(plan.id, NOBODY))


def plan_row(plan: Plan, inside: int, entered: int, next_due_at: datetime | None) -> PlanRow:
    """A plan with what was counted of it."""
    return PlanRow(**_head(plan), inside_count=inside, entered_count=entered, next_due_at=next_due_at)


def plan_head(plan: Plan) -> PlanHead:
    return PlanHead(**_head(plan))


def _head(plan: Plan) -> dict[str, Any]:
    return {each.name: getattr(plan, each.name) for each in fields(PlanHead)}


def get_plan(key: str) -> PlanView:
    """One plan with its steps, what happened at each, and how customers left. Raises NotFound."""
    row = db.session.execute(
        select(Plan, PlanVersion.id, PlanVersion.number)
        .join(PlanVersion, PlanVersion.id == Plan.published_version_id)
        .where(Plan.key == key)
    ).one_or_none()
    if row is None:
        raise NotFound(N_("This plan does not exist. Please choose one of the list."))
    plan, version_id, number = row
    definition = get_definition(version_id)
    people, results = count_by_place(plan.id), count_results(plan.id)
    return PlanView(
        plan=plan_row(plan, people.inside, people.entered, people.next_due_at),
        version_number=number,
        definition=definition,
        steps=tuple(
            StepRow(step, people.waiting.get(step.key, 0), *results.get(step.key, ({}, {})))
            for step in definition.steps
        ),
        exits=people.exits,
        failed_count=people.failed,
    )


def list_customer_enrolments(customer_id: int, *, limit: int = 20) -> list[EnrolmentRow]:
    """The plans a customer is or was in, newest first."""
    query = (
        select(Enrolment, Plan)
        .join(Plan, Plan.id == Enrolment.plan_id)
        .where(Enrolment.customer_id == customer_id)
        .order_by(Enrolment.entered_at.desc())
        .limit(limit)
    )
    return [enrolment_row(*each) for each in db.session.execute(query)]


def enrolment_row(enrolment: Enrolment, plan: Plan) -> EnrolmentRow:
    """A passage with its plan."""
    return EnrolmentRow(
        id=enrolment.id,
        plan_key=plan.key,
        name_fr=plan.name_fr,
        name_en=plan.name_en,
        state=enrolment.state,
        arm=enrolment.arm,
        step_key=enrolment.step_key,
        due_at=enrolment.due_at,
        entered_at=enrolment.entered_at,
        ended_at=enrolment.ended_at,
        exit_reason=enrolment.exit_reason,
        wait=enrolment.wait_reason,
        exit_note=enrolment.exit_note,
        failure=failure_of(enrolment.values),
    )


def get_due(*, now: datetime) -> tuple[int, datetime | None]:
    """Customers whose next step is due and has not run, and since when the oldest of these steps is."""
    due = select(func.count(), func.min(Enrolment.due_at))
    found = db.session.execute(
        due.join(Plan, Plan.id == Enrolment.plan_id).where(
            Plan.is_on, Enrolment.state == EnrolmentState.WAITING, Enrolment.due_at <= now
        )
    ).one()
    return found[0], found[1]
