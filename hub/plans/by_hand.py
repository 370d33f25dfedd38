"""Lets a customer into a plan by hand and out again: what a person or another system asks for, with what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db
from hub.core.errors import Conflict, NotFound
from hub.core.text import N_
from hub.orders.queries import OrderRow
from hub.plans.entering import Newcomer, enter_many
from hub.plans.leaving import end_enrolments, stop_unsent
from hub.plans.models import Enrolment, Plan
from hub.plans.queries import find_plan, get_definition
from hub.plans.words import EnrolmentState, ExitReason, Trigger
from hub.stores.queries import find_day

PREFIX = "hand:"
NO_PLAN = N_("This plan does not exist. Please choose one of the list.")
IS_OFF = N_("This plan is off: nobody enters it. Please switch it on first.")
NOT_BY_HAND = N_(
    "This plan lets nobody in by hand. Please add “by hand” to what lets customers in, and publish the plan."
)


class HandOutcome(StrEnum):
    """`already`: the same entry key let him in before, whether he is still inside or not; `not_wanted`: a condition of
    the entry does not hold, or the cool-down is not over.
    """

    ENTERED = "entered"
    ALREADY = "already"
    NOT_WANTED = "not_wanted"


@dataclass(frozen=True)
class ByHand:
    """What became of it; `enrolment_id` is None for somebody whom the plan does not want."""

    outcome: HandOutcome
    enrolment_id: int | None


@dataclass(frozen=True, kw_only=True)
class Occasion:
    """Why somebody is let in. `key` makes it one however often it is told; without one it is one a day of the chain.

    `order`: what the letters recall, its purchase is none that ends the plan; `date_on`: what steps count from that are
    anchored to a date.
    """

    key: str = ""
    order: OrderRow | None = None
    date_on: date | None = None

    def key_on(self, now: datetime) -> str:
        return f"{PREFIX}{self.key or find_day(now).isoformat()}"

    @property
    def values(self) -> dict[str, Any]:
        values: dict[str, Any] = {"trigger": Trigger.BY_HAND.value}
        if self.order:
            values["order_id"] = self.order.id
        if self.date_on:
            values["date_on"] = self.date_on.isoformat()
        return values


def enrol_by_hand(*, plan_key: str, customer_id: int, occasion: Occasion, by: Actor, now: datetime) -> ByHand:
    """Let the customer into a plan that waits for people by hand, once per key.

    Raises NotFound, Conflict when the plan is off or lets nobody in by hand.
    """
    _check(find_plan(plan_key))
    entry_key = occasion.key_on(now)
    newcomer = Newcomer(customer_id=customer_id, entry_key=entry_key, anchor_at=now, values=occasion.values)
    made = enter_many(plan_key, [newcomer], now=now)
    if made:
        _note("plan.enrolled", customer_id, plan_key, by=by, now=now, entry_key=entry_key)
        return ByHand(HandOutcome.ENTERED, made[0])
    known = _find(plan_key, customer_id, entry_key)
    return ByHand(HandOutcome.ALREADY if known else HandOutcome.NOT_WANTED, known)


def exit_by_hand(*, plan_key: str, customer_id: int, key: str = "", by: Actor, now: datetime) -> list[int]:
    """Take the customer out of a plan: of all his passages, or of that of one entry key, as given or as shown.

    What has not left is stopped, also of passages that are at their end. Returns the ids of the passages that ended; none when he is not inside. Raises NotFound.
    """
    plan_id = _get(find_plan(plan_key)).id
    keys = (key, f"{PREFIX}{key}") if key else ()
    inside = select(Enrolment.id).where(
        Enrolment.plan_id == plan_id,
        Enrolment.customer_id == customer_id,
        Enrolment.state == EnrolmentState.WAITING,
    )
    if keys:
        inside = inside.where(Enrolment.entry_key.in_(keys))
    leaving = list(db.session.scalars(inside.order_by(Enrolment.id).with_for_update()))
    if leaving:
        end_enrolments(reason=ExitReason.BY_HAND, now=now, enrolment_ids=leaving)
    stopped = stop_unsent(
        plan_id=plan_id, reason=ExitReason.BY_HAND, now=now, customer_id=customer_id, entry_keys=keys
    )
    if touched := [*leaving, *stopped]:
        _note("plan.taken_out", customer_id, plan_key, by=by, now=now, enrolment_ids=touched)
    return leaving


def _check(plan: Plan | None) -> None:
    found = _get(plan)
    if not found.is_on or found.published_version_id is None:
        raise Conflict(IS_OFF)
    if Trigger.BY_HAND not in get_definition(found.published_version_id).entry.on:
        raise Conflict(NOT_BY_HAND)


def _get(plan: Plan | None) -> Plan:
    if plan is None:
        raise NotFound(NO_PLAN)
    return plan


def _find(plan_key: str, customer_id: int, entry_key: str) -> int | None:
    found: int | None = db.session.scalar(
        select(Enrolment.id)
        .join(Plan, Plan.id == Enrolment.plan_id)
        .where(Plan.key == plan_key, Enrolment.customer_id == customer_id, Enrolment.entry_key == entry_key)
    )
    return found


def _note(action: str, customer_id: int, plan_key: str, *, by: Actor, now: datetime, **told: Any) -> None:
    values: Mapping[str, Any] = {"plan": plan_key, **told}
    note_change(action, subject_kind="customer", subject_id=customer_id, by=by, now=now, **values)
