"""The table: which wires hang on which fact. No ifs; the effects stand above it."""

from hub.content import actions as content
from hub.core import clock
from hub.core.actor import SYSTEM, Actor
from hub.core.words import ActorKind, Purpose
from hub.identity import activity, merging
from hub.inbox import actions as inbox
from hub.inbox import queries as inbox_queries
from hub.inbox.actions import phone_setting
from hub.loyalty import redeeming
from hub.outbox import actions as outbox
from hub.outbox import pushing
from hub.plans import actions as plans
from hub.plans.builtin import POST_PURCHASE_SURVEY, WELCOME_PACK
from hub.plans.gather import SOURCE as ENROLMENT
from hub.plans.words import ExitReason
from hub.reactions import bridging, deadline_alerts, quality_mails, reassuring, staff_mails, valuing
from hub.reactions.happening import Effect, Happening
from hub.reactions.lateness import is_old_news
from hub.reasons import actions as reasons
from hub.signups import actions as signups
from hub.surveys import actions as survey_actions
from hub.surveys import queries as surveys
from hub.surveys.words import AnswerState, WithdrawnBy
from hub.webhooks import actions as webhooks

STANDING = frozenset({AnswerState.PROVISIONAL, AnswerState.CONFIRMED})


def ask_about_order(seen: Happening) -> None:
    """Delivered: the customer will be asked, from the day it was delivered, unless that is long ago."""
    if is_old_news(seen):
        return
    plans.enrol(
        plan_key=POST_PURCHASE_SURVEY,
        customer_id=seen.customer,
        entry_key=order_key(seen),
        anchor_at=seen.happened_at,
        values={"order_id": seen.data["order_id"]},
        now=clock.business_now(),
    )


def welcome(seen: Happening) -> None:
    """First order: the welcome, unless it was long ago."""
    if is_old_news(seen):
        return
    plans.enrol(
        plan_key=WELCOME_PACK,
        customer_id=seen.customer,
        entry_key="welcome:first-order",
        anchor_at=seen.happened_at,
        values={"order_id": seen.data["order_id"]},
        now=clock.business_now(),
    )


def leave_after_purchase(seen: Happening) -> None:
    plans.end_by_purchase(
        customer_id=seen.customer,
        order_id=seen.data["order_id"],
        ordered_at=seen.happened_at,
        now=clock.business_now(),
    )


def leave_after_cancelling(seen: Happening) -> None:
    plans.end_by_order(
        order_id=seen.data["order_id"],
        customer_id=seen.customer,
        reason=ExitReason.CANCELLED,
        now=clock.business_now(),
    )


def leave_after_returning(seen: Happening) -> None:
    plans.end_by_order(
        order_id=seen.data["order_id"],
        customer_id=seen.customer,
        reason=ExitReason.RETURNED,
        now=clock.business_now(),
    )


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


def follow_up(seen: Happening) -> None:
    """Unhappy: a ticket for the store of the order; once confirmed also a mail that reassures, with a way to write."""
    now = clock.business_now()
    answer = surveys.get_answer(seen.data["answer_id"])
    if answer.state not in STANDING:
        return
    is_confirmed = answer.state is AnswerState.CONFIRMED
    ticket_id = inbox.open_ticket_from_answer(
        answer_id=answer.id,
        order_id=answer.order_id,
        customer_id=answer.customer_id,
        store_id=answer.store_id,
        choice=answer.choice.value,
        score=answer.score,
        comment=answer.comment,
        topics=answer.topics,
        is_confirmed=is_confirmed,
        now=now,
    )
    if not is_confirmed:
        return
    reassuring.post(ticket_id=ticket_id, answer=answer, now=now)
    number = inbox_queries.find_number(ticket_id) or ""
    plans.add_values(
        plan_key=POST_PURCHASE_SURVEY, entry_key=order_key(seen), values={"ticket_number": number}
    )


def withdraw_ticket(seen: Happening) -> None:
    """Unless the answer stands again by now: the staff may have switched it back."""
    if surveys.get_answer(seen.data["answer_id"]).state in STANDING:
        return
    agent_id = seen.data.get("agent_id")
    inbox.withdraw_answer_ticket(
        seen.data["answer_id"],
        now=clock.business_now(),
        reason=seen.data.get("reason", WithdrawnBy.CUSTOMER.value),
        by=Actor(ActorKind.AGENT, agent_id=agent_id) if agent_id else SYSTEM,
    )


def note_first_message(seen: Happening) -> None:
    """What follows a plan's first message counts from its acceptance."""
    if seen.data["source_kind"] == ENROLMENT:
        order_id = plans.note_first_message(enrolment_id=seen.data["source_id"], accepted_at=seen.happened_at)
        if order_id is not None and seen.data["purpose"] == Purpose.SURVEY:
            survey_actions.note_accepted(order_id=order_id, now=seen.happened_at)


def bring_builtin(_seen: Happening) -> None:
    """A chain is set up: every room brings what is published with the product."""
    now = clock.business_now()
    reasons.add_builtin_reasons()
    content.publish_builtin_templates(now=now)
    survey_actions.add_builtin_survey(now=now)
    plans.add_builtin_plans(now=now)


