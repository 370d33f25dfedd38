"""A contact at the counter or on the phone, noted by an agent of the store."""

from datetime import datetime

from sqlalchemy import select

from hub.core.actor import Actor
from hub.core.db import db
from hub.core.errors import Forbidden, Invalid
from hub.core.facts import record
from hub.core.text import N_, shorten
from hub.core.words import Channel
from hub.customers.actions import CustomerDetails, find_or_create_customer
from hub.customers.queries import CustomerRow, get_customer
from hub.customers.words import Title
from hub.inbox.actions.ending import solve
from hub.inbox.actions.events import note_ticket, settle_hold
from hub.inbox.actions.finding import lock_names
from hub.inbox.actions.opening import Opening, add_message, add_party, add_ticket
from hub.inbox.actions.phone_setting import tie_call
from hub.inbox.facts import TicketOpened
from hub.inbox.models import Ticket, TicketMessage
from hub.inbox.routing import route_by
from hub.inbox.values import Contact
from hub.inbox.words import MessageKind, RouteSource, TicketState
from hub.orders import queries as orders
from hub.orders.queries import OrderRow
from hub.reasons.queries import get_reason
from hub.stores.queries import get_store

SUBJECT_CHARS = 80
NOTED_CHANNELS = frozenset({Channel.COUNTER, Channel.PHONE, Channel.DELIVERY})


def open_contact(contact: Contact, *, by: Actor, now: datetime) -> str:
    """The number of the new ticket. An agent opened it, so no wait runs until the customer writes.

    Sent again under its key it is noted once. Raises Invalid (field text, email, phone, channel, reason) and Forbidden.
    """
    if not by.is_person:
        raise Forbidden(N_("Only a person can note a contact."))
    text = contact.text.replace("\x00", "").strip()
    if not text:
        raise Invalid(N_("Please write what the customer said."), field="text")
    if contact.channel not in NOTED_CHANNELS:
        raise Invalid(N_("Please choose counter, phone or delivery."), field="channel")
    if contact.key and (noted := find_noted(contact.key)) is not None:
        return noted
    get_store(contact.store_id)
    customer = _customer_of(contact, now)
    ticket = add_ticket(_opening_of(contact, text, customer, by), now=now)
    add_party(ticket.id, ticket.requester_address, ticket.requester_name, is_requester=True)
    _add_first_note(ticket, contact, text, by=by, now=now)
    note_ticket("noted", ticket, by=by, now=now, channel=contact.channel)
    settle_hold(ticket, now=now)
    db.session.flush()
    if contact.call_id is not None:
        tie_call(contact.call_id, ticket.id)
    fact = TicketOpened(
        customer_id=ticket.customer_id, ticket_id=ticket.id, store_id=ticket.store_id, channel=ticket.channel
    )
    record(fact, now=now)
    if contact.is_settled:
        solve(ticket_id=ticket.id, by=by, now=now)
    return ticket.number


def _add_first_note(ticket: Ticket, contact: Contact, text: str, *, by: Actor, now: datetime) -> None:
    add_message(
        ticket,
        now=now,
        is_first=True,
        kind=MessageKind.NOTE,
        key=contact.key,
        happened_at=min(contact.noted_at or now, now),
        agent_id=by.agent_id,
        api_key_id=by.api_key_id,
        author_name=by.name,
        text=text,
        inserted={**contact.inserted, "is_contact": True},
    )


def find_noted(key: str) -> str | None:
    """The number of the ticket that was noted under this key; a twin that is being noted is waited for."""
    lock_names([key])
    found = select(Ticket.number).join(TicketMessage, TicketMessage.ticket_id == Ticket.id)
    return db.session.scalar(found.where(TicketMessage.key == key))


def _opening_of(contact: Contact, text: str, customer: CustomerRow | None, by: Actor) -> Opening:
    """The ticket: the store's, open, in the hands of who noted it; who delivers leaves it to the store."""
    order = _order_of(contact)
    reason = get_reason(contact.reason_id) if contact.reason_id else None
    return Opening(
        channel=contact.channel,
        language=customer.language if customer else contact.language,
        subject=contact.subject.strip() or shorten(text, SUBJECT_CHARS),
        text=text,
        route=route_by(RouteSource.STORE_COUNTER, contact.store_id),
        customer_id=customer.id if customer else None,
        requester_name=customer.name if customer else _name_of(contact),
        requester_address=customer.mail if customer else None,
        phone=customer.phone if customer else contact.phone,
        state=TicketState.NEW if contact.channel is Channel.DELIVERY else TicketState.OPEN,
        reason_id=contact.reason_id,
        assignee_id=None if contact.channel is Channel.DELIVERY else by.agent_id,
        order_id=order.id if order and customer and order.customer_id == customer.id else None,
        order_number=contact.order_number,
        is_grievance=bool(reason and reason.is_grievance),
    )


def _customer_of(contact: Contact, now: datetime) -> CustomerRow | None:
    """The customer chosen, else the one the addresses name; a name alone makes no customer."""
    if contact.customer_id:
        return get_customer(contact.customer_id)
    if not (contact.email or contact.phone):
        if _name_of(contact):
            return None
        raise Invalid(N_("Please give a name, a mail address or a phone number."), field="email")
    details = CustomerDetails(
        email=contact.email,
        phone=contact.phone,
        title=Title(contact.title) if contact.title else None,
        first_name=contact.first_name,
        last_name=contact.last_name,
        language=contact.language,
        preferred_store_id=contact.store_id,
    )
    return get_customer(find_or_create_customer(details, now=now))


def _name_of(contact: Contact) -> str:
    return " ".join(filter(None, (contact.first_name.strip(), contact.last_name.strip())))


def _order_of(contact: Contact) -> OrderRow | None:
    return orders.find_order_by_external_id(contact.order_number.strip()) if contact.order_number else None
