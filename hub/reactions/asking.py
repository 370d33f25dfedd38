"""Another system asks for a survey of an order: by the way of the plan, with everything that may forbid it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.errors import Conflict
from hub.core.text import N_
from hub.customers.actions import lock_customer
from hub.inbox import queries as inbox
from hub.orders.queries import OrderRow
from hub.orders.words import OrderState
from hub.plans.builtin import POST_PURCHASE_SURVEY
from hub.plans.entering import enrol
from hub.plans.queries import find_plan, get_definition
from hub.questionnaires.sending.asked import list_recently_invited
from hub.surveys import queries as surveys

OVER = frozenset({OrderState.CANCELLED, OrderState.RETURNED})
IS_OFF = N_("The plan “Post-purchase survey” is off: nobody is asked. Please switch it on first.")
NOT_DELIVERED = N_("This order has not been delivered or collected. Please ask once it has.")
IS_OVER = N_("This order was cancelled or returned: the customer is not asked about it.")
HAS_TICKET = N_("A ticket is open about this order: the customer is not asked before it is solved.")
ASKED_LATELY = N_("This customer was asked within the last 30 days.")


class AskOutcome(StrEnum):
    """`already`: the order is or was in the plan, or was asked about."""

    ENTERED = "entered"
    ALREADY = "already"


@dataclass(frozen=True)
class Asking:
    outcome: AskOutcome
    order_id: int


def ask_about(order: OrderRow, *, by: Actor, now: datetime) -> Asking:
    """Let the order into the plan that asks, once; the question leaves as its plan says, at once where that is over.

    The gate of the outbox is asked again before it leaves: consent, pressure, quiet hours. Raises Conflict.
    """
    lock_customer(order.customer_id)
    if surveys.list_invitations([order.id]):
        return Asking(AskOutcome.ALREADY, order.id)
    anchor_at = _check(order, now=now)
    made = enrol(
        plan_key=POST_PURCHASE_SURVEY,
        customer_id=order.customer_id,
        entry_key=f"order:{order.id}",
        anchor_at=anchor_at,
        values={"order_id": order.id},
        now=now,
    )
    if made is None:
        return Asking(AskOutcome.ALREADY, order.id)
    note_change("survey.asked_for", subject_kind="order", subject_id=order.id, by=by, now=now)
    return Asking(AskOutcome.ENTERED, order.id)


def _check(order: OrderRow, *, now: datetime) -> datetime:
    """What the plan counts from. Raises Conflict where nobody is asked."""
    plan = find_plan(POST_PURCHASE_SURVEY)
    if plan is None or not plan.is_on or plan.published_version_id is None:
        raise Conflict(IS_OFF)
    if order.state in OVER:
        raise Conflict(IS_OVER)
    if order.delivered_at is None or order.delivered_at > now:
        raise Conflict(NOT_DELIVERED)
    if inbox.has_open_ticket_on_order(order.id):
        raise Conflict(HAS_TICKET)
    asked = [order.customer_id]
    if surveys.list_recently_asked(asked, now=now) or list_recently_invited(asked, now=now):
        raise Conflict(ASKED_LATELY)
    delay = get_definition(plan.published_version_id).steps[0].delay
    return max(order.delivered_at, now - timedelta(days=delay.days, minutes=delay.minutes))
