"""Tells statistics which days a batch of facts has touched: their columns are gathered anew, however often they are told."""

from collections.abc import Sequence

from hub.core.facts import FactRow
from hub.statistics.columns import marking

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


def count(facts: Sequence[FactRow]) -> int:
    """Returns how many days were marked. No row says that a fact was counted: what is marked twice is the same."""
    told = [fact.data for fact in facts if fact.kind in TICKETS and fact.data.get("ticket_id")]
    gone = {moment for data in told for moment in data.get("gone", ())}
    return marking.mark_tickets({data["ticket_id"] for data in told}, gone)
