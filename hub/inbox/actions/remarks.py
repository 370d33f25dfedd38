"""What somebody says who delivered an order or handed it over."""

from datetime import datetime

from sqlalchemy import select

from hub.core.actor import Actor
from hub.core.db import db
from hub.core.errors import Invalid
from hub.core.text import N_
from hub.core.words import Channel
from hub.inbox.actions.changing import add_note
from hub.inbox.actions.contacts import find_noted, open_contact
from hub.inbox.actions.events import lock_ticket
from hub.inbox.actions.noticing import notify
from hub.inbox.actions.snoozing import wake_by_customer
from hub.inbox.models import Ticket
from hub.inbox.states import OPEN_STATES
from hub.inbox.values import Contact
from hub.inbox.words import NoticeKind
from hub.orders.queries import OrderRow
from hub.staff.queries.members import list_answering_members

LONGEST_REMARK = 2000


def note_delivery_remark(
    order: OrderRow, *, text: str, by: Actor, now: datetime, key: str | None = None
) -> str:
    """A note on the order's open ticket, else a new ticket of its store that nobody holds. Returns the number.

    The same `key` notes once. Who holds the open ticket is told, else everybody of its store who answers; it is no
    longer snoozed. A new ticket is told as every new ticket.
    """
    words = text.replace("\x00", "").strip()[:LONGEST_REMARK]
    if not words:
        raise Invalid(N_("Please write what the store should know."), field="text")
    full_key = f"remark:{order.id}:{key}" if key else None
    if full_key and (noted := find_noted(full_key)) is not None:
        return noted
    ticket_id = _find_open(order.id)
    if ticket_id is not None:
        return _add_to(ticket_id, words, full_key, by=by, now=now)
    contact = Contact(
        store_id=order.store_id,
        channel=Channel.DELIVERY,
        text=words,
        customer_id=order.customer_id,
        order_number=order.external_id,
        key=full_key,
    )
    return open_contact(contact, by=by, now=now)


def _find_open(order_id: int) -> int | None:
    found = select(Ticket.id).where(Ticket.order_id == order_id, Ticket.state.in_(OPEN_STATES))
    return db.session.scalar(found.order_by(Ticket.id.desc()).limit(1))


def _add_to(ticket_id: int, words: str, key: str | None, *, by: Actor, now: datetime) -> str:
    ticket = lock_ticket(ticket_id)
    add_note(ticket_id=ticket_id, text=words, key=key, by=by, now=now)
    wake_by_customer(ticket, now=now)
    notify(agent_ids=_hands_of(ticket), kind=NoticeKind.REMARKED, ticket_id=ticket_id, by=by, now=now)
    db.session.flush()
    return ticket.number


def _hands_of(ticket: Ticket) -> list[int]:
    """Who holds it, else who answers in its store."""
    if ticket.assignee_id is not None or ticket.store_id is None:
        return [ticket.assignee_id] if ticket.assignee_id is not None else []
    return list_answering_members([ticket.store_id]).get(ticket.store_id, [])
