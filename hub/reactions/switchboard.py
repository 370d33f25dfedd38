"""The table: which wires hang on which fact. No ifs; the effects stand above it."""

from hub.content import actions as content
from hub.core import clock
from hub.core.actor import SYSTEM, Actor
from hub.core.words import ActorKind
from hub.identity import activity, merging
from hub.inbox import actions as inbox
from hub.inbox import queries as inbox_queries
from hub.inbox.actions import phone_setting
from hub.loyalty import redeeming
from hub.outbox import actions as outbox
from hub.outbox import pushing
from hub.plans import actions as plans
from hub.plans.builtin import POST_PURCHASE_SURVEY
from hub.plans.words import ExitReason, Trigger
from hub.reactions import (
    article_mails,
    bridging,
    deadline_alerts,
    digest_mails,
    figure_alerts,
    learning_uses,
    planning,
    quality_mails,
    questioning,
    reassuring,
    staff_mails,
    valuing,
    whys,
)
from hub.reactions.happening import Effect, Happening
from hub.reasons import actions as reasons
from hub.signups import actions as signups
from hub.surveys import actions as survey_actions
from hub.surveys import queries as surveys
from hub.surveys.words import AnswerState, WithdrawnBy
from hub.webhooks import actions as webhooks

STANDING = frozenset({AnswerState.PROVISIONAL, AnswerState.CONFIRMED})


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
        plan_key=POST_PURCHASE_SURVEY, entry_key=planning.order_key(seen), values={"ticket_number": number}
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
        planning.leave_with_life(seen)


def ask_about_solution(seen: Happening) -> None:
    """Solved: the customer is asked a while later, unless the ticket is open again by then."""
    inbox.ask_rating(seen.data["ticket_id"], now=clock.business_now())


def withdraw_question(seen: Happening) -> None:
    inbox.withdraw_rating(seen.data["ticket_id"], now=clock.business_now())


def note_refusal(seen: Happening) -> None:
    """A customer withdrew his consent: the message that made him do so knows it."""
    if not seen.data["is_given"]:
        outbox.note_refusal(seen.data["entry_id"], now=clock.business_now())


def collect_late_rows(seen: Happening) -> None:
    """What was told of the merged customer while he was merged is the survivor's too."""
    merging.collect_late_rows(seen.data["merge_id"], now=clock.business_now())


