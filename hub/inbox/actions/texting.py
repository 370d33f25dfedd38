"""Which ticket a text message goes on in: that of its phone at the same number of ours, or at the same store."""

from sqlalchemy import ColumnElement, false, or_, select, true

from hub.core.db import db
from hub.core.errors import Invalid
from hub.customers.rules import normalise_phone
from hub.inbox.directory import Directory
from hub.inbox.models import Ticket, TicketParty
from hub.inbox.states import OPEN_STATES
from hub.inbox.threading import Thread
from hub.inbox.values import Incoming
from hub.inbox.words import TEXTS, ThreadedBy, TicketState


def find_text_thread(incoming: Incoming, directory: Directory | None = None) -> Thread:
    """The ticket that this phone last wrote in; what is said to another store is another matter."""
    phone = plain_phone(incoming.phone) or ""
    found = (
        select(Ticket.id)
        .join(TicketParty, TicketParty.ticket_id == Ticket.id)
        .where(
            TicketParty.address == phone.lower(),
            Ticket.channel == incoming.channel,
            _is_of_line(incoming, directory or Directory()),
            Ticket.state.in_({*OPEN_STATES, TicketState.SOLVED}),
            Ticket.merged_into_id.is_(None),
        )
        .order_by(Ticket.updated_at.desc(), Ticket.id.desc())
    )
    if incoming.scope is not None and not incoming.scope.is_everything:
        found = found.where(Ticket.store_id.in_(incoming.scope.store_ids))
    ticket_id = db.session.scalar(found.limit(1))
    return Thread(ticket_id, ThreadedBy.REFERENCES if ticket_id else ThreadedBy.NONE)


def _is_of_line(incoming: Incoming, directory: Directory) -> ColumnElement[bool]:
    """The same line to us: the same number, or the store whose number it is where a ticket knows of none.

    A number that is no store's is the chain's, whichever store has the ticket. Another system hands texts in without
    the number they were written to: then the store it names is the line, and without a store what has none either.
    """
    ours = our_number(incoming)
    has_none = Ticket.our_address.is_(None)
    if ours is not None:
        store_id = directory.by_phone.get(ours)
        near = Ticket.store_id == store_id if store_id else true()
        return or_(Ticket.our_address == ours, has_none & near)
    if incoming.store_id is None:
        return has_none
    store = directory.stores.get(incoming.store_id)
    number = store.phone if store and directory.by_phone.get(store.phone) == store.id else None
    is_ours = Ticket.our_address == number if number else false()
    return (Ticket.store_id == incoming.store_id) & or_(has_none, is_ours)


def our_number(incoming: Incoming) -> str | None:
    """The number of ours that a text was written to."""
    ours = incoming.recipients[:1] if incoming.channel in TEXTS else ()
    return plain_phone(ours[0]) if ours else None


def plain_phone(text: str | None) -> str | None:
    """A number in E.164, however it is written; the short code or the name of a sender as it is."""
    try:
        return normalise_phone(text) if text else None
    except Invalid:
        return text.strip() if text else None
