"""Opens tickets and adds lines to their thread."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from hub.core.db import db, ring_after_commit
from hub.core.text import shorten
from hub.core.words import Channel, Language
from hub.inbox.actions.events import next_event
from hub.inbox.indexing import grown_index, index_text
from hub.inbox.models import Ticket, TicketMessage, TicketParty
from hub.inbox.routing import Route
from hub.inbox.routing_rules import NOTHING, Outcome
from hub.inbox.searching import phone_words
from hub.inbox.threading import SAID, make_number, preview_of
from hub.inbox.words import Priority, TicketState

BELL = "tickets"
SUBJECT_CHARS = 250
_NEXT_ID = select(func.nextval("tickets_id_seq"))


@dataclass(frozen=True, kw_only=True)
class Opening:
    """A ticket about to be opened; `outcome` is what the routing rules made of it."""

    channel: Channel
    language: Language
    subject: str
    text: str
    route: Route
    customer_id: int | None = None
    requester_name: str = ""
    requester_address: str | None = None
    phone: str | None = None
    priority: Priority = Priority.NORMAL
    state: TicketState = TicketState.NEW
    reason_id: int | None = None
    assignee_id: int | None = None
    order_id: int | None = None
    order_number: str | None = None
    source_kind: str | None = None
    source_id: int | None = None
    is_grievance: bool = False
    is_confirmed: bool = True
    score: int | None = None
    related_ticket_id: int | None = None
    our_address: str | None = None
    outcome: Outcome = NOTHING


def add_ticket(opening: Opening, *, now: datetime) -> Ticket:
    """One new row, flushed, with its number and search terms; its first message and wait are the caller's."""
    ticket = make_ticket(opening, db.session.scalar(_NEXT_ID) or 0, now=now)
    db.session.add(ticket)
    db.session.flush()
    ring_after_commit(BELL)
    return ticket


def take_ids(count: int) -> list[int]:
    """Ids for tickets to come."""
    return list(
        db.session.scalars(select(func.nextval("tickets_id_seq")).select_from(func.generate_series(1, count)))
    )


def make_ticket(opening: Opening, ticket_id: int, *, now: datetime) -> Ticket:
    """The row, not yet added."""
    number = make_number(ticket_id, now)
    words = [number, opening.subject, opening.text, opening.requester_name, opening.requester_address or ""]
    return Ticket(
        id=ticket_id,
        number=number,
        store_id=opening.route.store_id,
        route_source=opening.route.source,
        route_confidence=opening.route.confidence,
        route_detail=opening.route.detail,
        customer_id=opening.customer_id,
        requester_name=opening.requester_name,
        requester_address=opening.requester_address,
        channel=opening.channel,
        language=opening.language,
        state=opening.state,
        priority=opening.priority,
        subject=shorten(opening.subject, SUBJECT_CHARS),
        preview=preview_of(opening.text),
        reason_id=opening.reason_id,
        assignee_id=opening.assignee_id,
        order_id=opening.order_id,
        source_kind=opening.source_kind,
        source_id=opening.source_id,
        is_grievance=opening.is_grievance,
        is_confirmed=opening.is_confirmed,
        score=opening.score,
        related_ticket_id=opening.related_ticket_id,
        our_address=opening.our_address,
        list_at=now,
        created_at=now,
        updated_at=now,
        reopened_count=0,
        transfer_count=0,
        last_event_id=0,
        search=index_text([*words, opening.order_number or "", *phone_words(opening.phone)]),
    )


def add_message(ticket: Ticket, *, now: datetime, is_first: bool = False, **fields: Any) -> TicketMessage:
    """One line of the thread; its words become searchable. `is_first`: add_ticket has indexed them."""
    message = make_message(ticket, now=now, **fields)
    if not is_first and message.text:
        ticket.search = grown_index([message.text, message.author_name or ""])
    db.session.add(message)
    return message


def make_message(ticket: Ticket, *, now: datetime, **fields: Any) -> TicketMessage:
    """The row, not yet added; it has its event number."""
    return TicketMessage(
        ticket_id=ticket.id,
        event_id=next_event(ticket),
        **{"channel": ticket.channel, "happened_at": now, "inserted": {}, **fields},
    )


def add_party(ticket_id: int, address: str | None, name: str, *, is_requester: bool) -> None:
    """The address takes part from now on; the caller knows that it did not before."""
    if address:
        db.session.add(make_party(ticket_id, address, name, is_requester=is_requester))


def make_party(ticket_id: int, address: str, name: str, *, is_requester: bool) -> TicketParty:
    """The row, not yet added."""
    return TicketParty(ticket_id=ticket_id, address=address.lower(), name=name, is_requester=is_requester)


def show_message(ticket: Ticket, text: str, *, now: datetime) -> None:
    """What the lists show of the latest message."""
    ticket.preview = preview_of(text)
    ticket.updated_at = now
    ring_after_commit(BELL)


def show_latest(ticket: Ticket, *, now: datetime) -> None:
    """After a reply was taken back the lists show what was said before it."""
    query = select(TicketMessage.text).where(
        TicketMessage.ticket_id == ticket.id, TicketMessage.kind.in_(SAID)
    )
    text = db.session.scalar(query.order_by(TicketMessage.event_id.desc()).limit(1))
    show_message(ticket, text or "", now=now)
