"""Writes tickets that were answered elsewhere: with their dates, and without any effect. No acknowledgement, no fact,
no wait, no deadline: what happened there happened before us.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hub.core.db import db
from hub.core.words import Channel, Language
from hub.inbox.actions.opening import Opening, add_ticket, make_message, make_party
from hub.inbox.actions.recounting import tell_recounted
from hub.inbox.indexing import index_text
from hub.inbox.models import Ticket, TicketAttachment
from hub.inbox.routing import Route
from hub.inbox.threading import preview_of
from hub.inbox.values import IncomingFile
from hub.inbox.words import TAKEN_OVER, MessageKind, Priority, RouteSource, TicketState

CLOSES_AFTER = timedelta(days=7)
INDEXED_CHARS = 100_000
SAID = frozenset({MessageKind.CUSTOMER, MessageKind.AGENT, MessageKind.CALL})


@dataclass(frozen=True, kw_only=True)
class ImportedMessage:
    """A line of the thread as it was; `key` makes it one line however often it is imported. `html` is sanitised."""

    key: str
    kind: MessageKind
    channel: Channel
    author_name: str
    author_address: str | None
    agent_id: int | None
    subject: str
    text: str
    quoted_text: str
    html: str
    mail_message_id: str | None
    happened_at: datetime
    files: tuple[IncomingFile, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ImportedTicket:
    """A ticket as it was; `words` are further terms it is found by (its old number, tags)."""

    subject: str
    state: TicketState
    priority: Priority
    channel: Channel
    store_id: int | None
    assignee_id: int | None
    customer_id: int | None
    requester_name: str
    requester_address: str | None
    language: Language
    created_at: datetime
    updated_at: datetime
    solved_at: datetime | None
    words: tuple[str, ...]
    messages: tuple[ImportedMessage, ...]


def import_ticket(given: ImportedTicket, *, now: datetime) -> int:
    """The id of the new ticket. What was solved more than a week ago is closed."""
    said = [each for each in given.messages if each.kind in SAID] or list(given.messages)
    ticket = add_ticket(_opening_of(given, said[0].text), now=given.created_at)
    ticket.preview = preview_of(said[-1].text)
    ticket.updated_at = ticket.list_at = min(max(given.updated_at, given.created_at), now)
    _end(ticket, given, now)
    ticket.search = index_text(_words_of(ticket, given))
    _add_messages(ticket, given.messages, now)
    _add_parties(ticket, given)
    db.session.flush()
    tell_recounted(ticket, now=now)
    return ticket.id


def _opening_of(given: ImportedTicket, text: str) -> Opening:
    source = RouteSource.AGENT if given.store_id else RouteSource.NONE
    return Opening(
        channel=given.channel,
        language=given.language,
        subject=given.subject or text,
        text=text,
        route=Route(given.store_id, source, 1.0 if given.store_id else 0.0),
        customer_id=given.customer_id,
        requester_name=given.requester_name,
        requester_address=given.requester_address,
        priority=given.priority,
        state=given.state,
        assignee_id=given.assignee_id,
        source_kind=TAKEN_OVER,
    )


def _end(ticket: Ticket, given: ImportedTicket, now: datetime) -> None:
    if given.state is not TicketState.SOLVED:
        return
    solved_at = min(given.solved_at or given.updated_at, now)
    ticket.solved_at = ticket.first_solved_at = solved_at
    if now - solved_at >= CLOSES_AFTER:
        ticket.state = TicketState.CLOSED
        ticket.closed_at = min(solved_at + CLOSES_AFTER, now)


def _words_of(ticket: Ticket, given: ImportedTicket) -> list[str]:
    texts = [ticket.number, given.subject, given.requester_name, given.requester_address or "", *given.words]
    left = INDEXED_CHARS
    for message in given.messages:
        texts += [message.text[:left], message.author_name]
        left = max(0, left - len(message.text))
    return texts


def _add_messages(ticket: Ticket, messages: Sequence[ImportedMessage], now: datetime) -> None:
    for given in messages:
        fields: dict[str, Any] = {**vars(given), "happened_at": min(given.happened_at, now)}
        files = fields.pop("files")
        message = make_message(ticket, now=now, **fields, inserted={TAKEN_OVER: True})
        db.session.add(message)
        if files:
            db.session.flush()
            db.session.add_all(TicketAttachment(message_id=message.id, **vars(file)) for file in files)


def _add_parties(ticket: Ticket, given: ImportedTicket) -> None:
    """The requester and whoever else wrote as a customer may go on in the ticket."""
    wrote = {each.author_address.lower(): each.author_name for each in given.messages
             if each.kind is MessageKind.CUSTOMER and each.author_address}  # fmt: skip
    if given.requester_address:
        wrote.setdefault(given.requester_address.lower(), given.requester_name)
    requester = (given.requester_address or "").lower()
    db.session.add_all(
        make_party(ticket.id, address, name, is_requester=address == requester)
        for address, name in wrote.items()
    )
