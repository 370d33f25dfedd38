"""What a reaction asks of an answer that left: what had been inserted into it, and whether its ticket is solved."""

from typing import Any

from sqlalchemy import select

from hub.core.db import db
from hub.inbox.models import Ticket, TicketMessage
from hub.inbox.words import TicketState

DONE = frozenset({TicketState.SOLVED, TicketState.CLOSED})


def find_inserted(message_id: int) -> dict[str, Any]:
    """Empty for an answer that was taken back."""
    return db.session.scalar(select(TicketMessage.inserted).where(TicketMessage.id == message_id)) or {}


def is_solved(ticket_id: int) -> bool:
    return db.session.scalar(select(Ticket.state).where(Ticket.id == ticket_id)) in DONE
