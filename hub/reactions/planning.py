"""What happenings mean for plans: who enters, who leaves, what goes on."""

from collections.abc import Mapping
from typing import Any

from hub.core import clock
from hub.core.words import Channel, Purpose
from hub.customers.known import find_subject
from hub.orders.behaviour.words import BasketState
from hub.plans import actions as plans
from hub.plans.builtin import POST_PURCHASE_SURVEY
from hub.plans.fallen import Silence, is_broken
from hub.plans.passage import SOURCE
from hub.plans.words import ExitReason, Trigger
from hub.reactions.happening import Effect, Happening
from hub.reactions.lateness import is_old_news
from hub.stores.queries import get_chain
from hub.surveys import actions as survey_actions
from hub.surveys import queries as surveys
from hub.surveys.words import AnswerState

CALL = "call"
"""The level of a churn score at which a person calls."""
FIRST_ORDER = "welcome:first-order"
PROSPECT = "welcome:prospect"
JOINING = frozenset({Purpose.NEWSLETTER, Purpose.PROMOTION})


def order_key(seen: Happening) -> str:
    return f"order:{seen.data['order_id']}"


def enter_by_order(trigger: Trigger) -> Effect:
    """Plans that wait for this state of an order; anchored at the moment it came, unless that is long ago."""

    def enter(seen: Happening) -> None:
        key = FIRST_ORDER if trigger is Trigger.FIRST_ORDER else order_key(seen)
        _enter(trigger, seen, key, {"order_id": seen.data["order_id"]})

    return enter


def enter_with_account(seen: Happening) -> None:
    """The shop told of a new account."""
    _enter(Trigger.ACCOUNT_CREATED, seen, PROSPECT, {})


def enter_with_newsletter(seen: Happening) -> None:
    """A yes to the newsletter or to offers by mail, whatever their subject."""
    if not seen.data["is_given"] or seen.customer_id is None:
        return
    channel, purpose = find_subject(seen.data["entry_id"]) or (None, None)
    if channel is Channel.EMAIL and purpose in JOINING:
        _enter(Trigger.NEWSLETTER_JOINED, seen, PROSPECT, {})


def enter_by_churn(seen: Happening) -> None:
    """A churn score fell below a threshold: once a silence. Below the second one, who came in at the first is looked at anew.

    Not who had ordered again, which a till file told after the score.
    """
    silence = Silence(seen.data["last_order_on"], get_chain().time_zone)
    if is_broken(silence, seen.customer, fell_at=seen.happened_at):
        return
    key, told = silence.entry_key, {"points": seen.data["points"]}
    if seen.data["level"] == CALL and not is_old_news(seen):
        now = clock.business_now()
        plans.ask_fork_again(Trigger.CHURN_BELOW, customer_id=seen.customer, entry_key=key, now=now)
    _enter(Trigger.CHURN_BELOW, seen, key, silence.values, told=told)


def enter_by_event(seen: Happening) -> None:
    """Another system told of an event of the chain's own: each one once."""
    event_id = seen.data["event_id"]
    told = {"name": seen.data["name"]}
    _enter(Trigger.EVENT, seen, f"event:{event_id}", {"event_id": event_id}, told=told)


def _enter(
    trigger: Trigger,
    seen: Happening,
    entry_key: str,
    values: Mapping[str, Any],
    *,
    told: Mapping[str, Any] | None = None,
) -> None:
    if is_old_news(seen):
        return
    plans.enter(
        trigger,
        customer_id=seen.customer,
        entry_key=entry_key,
        anchor_at=seen.happened_at,
        values=values,
        told=told,
        now=clock.business_now(),
    )


def leave_after_purchase(seen: Happening) -> None:
    plans.end_by_purchase(
        customer_id=seen.customer,
        order_id=seen.data["order_id"],
        ordered_at=seen.happened_at,
        now=clock.business_now(),
    )