WIRES: dict[str, tuple[tuple[str, Effect], ...]] = {
    "OrderDelivered": (("enter_delivered", planning.enter_by_order(Trigger.ORDER_DELIVERED)),),
    "OrderPaid": (("enter_paid", planning.enter_by_order(Trigger.ORDER_PAID)),),
    "OrderShipped": (("enter_shipped", planning.enter_by_order(Trigger.ORDER_SHIPPED)),),
    "OrderReady": (("enter_ready", planning.enter_by_order(Trigger.ORDER_READY)),),
    "OrderPlaced": (
        ("leave_after_purchase", planning.leave_after_purchase),
        ("enter_placed", planning.enter_by_order(Trigger.ORDER_PLACED)),
        ("redeem_codes", redeem_codes),
        ("note_life", note_life),
        ("score", valuing.score),
    ),
    "TicketOpened": (("note_life", note_life),),
    "CustomerWrote": (("note_life", note_life),),
    "CustomerCalled": (("note_life", note_life),),
    "OrderChanged": (("redeem_codes", redeem_codes), ("score", valuing.score)),
    "CustomerFirstOrdered": (("enter_first_order", planning.enter_by_order(Trigger.FIRST_ORDER)),),
    "CustomerAdded": (("enter_with_account", planning.enter_with_account),),
    "ConsentChanged": (
        ("enter_with_newsletter", planning.enter_with_newsletter),
        ("leave_with_refusal", planning.leave_with_refusal),
        ("note_refusal", note_refusal),
    ),
    "BasketChanged": (("leave_with_basket", planning.leave_with_basket),),
    "EventReceived": (("enter_by_event", planning.enter_by_event),),
    "OrderCancelled": (
        ("leave_after_cancelling", planning.leave_after(ExitReason.CANCELLED)),
        ("give_codes_back", give_codes_back),
        ("score", valuing.score),
    ),
    "OrderReturned": (
        ("leave_after_returning", planning.leave_after(ExitReason.RETURNED)),
        ("score", valuing.score),
    ),
    "CustomersMerged": (
        ("collect_late_rows", collect_late_rows),
        ("score_merged", valuing.score_merged),
    ),
    "CustomerUnarchived": (("score", valuing.score),),
    "CustomersUnmerged": (("score_unmerged", valuing.score_unmerged),),
    "WhyTold": (("open_why_ticket", whys.open_ticket), ("note_life", note_life)),
    "ChurnThresholdCrossed": (
        ("ask_to_call", valuing.ask_to_call),
        ("enter_by_churn", planning.enter_by_churn),
    ),
    "SurveyAnswered": (("thank_tomorrow", planning.thank_tomorrow), ("note_life", note_life)),
    "ReviewWritten": (("note_life", note_life),),
    "QuestionnaireAnswered": (
        ("call_reminder_back", questioning.call_reminder_back),
        ("note_life", note_life),
    ),
    "FollowUpNeeded": (("follow_up", follow_up),),
    "AnswerReclassified": (("withdraw_ticket", withdraw_ticket),),
    "AnswersContradicted": (("thank_nobody", planning.thank_nobody),),
    "MessageAccepted": (
        ("note_first_message", planning.note_first_message),
        ("note_invitation_accepted", questioning.note_accepted),
    ),
    "MessageDelivered": (("note_invitation_delivered", questioning.note_delivered),),
    "MessageBounced": (
        ("leave_with_bounce", planning.leave_with_bounce),
        ("note_invitation_bounced", questioning.note_bounced),
    ),
    "MessageBlocked": (("settle_codes", planning.settle_codes),),
    "MessageFailed": (("settle_codes", planning.settle_codes),),
    "ChainReady": (("bring_builtin", bring_builtin),),
    "AddressesErased": (("forget_addresses", forget_addresses),),
    "ReplyHandedOver": (("give_up_unheard", bridging.give_up_unheard),),
    "ReplyNotTaken": (("give_up_untaken", bridging.give_up_untaken),),
    "AgentLeft": (("free_tickets", free_tickets),),
    "AgentMoved": (("free_out_of_reach", free_out_of_reach),),
    "StoresMoved": (("free_out_of_reach", free_out_of_reach),),
    "AgentInvited": (("mail_invitation", staff_mails.mail_invitation),),
    "PasswordResetAsked": (("mail_password_link", staff_mails.mail_password_link),),
    "TicketReplied": (("note_uses", learning_uses.note_uses),),
    "TicketSolved": (
        ("ask_about_solution", ask_about_solution),
        ("resume", planning.resume),
        ("settle_uses", learning_uses.settle_uses),
    ),
    "TicketWithdrawn": (("resume", planning.resume),),
    "TicketReopened": (
        ("withdraw_question", withdraw_question),
        ("unsettle_uses", learning_uses.settle_uses),
    ),
    "DeadlineNeared": (("warn_people", deadline_alerts.warn_people),),
    "PromoPoolLow": (("warn_marketers", staff_mails.warn_marketers),),
    "SenderPaused": (("warn_administrators", staff_mails.warn_administrators),),
    "BaseAudited": (("mail_audit", quality_mails.mail_audit),),
    "FigureAlerted": (("tell_of_figure", figure_alerts.tell),),
    "DigestMade": (("mail_digest", digest_mails.mail_digest),),
    "ArticleReviewDue": (("remind_owner", article_mails.remind_owner),),
    "MailboxFailed": (("warn_of_mailbox", staff_mails.warn_of_mailbox),),
}
