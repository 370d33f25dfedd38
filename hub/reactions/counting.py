"""Tells statistics which days a batch of facts has touched: their columns are gathered anew, however often they are told."""

from collections.abc import Sequence
from typing import Any

from hub.core.facts import FactRow
from hub.statistics.columns import marking, message_marking

TICKETS = frozenset(
    {
        "TicketOpened",
        "TicketReplied",
        "ReplyUndone",
        "TicketSolved",
        "TicketReopened",
        "TicketTransferred",
        "TicketWithdrawn",
        "FiguresChanged",
        "CustomerCalled",
        "TicketRated",
    }
)
"""Facts after which a ticket is counted otherwise, or on other days."""
ANSWERS = frozenset({"SurveyAnswered", "AnswersContradicted", "AnswerReclassified"})
ORDERS = frozenset(
    {"OrderPlaced", "OrderChanged", "OrderDelivered", "OrderCancelled", "OrderReturned", "OrderRedated"}
)


MESSAGES = frozenset(
    {
        "MessageAccepted",
        "MessageDelivered",
        "MessageBounced",
        "MessageBlocked",
        "MessageFailed",
        "MessageFiguresChanged",
    }
)
"""Facts after which a message is counted, or counted otherwise."""
CUSTOMERS = ("CustomersMerged", "CustomersUnmerged")


def count(facts: Sequence[FactRow]) -> int:
    """Returns how many days were marked. No row says that a fact was counted: what is marked twice is the same."""
    tickets, answers, orders = (
        [fact.data for fact in facts if fact.kind in kinds] for kinds in (TICKETS, ANSWERS, ORDERS)
    )
    return (
        marking.mark_tickets({each["ticket_id"] for each in tickets if each["ticket_id"]}, _gone(tickets))
        + marking.mark_answers({each["answer_id"] for each in answers})
        + marking.mark_orders({each["order_id"] for each in orders}, _gone(orders))
        + _count_messages(facts)
    )


def _count_messages(facts: Sequence[FactRow]) -> int:
    told = [fact.data for fact in facts if fact.kind in MESSAGES]
    gone = {data["gone"] for data in told if data.get("gone")}
    people = {
        person
        for fact in facts
        if fact.kind in CUSTOMERS
        for person in (fact.customer_id, fact.data.get("other_id"), fact.data.get("merged_id"))
        if person
    }
    return message_marking.mark_messages(
        {data["outbound_id"] for data in told}, gone
    ) + message_marking.mark_customers(people)


def _gone(told: Sequence[dict[str, Any]]) -> set[int]:
    """Moments by which something was counted before, and is no more."""
    return {moment for data in told for moment in data.get("gone") or ()}
