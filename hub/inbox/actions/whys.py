"""A customer who says that we disappointed him becomes a ticket of his store."""

from datetime import datetime

from sqlalchemy import select

from hub.core.actor import CUSTOMER
from hub.core.db import db
from hub.core.facts import record
from hub.core.words import Channel, Language
from hub.customers.actions import lock_customer
from hub.customers.queries import CustomerRow, get_customer
from hub.inbox.actions import waiting
from hub.inbox.actions.amending import replace_text
from hub.inbox.actions.events import lock_end, note_ticket, settle_hold
from hub.inbox.actions.handing_out import hand_out
from hub.inbox.actions.opening import Opening, add_message, add_party, add_ticket, show_message
from hub.inbox.actions.ruling import Seen, apply_rules, note_opening
from hub.inbox.directory import Directory
from hub.inbox.facts import TicketOpened
from hub.inbox.models import Ticket, TicketMessage
from hub.inbox.routing import CENTRAL, route_by
from hub.inbox.states import is_open
from hub.inbox.words import MessageKind, RouteSource
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
    ticket = _open(get_customer(customer_id), store_id, order, text, why_id=why_id, now=now)
    ticket.is_grievance = True
    settle_hold(ticket, now=now)
    db.session.flush()
    fact = TicketOpened(
        customer_id=customer_id, ticket_id=ticket.id, store_id=ticket.store_id, channel=Channel.SURVEY
    )
    record(fact, now=now)
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


def _open(
    customer: CustomerRow,
    store_id: int | None,
    order: OrderRow | None,
    text: str,
    *,
    why_id: int,
    now: datetime,
) -> Ticket:
    directory = Directory()
    seen = Seen(sender=customer.mail or "", order=order, customer_id=customer.id)
    opening = _opening(customer, store_id, order, text, why_id=why_id)
    opening = apply_rules(opening, seen, directory=directory, now=now)
    ticket = add_ticket(opening, now=now)
    add_party(ticket.id, customer.mail, customer.name, is_requester=True)
    add_message(
        ticket,
        now=now,
        is_first=True,
        kind=MessageKind.CUSTOMER,
        channel=Channel.SURVEY,
        key=f"{WHY}:{why_id}:{ticket.id}",
        author_name=customer.name,
        author_address=customer.mail,
        text=text,
    )
    waiting.start_wait(ticket, at=now, channel=Channel.SURVEY, directory=directory)
    note_opening(ticket, opening, directory=directory, now=now)
    hand_out(directory.take_unassigned(), now=now)
    return ticket


def _opening(
    customer: CustomerRow, store_id: int | None, order: OrderRow | None, text: str, *, why_id: int
) -> Opening:
    bare, about = _SUBJECTS[customer.language]
    return Opening(
        channel=Channel.SURVEY,
        language=customer.language,
        subject=about % order.external_id if order else bare,
        text=text,
        route=CENTRAL if store_id is None else route_by(RouteSource.RECENT_ORDER, store_id),
        customer_id=customer.id,
        requester_name=customer.name,
        requester_address=customer.mail,
        phone=customer.phone,
        order_id=order.id if order else None,
        order_number=order.external_id if order else None,
        source_kind=WHY,
        source_id=why_id,
    )
