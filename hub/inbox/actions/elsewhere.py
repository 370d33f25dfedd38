"""What other systems do to tickets: open one with the customer's details, add to one, change several fields at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from hub.core import files as shelf
from hub.core.actor import Actor
from hub.core.db import db
from hub.core.errors import Conflict, Forbidden, Invalid, Stale
from hub.core.facts import record
from hub.core.text import N_
from hub.core.words import Channel
from hub.customers.actions import CustomerDetails, resolve_customer
from hub.customers.queries import get_customer
from hub.inbox.actions import changing, ending, finding, tagging, waiting
from hub.inbox.actions.attaching import Upload, keep_files
from hub.inbox.actions.events import lock_ticket, move_state
from hub.inbox.actions.opening import add_message, show_message
from hub.inbox.actions.receiving import receive_into, receive_message
from hub.inbox.actions.replying import reply
from hub.inbox.directory import Directory
from hub.inbox.facts import TicketReplied
from hub.inbox.models import Ticket, TicketAttachment, TicketMessage
from hub.inbox.queries.tagged import get_tag_names
from hub.inbox.states import next_on_reply
from hub.inbox.values import Incoming, IncomingFile, Received
from hub.inbox.words import MessageKind, Priority, TicketState

LONGEST_TEXT = 50_000


@dataclass(frozen=True, kw_only=True)
class TicketChanges:
    """The fields named in `given`, each with its new value; None is nobody, or the central queue."""

    given: frozenset[str] = field(default_factory=frozenset)
    state: TicketState | None = None
    reason_id: int | None = None
    store_id: int | None = None
    assignee_id: int | None = None
    priority: Priority | None = None
    tags: tuple[str, ...] = ()
    may_make_tags: bool = False


def take_ticket(
    incoming: Incoming,
    details: CustomerDetails,
    changes: TicketChanges,
    *,
    by: Actor,
    now: datetime,
    machine_now: datetime,
) -> Received:
    """A contact of a customer with all that is known of him; priority and assignee only of a new ticket.

    Raises Invalid (field email, phone, assignee). Without any address or id of the customer it is Invalid too.
    """
    finding.lock_names([incoming.key])
    twin = finding.find_twin(incoming) if incoming.key else None
    if twin is None:
        customer = get_customer(resolve_customer(details, now=now).customer_id)
        incoming = replace(incoming, from_name=incoming.from_name or customer.name)
    received = receive_message(incoming, now=now, machine_now=machine_now)
    if received.is_new_ticket and received.ticket_id is not None:
        change_ticket(received.ticket_id, changes, seen_event_id=None, by=by, now=now)
    return received


def take_message(ticket_id: int, incoming: Incoming, *, now: datetime, machine_now: datetime) -> Received:
    """What the customer wrote in a ticket that the caller knows; a closed one is followed by a new, linked one."""
    return receive_into(ticket_id, incoming, now=now, machine_now=machine_now)


def change_ticket(
    ticket_id: int, changes: TicketChanges, *, seen_event_id: int | None, by: Actor, now: datetime
) -> None:
    """All changes or none. Raises Stale when the ticket is not any more as the caller saw it; Invalid, Conflict."""
    ticket = lock_ticket(ticket_id)
    if seen_event_id is not None and ticket.last_event_id != seen_event_id:
        raise Stale(N_("This ticket has changed since you read it. Please read it again, then decide."))
    who: dict[str, Any] = {"ticket_id": ticket_id, "by": by, "now": now}
    if "reason" in changes.given:
        changing.change_reason(reason_id=changes.reason_id, **who)
    if "priority" in changes.given and changes.priority is not None:
        changing.change_priority(priority=changes.priority, **who)
    if "store" in changes.given:
        changing.transfer(store_id=changes.store_id, **who)
    if "tags" in changes.given:
        _change_tags(changes, who)
    if "assignee" in changes.given:
        changing.assign(assignee_id=changes.assignee_id, **who)
    if "state" in changes.given and changes.state is not None:
        _change_state(ticket, changes.state, who)


def _change_tags(changes: TicketChanges, who: dict[str, Any]) -> None:
    """The ticket has exactly these afterwards."""
    kept = {tagging.add_tag(name=name, may_make=changes.may_make_tags, **who) for name in changes.tags}
    for tag_id in get_tag_names([who["ticket_id"]]).get(who["ticket_id"], {}).keys() - kept:
        tagging.remove_tag(tag_id=tag_id, **who)


def _change_state(ticket: Ticket, state: TicketState, who: dict[str, Any]) -> None:
    if ticket.state is state:
        return
    if state is TicketState.SOLVED:
        ending.solve(**who)
    elif state is TicketState.PENDING:
        ending.set_pending(**who)
    elif state is TicketState.OPEN and ticket.state is TicketState.SOLVED:
        ending.reopen(**who)
    elif state is TicketState.OPEN and ticket.state is not TicketState.CLOSED:
        move_state(ticket, TicketState.OPEN, by=who["by"], now=who["now"], action="reopened")
        db.session.flush()
    else:
        raise Conflict(
            N_("A ticket cannot be made %(state)s by hand. It closes by itself a week after it was solved."),
            state=state.value,
        )


def note_reply(
    *,
    ticket_id: int,
    text: str,
    by: Actor,
    now: datetime,
    channel: Channel | None = None,
    attachments: Sequence[IncomingFile] = (),
    key: str | None = None,
) -> int:
    """A person's public answer that another system has delivered: nothing leaves here, the wait ends; once a `key`."""
    words = check_text(text)
    if not by.is_person:
        raise Forbidden(N_("Only a person can reply. Please bind this key to an agent."))
    ticket = lock_ticket(ticket_id)
    full_key = f"ticket:{ticket_id}:{key}" if key else None
    done = find_by_key(full_key)
    if done is not None:
        return done
    if ticket.state is TicketState.CLOSED:
        raise Conflict(N_("This ticket is closed. Please open a new contact for the customer."))
    message = add_message(
        ticket,
        now=now,
        kind=MessageKind.AGENT,
        channel=channel or ticket.channel,
        key=full_key,
        ends_wait=True,
        agent_id=by.agent_id,
        api_key_id=by.api_key_id,
        author_name=by.name,
        subject=ticket.subject,
        text=words,
        inserted={"is_elsewhere": True},
    )
    db.session.flush()
    attach(message.id, attachments)
    _end_waiting(ticket, message, by=by, now=now)
    return message.id


