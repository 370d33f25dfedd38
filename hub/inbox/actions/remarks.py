"""What somebody says who delivered an order or handed it over."""

from datetime import datetime

from sqlalchemy import select

from hub.core.actor import Actor
from hub.core.db import db
from hub.core.errors import Invalid
from hub.core.text import N_
from hub.core.words import Channel
from hub.inbox.actions.changing import add_note
from hub.inbox.actions.contacts import open_contact
from hub.inbox.models import Ticket
from hub.inbox.states import OPEN_STATES
from hub.inbox.values import Contact
from hub.orders.queries import OrderRow

LONGEST_REMARK = 2000


def note_delivery_remark(order: OrderRow, *, text: str, by: Actor, now: datetime) -> str:
    """A note on the order's open ticket, else a new ticket of its store that nobody holds. Returns the number."""
    words = text.replace("\x00", "").strip()[:LONGEST_REMARK]
    if not words:
        raise Invalid(N_("Please write what the store should know."), field="text")
    found = (
        select(Ticket)
        .where(Ticket.order_id == order.id, Ticket.state.in_(OPEN_STATES))
        .order_by(Ticket.id.desc())
    )
    ticket = db.session.scalar(found.limit(1))
    if ticket is not None:
        add_note(ticket_id=ticket.id, text=words, by=by, now=now)
        return ticket.number
    contact = Contact(
        store_id=order.store_id,
        channel=Channel.DELIVERY,
        text=words,
        customer_id=order.customer_id,
        order_number=order.external_id,
    )
    return open_contact(contact, by=by, now=now)
