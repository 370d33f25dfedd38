"""A customer who says that we disappointed him becomes a ticket of his store."""

from datetime import datetime

from sqlalchemy import select

from hub.core.actor import CUSTOMER
from hub.core.db import db
from hub.core.words import Language
from hub.customers.actions import lock_customer
from hub.customers.queries import CustomerRow, get_customer
from hub.inbox.actions.amending import replace_text
from hub.inbox.actions.events import lock_end, note_ticket
from hub.inbox.actions.opening import show_message
from hub.inbox.actions.said import Said, open_ticket, tell_opened
from hub.inbox.models import Ticket, TicketMessage
from hub.inbox.states import is_open
from hub.inbox.words import RouteSource
from hub.orders.rows import OrderRow

WHY = "why"
_SUBJECTS = {
    Language.FRENCH: ("Client déçu", "Client déçu, commande %s"),
    Language.ENGLISH: ("Disappointed customer", "Disappointed customer, order %s"),
}


def open_ticket_from_why(
    *,
    why_id: int,
    customer_id: int,
    store_id: int | None,
    order: OrderRow | None,
    text: str,
    now: datetime,
) -> int:
    """The ticket id. While the ticket of this answer is open, other words change its line; else a new one is opened.

    Without a store it is in the central queue. It is a grievance: promotion and surveys wait until it is solved.
    """
    lock_customer(customer_id)
    said = _find_said(why_id)
    ticket = lock_end(said.ticket_id) if said else None
    if said and ticket and is_open(ticket.state):
        _change(ticket, said, text, why_id=why_id, now=now)
        return ticket.id
    ticket = open_ticket(
        _read(get_customer(customer_id), store_id, order, text, why_id=why_id),
        key_of=lambda ticket: f"{WHY}:{why_id}:{ticket.id}",
        now=now,
    )
    ticket.is_grievance = True
    tell_opened(ticket, now=now)
    return ticket.id


def _find_said(why_id: int) -> TicketMessage | None:
    """The line this answer has written last."""
    mine = TicketMessage.key.startswith(f"{WHY}:{why_id}:", autoescape=True)
    return db.session.scalar(select(TicketMessage).where(mine).order_by(TicketMessage.id.desc()).limit(1))


def _change(ticket: Ticket, said: TicketMessage, text: str, *, why_id: int, now: datetime) -> None:
    if said.text == text:
        return
    note_ticket("answer_changed", ticket, by=CUSTOMER, now=now, answer_id=why_id)
    replace_text(ticket, said, text)
    show_message(ticket, text, now=now)
    db.session.flush()


def _read(
    customer: CustomerRow, store_id: int | None, order: OrderRow | None, text: str, *, why_id: int
) -> Said:
    bare, about = _SUBJECTS[customer.language]
    return Said(
        kind=WHY,
        id=why_id,
        customer=customer,
        subject=about % order.external_id if order else bare,
        text=text,
        store_id=store_id,
        found_by=RouteSource.RECENT_ORDER,
        order=order,
    )
