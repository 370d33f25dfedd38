"""The JSON shapes of plans and passages: what is taken and what is answered."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from hub.blueprints.openapi_parts import get, once, paging, send, who
from hub.blueprints.openapi_schemas import (
    FLAG,
    MAYBE_MOMENT,
    MAYBE_TEXT,
    MOMENT,
    NUMBER,
    TEXT,
    enum,
    many,
    page,
    whole,
)
from hub.core.errors import Invalid, NotFound
from hub.core.text import N_
from hub.customers.following import find_survivor
from hub.customers.naming import find_customers
from hub.customers.queries import get_customers
from hub.orders.behaviour.baskets import details_of
from hub.orders.own_events.payload import EventWho
from hub.orders.queries import OrderRow, find_order_by_external_id
from hub.plans.by_hand import HandOutcome, Occasion
from hub.plans.paging import ListedEnrolment, ListedPlan
from hub.plans.queries import PlanRow, PlanView, StepRow
from hub.plans.words import Arm, EnrolmentState, ExitReason, StepKind, StepOutcome, Trigger

NO_CUSTOMER = N_("No customer has this id or address. Please check it.")
NOBODY = N_("Please say whose it is: an address, a loyalty card, an id of your system, or our id.")
NO_ORDER = N_("This customer has no order of this number. Please send the order first.")
EntryKey = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[!-~]*$")]


class EnrolBody(BaseModel):
    """Whom to let in. `entry_key` makes it one occasion however often it is told."""

    model_config = ConfigDict(extra="forbid")

    customer: EventWho
    entry_key: EntryKey = Field(default="", description="without it the Idempotency-Key, else the day")
    order: Annotated[str, StringConstraints(max_length=200)] | None = Field(
        default=None, description="the shop's number of the order that the letters recall"
    )
    date_on: date | None = Field(default=None, description="the day that steps anchored to a date count from")


class ExitBody(BaseModel):
    """Whom to take out: of all passages of the plan, or of that of one entry key."""

    model_config = ConfigDict(extra="forbid")

    customer: EventWho
    entry_key: EntryKey = ""


BODIES: tuple[type[BaseModel], ...] = (EnrolBody, ExitBody)


def customer_id_of(given: EventWho) -> int:
    """By our id, else by any other; one who was merged is who he became. Raises Invalid, NotFound (field customer)."""
    if not given.is_somebody:
        raise Invalid(NOBODY, field="customer")
    if given.id is None:
        found = next(iter(find_customers([details_of(given)])), None)
    else:
        found = find_survivor(given.id) or given.id
    row = get_customers([found]).get(found) if found else None
    if row is None or row.is_erased:
        raise NotFound(NO_CUSTOMER, field="customer")
    return row.id


def occasion_of(body: EnrolBody, customer_id: int, *, header: str | None) -> Occasion:
    """Raises Invalid (field order) when the order is not his."""
    return Occasion(
        key=body.entry_key or header or "",
        order=_order_of(body.order, customer_id) if body.order else None,
        date_on=body.date_on,
    )


def _order_of(number: str, customer_id: int) -> OrderRow:
    found = find_order_by_external_id(number)
    if found is None or found.customer_id != customer_id:
        raise Invalid(NO_ORDER, field="order")
    return found


def _head(row: PlanRow, version: int, triggers: tuple[Trigger, ...]) -> dict[str, Any]:
    return {
        "key": row.key,
        "name": {"fr": row.name_fr, "en": row.name_en},
        "is_on": row.is_on,
        "priority": row.priority,
        "control_percent": row.control_percent,
        "version": version,
        "enters": [each.value for each in triggers],
        "inside": row.inside_count,
        "entered": row.entered_count,
        "next_due_at": _moment(row.next_due_at),
    }


def listed_plan(row: ListedPlan) -> dict[str, Any]:
    return _head(row.plan, row.version_number, row.triggers)


def plan(view: PlanView) -> dict[str, Any]:
    head = _head(view.plan, view.version_number, view.definition.entry.on)
    exits = {reason.value: count for reason, count in view.exits.items()}
    return {**head, "steps": [_step(each) for each in view.steps], "exits": exits}


def _step(row: StepRow) -> dict[str, Any]:
    return {
        "key": row.step.key,
        "kind": row.step.kind.value,
        "is_on": row.step.is_on,
        "template": row.step.template or None,
        "waiting": row.waiting_count,
        "outcomes": {outcome.value: count for outcome, count in row.results.items()},
    }


def enrolment(listed: ListedEnrolment) -> dict[str, Any]:
    row = listed.enrolment
    return {
        "id": row.id,
        "plan": row.plan_key,
        "version": listed.version_number,
        "entry_key": listed.entry_key,
        "arm": row.arm.value,
        "state": row.state.value,
        "step": row.step_key,
        "due_at": _moment(row.due_at),
        "waits_for": row.wait.value if row.wait else None,
        "entered_at": _moment(row.entered_at),
        "ended_at": _moment(row.ended_at),
        "exit_reason": row.exit_reason.value if row.exit_reason else None,
        "exit_note": row.exit_note,
    }


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


HEAD: dict[str, Any] = {
    "key": TEXT,
    "name": whole({"fr": TEXT, "en": TEXT}),
    "is_on": FLAG,
    "priority": NUMBER,
    "control_percent": NUMBER,
    "version": NUMBER,
    "enters": many(enum(Trigger)),
    "inside": NUMBER,
    "entered": NUMBER,
    "next_due_at": MAYBE_MOMENT,
}
STEP = whole(
    {
        "key": TEXT,
        "kind": enum(StepKind),
        "is_on": FLAG,
        "template": MAYBE_TEXT,
        "waiting": NUMBER,
        "outcomes": {"type": "object", "propertyNames": enum(StepOutcome), "additionalProperties": NUMBER},
    }
)
PLAN = whole({**HEAD, "steps": many(STEP), "exits": {"type": "object", "additionalProperties": NUMBER}})
NOTE = {
    "type": ["object", "null"],
    "description": "when what ended it was known, and which steps' messages had left by then or were stopped",
}
ENROLMENT = whole(
    {
        "id": NUMBER,
        "plan": TEXT,
        "version": NUMBER,
        "entry_key": TEXT,
        "arm": enum(Arm),
        "state": enum(EnrolmentState),
        "step": MAYBE_TEXT,
        "due_at": MAYBE_MOMENT,
        "waits_for": MAYBE_TEXT,
        "entered_at": MOMENT,
        "ended_at": MAYBE_MOMENT,
        "exit_reason": {"type": ["string", "null"], "enum": [*(each.value for each in ExitReason), None]},
        "exit_note": NOTE,
    }
)


def paths() -> dict[str, Any]:
    """The operations of these doors."""
    key = {"name": "key", "in": "path", "required": True, "schema": {**TEXT, "minLength": 1}}
    told = whole({"outcome": enum(HandOutcome), "enrolment": {"anyOf": [ENROLMENT, {"type": "null"}]}})
    entered = send("Let a customer in by hand, once per entry key", "EnrolBody", told, [key, once()])
    entered["responses"]["200"] = {**entered["responses"]["201"], "description": "in already, or not wanted"}
    left = whole({"ended": NUMBER, "enrolments": many(ENROLMENT)})
    return {
        "/plans": {"get": get("Plans by priority", page("plans", whole(HEAD)), paging())},
        "/plans/{key}": {"get": get("One plan with its steps", whole({"plan": PLAN}), [key])},
        "/plans/{key}/enrol": {"post": entered},
        "/plans/{key}/exit": {
            "post": send("Take a customer out of a plan", "ExitBody", left, [key], status="200")
        },
        "/customers/{who}/enrolments": {
            "get": get(
                "The passages of a customer through plans, newest first",
                page("enrolments", ENROLMENT),
                [who(), *paging()],
            )
        },
    }
