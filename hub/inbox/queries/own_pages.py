"""What a customer may read of an own ticket: what both sides wrote, never a note, never what is still held back."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from hub.core.db import db
from hub.customers.queries import list_addresses
from hub.inbox.models import Ticket
from hub.inbox.queries.rows import AttachmentRow, ThreadMessage
from hub.inbox.queries.tickets import list_thread
from hub.inbox.words import MessageKind, TicketState
from hub.outbox import queries as outbox
from hub.outbox.words import MessageState
from hub.stores.queries import get_chain, get_stores

HELD_BACK = frozenset(
    {MessageState.WAITING, MessageState.CANCELLED, MessageState.BLOCKED, MessageState.EXPIRED}
)
LONGEST_CHAIN = 20


@dataclass(frozen=True)
class OwnLine:
    """One message as the customer reads it; `author` is "" for what the customer wrote."""

    author: str
    text: str
    happened_at: datetime
    files: tuple[AttachmentRow, ...]


@dataclass(frozen=True)
class OwnTicket:
    """`lines` is None for an address that takes part without being the customer: it may write, not read."""

    id: int
    number: str
    state: TicketState
    is_waiting: bool
    due_at: datetime | None
    store_name: str
    time_zone: str
    lines: tuple[OwnLine, ...] | None


def find_own_ticket(ticket_id: int, address: str) -> OwnTicket | None:
    """The ticket behind a signed link, followed through merges to the one it ended in."""
    ticket = _follow(ticket_id)
    if ticket is None:
        return None
    store = get_stores([ticket.store_id]).get(ticket.store_id) if ticket.store_id else None
    return OwnTicket(
        id=ticket.id,
        number=ticket.number,
        state=ticket.state,
        is_waiting=ticket.waiting_since is not None,
        due_at=ticket.due_at,
        store_name=store.name if store else "",
        time_zone=store.time_zone if store else get_chain().time_zone,
        lines=tuple(_lines_of(ticket)) if _is_customer(ticket, address) else None,
    )


def find_own_file(ticket_id: int, address: str, file_id: int) -> AttachmentRow | None:
    """A file of what the customer may read."""
    found = find_own_ticket(ticket_id, address)
    files = (file for line in (found.lines if found else None) or () for file in line.files)
    return next((file for file in files if file.id == file_id), None)


def _follow(ticket_id: int) -> Ticket | None:
    """A chain of merges is walked to its end; a ring ends the walk."""
    ticket = db.session.get(Ticket, ticket_id)
    for _ in range(LONGEST_CHAIN):
        if ticket is None or ticket.merged_into_id is None:
            return ticket
        ticket = db.session.scalar(select(Ticket).where(Ticket.id == ticket.merged_into_id))
    return ticket


def _is_customer(ticket: Ticket, address: str) -> bool:
    return address.casefold() in _addresses_of(ticket)


def _addresses_of(ticket: Ticket) -> frozenset[str]:
    """Those of the customer the ticket is about now."""
    own = {ticket.requester_address or ""}
    if ticket.customer_id is not None:
        own |= {row.value for row in list_addresses(ticket.customer_id)}
    return frozenset(each.casefold() for each in own if each)


def _lines_of(ticket: Ticket) -> list[OwnLine]:
    """What this person wrote, and what was sent to this person: a ticket may have had another customer before."""
    own = _addresses_of(ticket)
    shown = [line for line in list_thread(ticket.id) if _is_own(line, own)]
    outbound_ids = [line.outbound_id for line in shown if line.outbound_id]
    states, recipients = outbox.get_states(outbound_ids), outbox.get_recipients(outbound_ids)
    return [
        _line(line)
        for line in shown
        if line.outbound_id is None
        or line.kind is MessageKind.CUSTOMER
        or _was_said(states.get(line.outbound_id), recipients.get(line.outbound_id, ""), own)
    ]


def _is_own(line: ThreadMessage, own: Collection[str]) -> bool:
    """A stranger's words, and those of whoever else takes part, were sent to the store and not to the customer."""
    if line.kind is MessageKind.AGENT:
        return True
    is_theirs = not line.author_address or line.author_address.casefold() in own
    return line.kind is MessageKind.CUSTOMER and not line.is_stranger and is_theirs


def _was_said(state: MessageState | None, recipient: str, own: Collection[str]) -> bool:
    """A reply that can still be taken back, that never left, or that went to somebody else, was not said here."""
    return state is not None and state not in HELD_BACK and recipient.casefold() in own


def _line(line: ThreadMessage) -> OwnLine:
    files: Sequence[AttachmentRow] = line.attachments
    author = line.author_name if line.kind is MessageKind.AGENT else ""
    return OwnLine(author, line.text, line.happened_at, tuple(files))