def redeem_codes(seen: Happening) -> None:
    """Each code on an order is kept with its verdict, also those the shop tells later."""
    redeeming.redeem_order(seen.data["order_id"], now=clock.business_now())


def give_codes_back(seen: Happening) -> None:
    redeeming.cancel_order(seen.data["order_id"], now=clock.business_now())


def free_tickets(seen: Happening) -> None:
    """A person has left: what waited for them waits for somebody else, and their browsers hear nothing more."""
    inbox.free_tickets_of(agent_id=seen.data["agent_id"], now=clock.business_now())
    pushing.forget_browsers_of([seen.data["agent_id"]])


def free_out_of_reach(seen: Happening) -> None:
    """Somebody answers in a store no more: tickets kept there would be seen by nobody who has them."""
    inbox.free_tickets_out_of_reach(agent_id=seen.data.get("agent_id"), now=clock.business_now())


def forget_addresses(seen: Happening) -> None:
    """What waits for an erased address does not leave, what was typed into forms is emptied, calls have no number."""
    outbox.cancel_to_erased(seen.customer, now=clock.business_now())
    signups.erase_entries(seen.customer)
    phone_setting.forget_caller(seen.customer)
    webhooks.forget_words(seen.customer)


def note_life(seen: Happening) -> None:
    """The customer did something: he comes back from the archive, and his term begins anew."""
    if seen.customer_id is not None:
        activity.note_life(seen.customer_id, seen.happened_at)


def ask_about_solution(seen: Happening) -> None:
    """Solved: the customer is asked a while later, unless the ticket is open again by then."""
    inbox.ask_rating(seen.data["ticket_id"], now=clock.business_now())


def withdraw_question(seen: Happening) -> None:
    inbox.withdraw_rating(seen.data["ticket_id"], now=clock.business_now())


def collect_late_rows(seen: Happening) -> None:
    """What was told of the merged customer while he was merged is the survivor's too."""
    merging.collect_late_rows(seen.data["merge_id"], now=clock.business_now())


WIRES: dict[str, tuple[tuple[str, Effect], ...]] = {
    "OrderDelivered": (("ask_about_order", ask_about_order),),
    "OrderPlaced": (
        ("leave_after_purchase", leave_after_purchase),
        ("redeem_codes", redeem_codes),
        ("note_life", note_life),
        ("score", valuing.score),
    ),
    "TicketOpened": (("note_life", note_life),),
    "CustomerWrote": (("note_life", note_life),),
    "CustomerCalled": (("note_life", note_life),),
    "OrderChanged": (("redeem_codes", redeem_codes), ("score", valuing.score)),
    "CustomerFirstOrdered": (("welcome", welcome),),
    "OrderCancelled": (
        ("leave_after_cancelling", leave_after_cancelling),
        ("give_codes_back", give_codes_back),
        ("score", valuing.score),
    ),
    "OrderReturned": (("leave_after_returning", leave_after_returning), ("score", valuing.score)),
    "CustomersMerged": (
        ("collect_late_rows", collect_late_rows),
        ("score_merged", valuing.score_merged),
    ),
    "CustomersUnmerged": (("score_unmerged", valuing.score_unmerged),),
    "ChurnThresholdCrossed": (("ask_to_call", valuing.ask_to_call),),
    "SurveyAnswered": (("thank_tomorrow", thank_tomorrow), ("note_life", note_life)),
    "FollowUpNeeded": (("follow_up", follow_up),),
    "AnswerReclassified": (("withdraw_ticket", withdraw_ticket),),
    "AnswersContradicted": (("thank_nobody", thank_nobody),),
    "MessageAccepted": (("note_first_message", note_first_message),),
    "ChainReady": (("bring_builtin", bring_builtin),),
    "AddressesErased": (("forget_addresses", forget_addresses),),
    "ReplyHandedOver": (("give_up_unheard", bridging.give_up_unheard),),
    "ReplyNotTaken": (("give_up_untaken", bridging.give_up_untaken),),
    "AgentLeft": (("free_tickets", free_tickets),),
    "AgentMoved": (("free_out_of_reach", free_out_of_reach),),
    "StoresMoved": (("free_out_of_reach", free_out_of_reach),),
    "AgentInvited": (("mail_invitation", staff_mails.mail_invitation),),
    "PasswordResetAsked": (("mail_password_link", staff_mails.mail_password_link),),
    "TicketSolved": (("ask_about_solution", ask_about_solution),),
    "TicketReopened": (("withdraw_question", withdraw_question),),
    "DeadlineNeared": (("warn_people", deadline_alerts.warn_people),),
    "PromoPoolLow": (("warn_marketers", staff_mails.warn_marketers),),
    "SenderPaused": (("warn_administrators", staff_mails.warn_administrators),),
    "BaseAudited": (("mail_audit", quality_mails.mail_audit),),
    "MailboxFailed": (("warn_of_mailbox", staff_mails.warn_of_mailbox),),
}


def order_key(seen: Happening) -> str:
    return f"order:{seen.data['order_id']}"