def _end_waiting(ticket: Ticket, message: TicketMessage, *, by: Actor, now: datetime) -> None:
    wait_id = waiting.end_wait(ticket, at=now, agent_id=by.agent_id, directory=Directory())
    move_state(ticket, next_on_reply(ticket.state), by=by, now=now)
    ticket.list_at = now
    show_message(ticket, message.text, now=now)
    db.session.flush()
    fact = TicketReplied(
        customer_id=ticket.customer_id,
        ticket_id=ticket.id,
        store_id=ticket.store_id,
        agent_id=by.agent_id,
        wait_id=wait_id,
        message_id=message.id,
    )
    record(fact, now=now)


def add_note_once(
    *,
    ticket_id: int,
    text: str,
    by: Actor,
    now: datetime,
    attachments: Sequence[IncomingFile] = (),
    key: str | None = None,
) -> int:
    """A note with its files; the same `key` is noted once. Returns the message id."""
    words = check_text(text)
    lock_ticket(ticket_id)
    full_key = f"ticket:{ticket_id}:{key}" if key else None
    done = find_by_key(full_key)
    if done is not None:
        return done
    message_id = changing.add_note(ticket_id=ticket_id, text=words, by=by, now=now)
    if full_key:
        db.session.get_one(TicketMessage, message_id).key = full_key
    attach(message_id, attachments)
    db.session.flush()
    return message_id


def attach(message_id: int, files: Sequence[IncomingFile]) -> None:
    """The files of a message that is flushed."""
    db.session.add_all(TicketAttachment(message_id=message_id, **vars(file)) for file in files)


def check_text(text: str) -> str:
    """The text without what cannot be kept. Raises Invalid (field text)."""
    words = text.replace("\x00", "").strip()
    if not words:
        raise Invalid(N_("Please write something before sending."), field="text")
    if len(words) > LONGEST_TEXT:
        raise Invalid(N_("This text is too long. Please shorten it."), field="text")
    return words


def find_by_key(key: str | None) -> int | None:
    return db.session.scalar(select(TicketMessage.id).where(TicketMessage.key == key)) if key else None


def reply_with_files(
    *,
    ticket_id: int,
    text: str,
    attachments: Sequence[IncomingFile],
    seen_event_id: int | None,
    by: Actor,
    now: datetime,
    key: str | None,
) -> int:
    """As `reply`, with files of the shelf; leaves at once. Returns the message id."""
    uploads = [Upload(file.name, shelf.read(file.sha256)) for file in attachments]
    is_new = find_by_key(f"ticket:{ticket_id}:{key}" if key else None) is None
    return reply(
        ticket_id=ticket_id,
        text=text,
        file_ids=keep_files(ticket_id=ticket_id, uploads=uploads, by=by, now=now) if is_new else (),
        last_event_id=seen_event_id,
        by=by,
        now=now,
        key=key,
    ).message_id
