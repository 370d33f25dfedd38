"""Who a ticket is about: its requester, its order, and the parties that take part or get a copy."""

from datetime import datetime

from sqlalchemy import delete, select, update

from hub.core.actor import Actor
from hub.core.db import db
from hub.core.errors import Conflict, Invalid
from hub.core.facts import record
from hub.core.text import N_
from hub.customers import queries as customers
from hub.customers.rules import normalise_mail
from hub.inbox.actions.events import TICKET, lock_ticket, note_ticket, settle_hold
from hub.inbox.facts import TicketRequesterChanged
from hub.inbox.models import Gesture, Ticket, TicketParty
from hub.inbox.states import is_open
from hub.inbox.words import TicketState
from hub.orders import queries as orders
from hub.orders.actions import lock_order
from hub.outbox import actions as outbox

MOST_PARTIES = 20


def change_requester(*, ticket_id: int, customer_id: int, by: Actor, now: datetime) -> None:
    """The ticket belongs to another customer, and is answered at that customer's address.

    A hold for a grievance moves along; whoever asked before stays a party. Raises Invalid without any address.
    """
    ticket = lock_ticket(ticket_id)
    if ticket.state is TicketState.CLOSED:
        raise Conflict(N_("This ticket is closed and cannot be changed any more."))
    person = customers.get_customer(customer_id)
    address = (person.mail or person.phone or "").lower()
    if not address:
        raise Invalid(
            N_("This customer has no address to answer to. Please add one first."), field="customer"
        )
    if ticket.customer_id == person.id and ticket.requester_address == address:
        return
    note_ticket(
        "requester_changed",
        ticket,
        by=by,
        now=now,
        from_customer_id=ticket.customer_id,
        customer_id=person.id,
    )
    if ticket.customer_id != person.id:
        moved = TicketRequesterChanged(customer_id=person.id, ticket_id=ticket.id, store_id=ticket.store_id)
        record(moved, now=now)
    outbox.lift_hold(source_kind=TICKET, source_id=ticket.id, now=now)
    ticket.customer_id, ticket.requester_name, ticket.requester_address = person.id, person.name, address
    _make_requester(ticket, address, person.name)
    settle_hold(ticket, now=now)
    db.session.flush()


def _make_requester(ticket: Ticket, address: str, name: str) -> None:
    of_ticket = TicketParty.ticket_id == ticket.id
    db.session.execute(update(TicketParty).where(of_ticket).values(is_requester=False))
    party = _find_party(ticket.id, address)
    if party is None:
        party = TicketParty(ticket_id=ticket.id, address=address, name=name, is_cc=False)
        db.session.add(party)
    party.is_requester, party.is_cc = True, False


def change_order(*, ticket_id: int, order_number: str, by: Actor, now: datetime) -> None:
    """The order that the ticket is about, by its number; "" for none. Raises Invalid when there is no such order."""
    ticket = lock_ticket(ticket_id)
    wanted = order_number.strip().lstrip("#")
    order = orders.find_order_by_external_id(wanted) if wanted else None
    if wanted and order is None:
        raise Invalid(
            N_("There is no order %(number)s. Please check the number."), field="order", number=wanted
        )
    order_id = order.id if order else None
    if ticket.order_id == order_id:
        return
    note_ticket("order_changed", ticket, by=by, now=now, from_order_id=ticket.order_id, order_id=order_id)
    ticket.order_id = order_id
    if order_id is not None:
        _bind_gestures(ticket.id, order_id)
    db.session.flush()


def _bind_gestures(ticket_id: int, order_id: int) -> None:
    """What was given while the ticket named no order was given for this one; the others stay with theirs."""
    lock_order(order_id)
    free = update(Gesture).where(Gesture.ticket_id == ticket_id, Gesture.order_id.is_(None))
    db.session.execute(free.values(order_id=order_id).execution_options(synchronize_session=False))


def add_copy(*, ticket_id: int, address: str, name: str, by: Actor, now: datetime) -> int:
    """A mail address that gets a copy of each reply and may write here. Returns the party's id."""
    ticket, mail = lock_ticket(ticket_id), normalise_mail(address)
    if not is_open(ticket.state) and ticket.state is not TicketState.SOLVED:
        raise Conflict(N_("This ticket is closed and cannot be changed any more."))
    if mail == (ticket.requester_address or "").lower():
        raise Invalid(N_("The replies go to this address already."), field="address")
    party = _find_party(ticket.id, mail)
    if party is None:
        _check_count(ticket.id)
        party = TicketParty(ticket_id=ticket.id, address=mail, name=name.strip()[:80], is_requester=False)
        db.session.add(party)
    if party.is_cc:
        return party.id
    party.is_cc = True
    db.session.flush()
    note_ticket("copy_added", ticket, by=by, now=now, party_id=party.id)
    return party.id


def remove_party(*, ticket_id: int, party_id: int, by: Actor, now: datetime) -> None:
    """No copy any more, and the ticket's number alone lets nobody in from there. Raises Conflict for the requester."""
    ticket = lock_ticket(ticket_id)
    found = (TicketParty.ticket_id == ticket_id, TicketParty.id == party_id)
    party = db.session.scalar(select(TicketParty).where(*found))
    if party is None:
        return
    if party.is_requester and party.address == (ticket.requester_address or "").lower():
        raise Conflict(N_("The replies go to this address. Please choose another customer instead."))
    db.session.execute(delete(TicketParty).where(*found))
    note_ticket("party_removed", ticket, by=by, now=now, party_id=party_id)
    db.session.flush()


def _find_party(ticket_id: int, address: str) -> TicketParty | None:
    found = select(TicketParty).where(TicketParty.ticket_id == ticket_id, TicketParty.address == address)
    return db.session.scalar(found.execution_options(populate_existing=True))


def _check_count(ticket_id: int) -> None:
    count = len(db.session.scalars(select(TicketParty.id).where(TicketParty.ticket_id == ticket_id)).all())
    if count >= MOST_PARTIES:
        raise Invalid(
            N_("At most %(most)s addresses take part in a ticket."), field="address", most=MOST_PARTIES
        )
