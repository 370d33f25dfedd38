"""Splits chosen messages off into a ticket of their own: linked, and with the waits that each has by itself."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from hub.core.actor import Actor
from hub.core.audit import AuditEntry, note_change
from hub.core.db import db
from hub.core.errors import Conflict, Invalid
from hub.core.facts import record
from hub.core.text import N_
from hub.customers import queries as customers
from hub.inbox.actions import rebuilding
from hub.inbox.actions.events import TICKET, lock_ticket, move_state, next_event, note_ticket
from hub.inbox.actions.opening import Opening, add_party, add_ticket, show_latest
from hub.inbox.actions.receiving import opened_fact
from hub.inbox.actions.recounting import moments_of, tell_recounted
from hub.inbox.indexing import grown_index
from hub.inbox.models import Ticket, TicketMessage
from hub.inbox.routing import Route
from hub.inbox.words import MessageKind, TicketState

MOVING = frozenset({MessageKind.CUSTOMER, MessageKind.AGENT, MessageKind.NOTE, MessageKind.CALL})


@dataclass(frozen=True)
class Split:
    """The new ticket."""

    ticket_id: int
    number: str


@dataclass(frozen=True)
class _Person:
    """Who asks in the new ticket."""

    customer_id: int | None
    name: str
    address: str | None


def split(*, ticket_id: int, message_ids: Collection[int], subject: str, by: Actor, now: datetime) -> Split:
    """Move messages of a ticket into a new one, in the same store, linked to where they came from.

    Each ticket's waits are counted anew from its own messages; a store is charged its own time only, in both. When
    all that was moved of customers is another person's, that person is the new ticket's requester. Raises Invalid when
    nothing or everything a customer wrote would move, Conflict for a closed ticket.
    """
    ticket = lock_ticket(ticket_id)
    if ticket.state is TicketState.CLOSED:
        raise Conflict(N_("This ticket is closed and cannot be changed any more."))
    moving = _choose(ticket, message_ids)
    counted = moments_of(ticket)
    fresh = _open(ticket, moving, subject, now=now)
    note_ticket("split_from", fresh, by=by, now=now, from_id=ticket.id, from_number=ticket.number)
    _move(ticket, fresh, moving)
    note_ticket(
        "split_off",
        ticket,
        by=by,
        now=now,
        into_id=fresh.id,
        into_number=fresh.number,
        message_count=len(moving),
    )
    db.session.flush()
    for row in (ticket, fresh):
        rebuilding.rebuild_waits(row.id)
        show_latest(row, now=now)
    ticket.list_at = ticket.due_at or ticket.waiting_since or now
    fresh.list_at = fresh.due_at or fresh.waiting_since or now
    if fresh.first_replied_at is not None and fresh.waiting_since is None:
        move_state(fresh, TicketState.OPEN, by=by, now=now)
    db.session.flush()
    record(opened_fact(fresh), now=now)
    tell_recounted(ticket, now=now, gone=counted)
    return Split(fresh.id, fresh.number)


def _choose(ticket: Ticket, message_ids: Collection[int]) -> list[TicketMessage]:
    found = select(TicketMessage).where(TicketMessage.ticket_id == ticket.id)
    rows = db.session.scalars(found.order_by(TicketMessage.event_id)).all()
    moving = [row for row in rows if row.id in message_ids and row.kind in MOVING]
    if not any(row.kind in {MessageKind.CUSTOMER, MessageKind.CALL} for row in moving):
        raise Invalid(N_("Please choose at least one message of the customer."), field="messages")
    left = [row for row in rows if row not in moving and row.kind in MOVING]
    if not left:
        raise Invalid(N_("At least one message must stay in this ticket."), field="messages")
    return moving


def _open(ticket: Ticket, moving: Sequence[TicketMessage], subject: str, *, now: datetime) -> Ticket:
    person = _person(ticket, moving)
    first = next(row for row in moving if row.kind in {MessageKind.CUSTOMER, MessageKind.CALL})
    opening = Opening(
        channel=first.channel,
        language=ticket.language,
        subject=subject.replace("\x00", "").strip() or first.subject or ticket.subject,
        text=first.text,
        route=Route(ticket.store_id, ticket.route_source, ticket.route_confidence),
        customer_id=person.customer_id,
        requester_name=person.name,
        requester_address=person.address,
        priority=ticket.priority,
        assignee_id=ticket.assignee_id,
        related_ticket_id=ticket.id,
    )
    fresh = add_ticket(opening, now=now)
    fresh.created_at = first.happened_at
    add_party(fresh.id, person.address, person.name, is_requester=True)
    return fresh


def _person(ticket: Ticket, moving: Sequence[TicketMessage]) -> _Person:
    """The ticket's own requester, or the one stranger who wrote everything that moves."""
    writers = {
        row.author_address for row in moving if row.kind is MessageKind.CUSTOMER and row.author_address
    }
    stranger = next(iter(writers)) if len(writers) == 1 else None
    own = (ticket.requester_address or "").lower()
    is_stranger = all(row.is_stranger for row in moving if row.kind is MessageKind.CUSTOMER)
    if stranger is None or not is_stranger or stranger.lower() == own:
        return _Person(ticket.customer_id, ticket.requester_name, ticket.requester_address)
    known = customers.find_customer_by_address(stranger)
    name = next((row.author_name for row in moving if row.author_address == stranger), "")
    return _Person(known.id if known else None, name or (known.name if known else ""), stranger.lower())


def _move(ticket: Ticket, fresh: Ticket, moving: Sequence[TicketMessage]) -> None:
    """Messages get new event numbers in their old order, and the transfers between them are told again."""
    moved: list[TicketMessage | AuditEntry] = [*moving, *_transfers(ticket)]
    for each in sorted(moved, key=_event_of):
        if isinstance(each, TicketMessage):
            each.ticket_id, each.event_id = fresh.id, next_event(fresh)
        else:
            _tell_again(each, fresh)
    fresh.search = grown_index([row.text for row in moving[1:] if row.text])


def _event_of(row: TicketMessage | AuditEntry) -> int:
    return row.event_id if isinstance(row, TicketMessage) else int(row.data["event_id"])


def _transfers(ticket: Ticket) -> Sequence[AuditEntry]:
    found = select(AuditEntry).where(
        AuditEntry.subject_kind == TICKET,
        AuditEntry.subject_id == ticket.id,
        AuditEntry.action == f"{TICKET}.transferred",
    )
    return db.session.scalars(found.order_by(AuditEntry.id)).all()


def _tell_again(line: AuditEntry, fresh: Ticket) -> None:
    """A transfer that the messages have been through: the old store's share of the wait stays with the old store."""
    by = Actor(line.actor_kind, agent_id=line.agent_id, api_key_id=line.api_key_id)
    data = {**line.data, "event_id": next_event(fresh), "is_told_again": True}
    note_change(line.action, subject_kind=TICKET, subject_id=fresh.id, by=by, now=line.happened_at, **data)
