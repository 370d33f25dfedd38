"""What a batch of due steps needs to know, looked up in a handful of queries whatever its size."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text

from hub.content import phrases
from hub.core import site
from hub.core.db import db
from hub.core.words import Language
from hub.customers.queries import CustomerRow, get_customers
from hub.inbox.queries import list_orders_with_open_ticket
from hub.orders.queries import (
    OrderRow,
    get_average_order_cents,
    get_orders,
    list_customers_with_purchase_since,
)
from hub.orders.words import OrderState
from hub.outbox.actions import Draft
from hub.outbox.queries import get_states
from hub.outbox.words import MessageState
from hub.plans import rules
from hub.plans.models import Enrolment
from hub.plans.queries import get_priorities
from hub.plans.rules import Circumstances, Step
from hub.plans.words import Anchor, Arm, ExitReason
from hub.stores.queries import ChainRow, get_chain
from hub.surveys.actions import InvitationDraft, invite
from hub.surveys.links import box_links
from hub.surveys.queries import list_answered_invitations, list_invitations, list_recently_asked

SENT = frozenset({MessageState.ACCEPTED, MessageState.DELIVERED})
ON_ITS_WAY = frozenset({MessageState.WAITING, MessageState.CLAIMED, MessageState.CALLING})
BOXES = {"3": "very_satisfied_url", "2": "satisfied_url", "1": "not_satisfied_url"}
ASKING = "survey"
SURVEY_TEMPLATES = frozenset({ASKING, "survey_reminder"})
SOURCE = "enrolment"
TURN = text(
    "SELECT pg_advisory_xact_lock(hashtextextended('plans.ask:' || id, 0)) FROM unnest(CAST(:ids AS bigint[])) AS id"
)


@dataclass(frozen=True)
class Gathered:
    """The world of one batch, by id."""

    chain: ChainRow
    customers: Mapping[int, CustomerRow]
    orders: Mapping[int, OrderRow]
    invitations: Mapping[int, int]
    message_states: Mapping[int, MessageState]
    circumstances: Mapping[int, Circumstances]
    priorities: Mapping[int, int]

    def is_first_message_waiting(self, enrolment: Enrolment) -> bool:
        state = self.message_states.get(enrolment.values.get("first_outbound_id", 0))
        return state in ON_ITS_WAY


def gather(claimed: Sequence[tuple[Enrolment, Step]], *, now: datetime) -> Gathered:
    """Look up customers, orders, tickets, answers and messages of all claimed enrolments."""
    enrolments = [enrolment for enrolment, _ in claimed]
    customers = get_customers({enrolment.customer_id for enrolment in enrolments})
    orders = get_orders({e.values["order_id"] for e in enrolments if "order_id" in e.values})
    states = get_states(
        {e.values["first_outbound_id"] for e in enrolments if "first_outbound_id" in e.values}
    )
    invitations = list_invitations(orders.keys())
    recently = _look_who_was_asked({e.customer_id for e, step in claimed if is_first_question(step)}, now)
    return Gathered(
        chain=get_chain(),
        customers=customers,
        orders=orders,
        invitations=invitations,
        message_states=states,
        circumstances=_look(enrolments, orders, states, invitations, recently),
        priorities=get_priorities(),
    )


def _look_who_was_asked(customer_ids: Collection[int], now: datetime) -> set[int]:
    """One worker at a time asks a customer: the next one looks when the first has committed, and sees the question.

    The locks are taken in the order of the ids, so that two workers never wait for each other.
    """
    if not customer_ids:
        return set()
    db.session.execute(TURN, {"ids": sorted(customer_ids)})
    return list_recently_asked(customer_ids, now=now)


def draft_of(
    enrolment: Enrolment, step: Step, seen: Gathered, *, exits: Collection[ExitReason], now: datetime
) -> Draft:
    """The message of one step: posted under the enrolment and the step, so that it exists once.

    What ends the plan also stops the message, asked a last time just before the provider is called.
    """
    order = seen.orders.get(enrolment.values.get("order_id", 0))
    customer = seen.customers[enrolment.customer_id]
    return Draft(
        key=f"{SOURCE}:{enrolment.id}:{step.key}",
        template_key=rules.choose_template(step, seen.circumstances[enrolment.id]),
        values=_mail_values(enrolment, customer, order, seen),
        purpose=step.purpose,
        channel=step.channel,
        customer_id=enrolment.customer_id,
        store_id=order.store_id if order else customer.preferred_store_id,
        source_kind=SOURCE,
        source_id=enrolment.id,
        due_at=now,
        expires_at=(enrolment.due_at or now) + timedelta(days=step.expires_days),
        stop_if=_stop_if(enrolment, order, exits),
        priority=seen.priorities[enrolment.plan_id],
        promo_pool=step.promo_pool or None,
    )


def _stop_if(
    enrolment: Enrolment, order: OrderRow | None, exits: Collection[ExitReason]
) -> dict[str, Any] | None:
    stops: dict[str, Any] = {"order_cancelled": order.id} if order else {}
    if ExitReason.PURCHASED in exits:
        stops["purchase_since"] = _since(enrolment)[1].isoformat()
    return stops or None


def invite_asked(
    posted: Sequence[tuple[Enrolment, Step]], seen: Gathered, *, now: datetime
) -> dict[int, int]:
    """Invite for the questions that leave now, and for no others. Returns order id → invitation id of the batch."""
    drafts = {}
    for enrolment, step in posted:
        order = seen.orders.get(enrolment.values.get("order_id", 0))
        if order and step.template in SURVEY_TEMPLATES:
            drafts[order.id] = InvitationDraft(
                order_id=order.id,
                customer_id=enrolment.customer_id,
                store_id=order.store_id,
                language=Language(seen.customers[enrolment.customer_id].language),
            )
    return {**seen.invitations, **invite(list(drafts.values()), now=now)}


def is_first_question(step: Step) -> bool:
    """The step that asks a customer about an order, not its reminder."""
    return step.template == ASKING and step.anchor is Anchor.ENTRY


def _look(
    enrolments: Sequence[Enrolment],
    orders: Mapping[int, OrderRow],
    states: Mapping[int, MessageState],
    invitations: Mapping[int, int],
    recently: set[int],
) -> dict[int, Circumstances]:
    average = get_average_order_cents()
    with_ticket = list_orders_with_open_ticket(orders.keys())
    answered = list_answered_invitations(invitations.values())
    buyers = list_customers_with_purchase_since([_since(enrolment) for enrolment in enrolments])
    found = {}
    for enrolment in enrolments:
        order = orders.get(enrolment.values.get("order_id", 0))
        first_outbound_id = enrolment.values.get("first_outbound_id")
        found[enrolment.id] = Circumstances(
            is_cancelled=order is not None and order.state is OrderState.CANCELLED,
            is_returned=order is not None and order.state is OrderState.RETURNED,
            has_purchased=_since(enrolment) in buyers,
            has_open_ticket=order is not None and order.id in with_ticket,
            was_asked_recently=first_outbound_id is None and enrolment.customer_id in recently,
            has_answered=order is not None and invitations.get(order.id) in answered,
            is_above_average=order is not None and order.net_cents > average,
            is_first_message_sent=enrolment.arm is Arm.CONTROL or states.get(first_outbound_id or 0) in SENT,
        )
    return found


def _since(enrolment: Enrolment) -> tuple[int, datetime]:
    """A purchase after the one that let the customer in, not that one itself."""
    return enrolment.customer_id, enrolment.anchor_at + timedelta(microseconds=1)


def _mail_values(
    enrolment: Enrolment, customer: CustomerRow, order: OrderRow | None, seen: Gathered
) -> dict[str, str]:
    language = Language(customer.language).value
    values: dict[str, Any] = {
        "shop_url": seen.chain.website_url or "",
        "review_url": seen.chain.review_url or "",
        "ticket_number": enrolment.values.get("ticket_number", ""),
    }
    if order is not None:
        day = (order.delivered_at or order.placed_at).astimezone(ZoneInfo(seen.chain.time_zone)).date()
        values["order_number"] = order.external_id
        values["order_day"] = _day_in_words(day, language)
        if order.id in seen.invitations:
            links = box_links(seen.invitations[order.id], site.base_url())
            values |= {name: links[code] for code, name in BOXES.items()}
    return values


@lru_cache(maxsize=100)
def _day_in_words(day: date, language: str) -> str:
    """A batch speaks of few days, and their words cost more than the rest of the message."""
    return phrases.day_in_words(day, language)
