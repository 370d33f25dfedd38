"""Opens the ticket of what a customer wrote in a survey: the rules see it, the wait begins, somebody gets it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from hub.core.db import db
from hub.core.facts import record
from hub.core.words import Channel
from hub.customers.queries import CustomerRow
from hub.inbox.actions import waiting
from hub.inbox.actions.events import settle_hold
from hub.inbox.actions.handing_out import hand_out
from hub.inbox.actions.opening import Opening, add_message, add_party, add_ticket
from hub.inbox.actions.ruling import Seen, apply_rules, note_opening
from hub.inbox.directory import Directory
from hub.inbox.facts import TicketOpened
from hub.inbox.models import Ticket
from hub.inbox.routing import CENTRAL, route_by
from hub.inbox.words import MessageKind, RouteSource
from hub.orders.rows import OrderRow


@dataclass(frozen=True, kw_only=True)
class Said:
    """`kind` and `id` are the ticket's source. Without a store it is for the central queue; `found_by` says how the store was found."""

    kind: str
    id: int
    customer: CustomerRow
    subject: str
    text: str
    store_id: int | None
    found_by: RouteSource
    order: OrderRow | None = None
    is_confirmed: bool = True


def open_ticket(said: Said, *, key_of: Callable[[Ticket], str], now: datetime) -> Ticket:
    """`key_of`: what its first line is found by again. The caller says what else is known of it, then tells it."""
    customer, directory = said.customer, Directory()
    ticket, opening = begin_ticket(said, directory=directory, now=now)
    add_message(
        ticket,
        now=now,
        is_first=True,
        kind=MessageKind.CUSTOMER,
        channel=Channel.SURVEY,
        key=key_of(ticket),
        author_name=customer.name,
        author_address=customer.mail,
        text=said.text,
    )
    waiting.start_wait(ticket, at=now, channel=Channel.SURVEY, directory=directory)
    note_opening(ticket, opening, directory=directory, now=now)
    hand_out(directory.take_unassigned(), now=now)
    return ticket


def begin_ticket(said: Said, *, directory: Directory, now: datetime) -> tuple[Ticket, Opening]:
    """The row as the rules want it, and its requester; the first line, the wait and who gets it are the caller's."""
    customer = said.customer
    seen = Seen(sender=customer.mail or "", order=said.order, customer_id=customer.id)
    opening = apply_rules(_opening(said), seen, directory=directory, now=now)
    ticket = add_ticket(opening, now=now)
    add_party(ticket.id, customer.mail, customer.name, is_requester=True)
    return ticket, opening


def _opening(said: Said) -> Opening:
    customer, order = said.customer, said.order
    return Opening(
        channel=Channel.SURVEY,
        language=customer.language,
        subject=said.subject,
        text=said.text,
        route=CENTRAL if said.store_id is None else route_by(said.found_by, said.store_id),
        customer_id=customer.id,
        requester_name=customer.name,
        requester_address=customer.mail,
        phone=customer.phone,
        order_id=order.id if order else None,
        order_number=order.external_id if order else None,
        source_kind=said.kind,
        source_id=said.id,
        is_confirmed=said.is_confirmed,
    )


def tell_opened(ticket: Ticket, *, now: datetime) -> None:
    """Promotion and surveys wait where it is a grievance; the fact follows."""
    settle_hold(ticket, now=now)
    db.session.flush()
    fact = TicketOpened(
        customer_id=ticket.customer_id,
        ticket_id=ticket.id,
        store_id=ticket.store_id,
        channel=Channel.SURVEY,
    )
    record(fact, now=now)
