"""Which of our mails a ticket answers, in the reader's words: a reply to a newsletter, an offer, a survey."""

from collections.abc import Mapping
from typing import Any

from hub.blueprints.message_names import message_words
from hub.inbox.queries import TicketView
from hub.outbox.queries import MessageRow

OUTBOUND = "outbound"


def answered_ids(ticket: TicketView) -> set[int]:
    """The message to look up with those of the thread; none for most tickets."""
    return {ticket.source_id} if ticket.source_kind == OUTBOUND and ticket.source_id else set()


def answered_words(ticket: TicketView, sent: Mapping[int, MessageRow]) -> dict[str, Any] | None:
    """What the mail was, when it left, to whom, and whose card shows it as the customer saw it."""
    message = next((sent[outbound_id] for outbound_id in answered_ids(ticket) if outbound_id in sent), None)
    if message is None:
        return None
    return {
        "what": message_words(message),
        "sent_at": message.accepted_at or message.created_at,
        "recipient": message.recipient or "",
        "customer_id": message.customer_id,
        "outbound_id": message.id,
    }
