"""Tells statistics which days a batch of facts has touched: their columns are gathered anew, however often they are told."""

from collections.abc import Sequence

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
    }
)
"""Facts after which a ticket is counted otherwise, or on other days."""


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
    told = [fact.data for fact in facts if fact.kind in TICKETS and fact.data.get("ticket_id")]
    gone = {moment for data in told for moment in data.get("gone", ())}
    return marking.mark_tickets({data["ticket_id"] for data in told}, gone) + _count_messages(facts)


def _count_messages(facts: Sequence[FactRow]) -> int:
    told = [fact.data for fact in facts if fact.kind in MESSAGES]
    gone = {data["gone"] for data in told if data.get("gone")}
    refused = {
        fact.data["entry_id"] for fact in facts if fact.kind == "ConsentChanged" and not fact.data["is_given"]
    }
    people = {
        person
        for fact in facts
        if fact.kind in CUSTOMERS
        for person in (fact.customer_id, fact.data.get("other_id"), fact.data.get("merged_id"))
        if person
    }
    return (
        message_marking.mark_messages({data["outbound_id"] for data in told}, gone)
        + message_marking.mark_refusals(refused)
        + message_marking.mark_customers(people)
    )