def leave_after(reason: ExitReason) -> Effect:
    """The order of the entry was cancelled, or came back."""

    def leave(seen: Happening) -> None:
        plans.end_by_order(
            order_id=seen.data["order_id"],
            customer_id=seen.customer,
            reason=reason,
            happened_at=seen.happened_at,
            now=clock.business_now(),
        )

    return leave


def leave_with_basket(seen: Happening) -> None:
    """The basket that a plan is about was emptied, ordered or touched again."""
    reasons = {
        BasketState.OPEN: ExitReason.BASKET_CHANGED,
        BasketState.EMPTIED: ExitReason.BASKET_EMPTIED,
        BasketState.ORDERED: ExitReason.BASKET_PAID,
    }
    plans.end_by_basket(
        basket_id=seen.data["basket_id"],
        customer_id=seen.customer,
        reason=reasons[BasketState(seen.data["state"])],
        happened_at=seen.happened_at,
        now=clock.business_now(),
    )


def leave_with_life(seen: Happening) -> None:
    """Plans that wait for silence end with a sign of life, and nobody is erased on the day they announced."""
    if seen.customer_id is not None:
        plans.call_off_erasure([seen.customer_id], happened_at=seen.happened_at, now=clock.business_now())
        plans.end_by_customer(
            customer_id=seen.customer_id,
            reason=ExitReason.LIFE_SIGN,
            happened_at=seen.happened_at,
            now=clock.business_now(),
        )


def leave_with_refusal(seen: Happening) -> None:
    """Mails of a purpose were refused."""
    if seen.data["is_given"] or seen.customer_id is None:
        return
    channel, purpose = find_subject(seen.data["entry_id"]) or (None, None)
    if channel is Channel.EMAIL and purpose is not None:
        plans.end_by_refusal(
            customer_id=seen.customer_id,
            purpose=purpose,
            happened_at=seen.happened_at,
            now=clock.business_now(),
        )


def leave_with_bounce(seen: Happening) -> None:
    """A message of a plan came back for good."""
    if seen.data["source_kind"] == SOURCE:
        plans.end_by_message(
            enrolment_id=seen.data["source_id"],
            reason=ExitReason.BOUNCED,
            happened_at=seen.happened_at,
            now=clock.business_now(),
        )
        settle_codes(seen)


def settle_codes(seen: Happening) -> None:
    """A message of a plan will never leave: a code that only it would have shown is free again."""
    if seen.data["source_kind"] == SOURCE:
        plans.settle_codes(enrolment_id=seen.data["source_id"], now=clock.business_now())


def resume(seen: Happening) -> None:
    """A ticket is settled: what waited for its grievance goes on, or is too late by now."""
    if seen.customer_id is not None:
        plans.resume(customer_id=seen.customer_id, now=clock.business_now())


def note_first_message(seen: Happening) -> None:
    """What follows a plan's first message counts from its acceptance."""
    if seen.data["source_kind"] == SOURCE:
        order_id = plans.note_first_message(enrolment_id=seen.data["source_id"], accepted_at=seen.happened_at)
        if order_id is not None and seen.data["purpose"] == Purpose.SURVEY:
            survey_actions.note_accepted(order_id=order_id, now=seen.happened_at)


def thank_tomorrow(seen: Happening) -> None:
    """Every respondent gets the same thanks at D+1, with the same review link, whatever the score."""
    if surveys.get_answer(seen.data["answer_id"]).state is not AnswerState.CONFIRMED:
        return
    plans.jump(
        plan_key=POST_PURCHASE_SURVEY,
        entry_key=order_key(seen),
        step_key="thank",
        anchor_at=seen.happened_at,
        values={"answer_id": seen.data["answer_id"]},
        now=clock.business_now(),
    )


def thank_nobody(seen: Happening) -> None:
    """Answers contradicted one another: nobody has answered, so that the plan goes on where it waited."""
    plans.leave_branch(
        plan_key=POST_PURCHASE_SURVEY,
        entry_key=order_key(seen),
        step_key="thank",
        now=clock.business_now(),
    )
