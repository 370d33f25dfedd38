"""Visitors of the chat who are gone: noticed, said in the thread, and what they did not read leaves by mail."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import ColumnElement, select

from hub.core import clock, site
from hub.core.actor import CUSTOMER, Actor
from hub.core.apart import do_each, is_free
from hub.core.db import db, transaction
from hub.core.errors import NotFound
from hub.core.text import N_
from hub.core.words import ActorKind
from hub.inbox.actions.events import find_end, lock_end, note_ticket
from hub.inbox.actions.letters import post_letter
from hub.inbox.chats import MARK
from hub.inbox.models import ChatSession, Ticket, TicketMessage
from hub.inbox.threading import make_message_id
from hub.inbox.words import MessageKind

BATCH = 100
KIND = "chats"
NO_CHAT = N_("This chat is over. Please begin a new one.")


def see_off(chat: ChatSession, *, is_closed: bool, now: datetime) -> None:
    """The visitor is gone: said in the thread, and what he or she has not read leaves by mail."""
    was_here = chat.left_at is None
    chat.left_at, chat.is_closed = now, is_closed
    ticket = end_of(chat)
    chat.ticket_id = ticket.id
    if was_here or is_closed:
        note_ticket("visitor_closed" if is_closed else "visitor_left", ticket, by=CUSTOMER, now=now)
    mail_unread(chat, ticket, now=now)
    db.session.flush()


def end_of(chat: ChatSession) -> Ticket:
    """The ticket of the chat, or the one it was merged into; locked. Raises NotFound."""
    ticket = lock_end(chat.ticket_id)
    if ticket is None:
        raise NotFound(NO_CHAT)
    return ticket


def mail_unread(chat: ChatSession, ticket: Ticket, *, now: datetime) -> int:
    """What was answered in the window and never fetched there goes to the visitor's address. Returns how many."""
    address = ticket.requester_address or ""
    if "@" not in address:
        return 0
    found = select(TicketMessage).where(
        TicketMessage.ticket_id == ticket.id,
        TicketMessage.kind == MessageKind.AGENT,
        TicketMessage.outbound_id.is_(None),
        TicketMessage.id > chat.read_message_id,
        TicketMessage.inserted[MARK].as_integer() == chat.id,
    )
    rows = db.session.scalars(found.order_by(TicketMessage.id)).all()
    for message in rows:
        by = Actor(ActorKind.AGENT, agent_id=message.agent_id, name=message.author_name)
        message.mail_message_id = make_message_id(ticket.id, message.event_id, address, site.inbound_domain())
        message.outbound_id = post_letter(ticket, message, address, files=(), by=by, due_at=now, now=now)
    return len(rows)


def work_chats(wake: Callable[[], None]) -> int:
    """See off the visitors of whom nothing was heard for too long (machine time)."""
    now, machine_now = clock.business_now(), clock.machine_now()
    with transaction():
        found = select(ChatSession).where(_is_gone(machine_now))
        found = found.order_by(ChatSession.gone_at).limit(BATCH).with_for_update(skip_locked=True)
        gone = db.session.scalars(found).all()
        if len(gone) == BATCH:
            wake()
        do_each(
            KIND,
            sorted(gone, key=lambda chat: (find_end(chat.ticket_id) or 0, chat.id)),
            lambda chat: see_off(chat, is_closed=False, now=now),
            id_of=lambda chat: chat.id,
            machine_now=machine_now,
        )
    return len(gone)


def has_due() -> bool:
    found = select(ChatSession.id).where(_is_gone(clock.machine_now()))
    return db.session.scalar(found.limit(1)) is not None


def _is_gone(machine_now: datetime) -> ColumnElement[bool]:
    free = is_free(KIND, ChatSession.id, machine_now=machine_now)
    return ChatSession.left_at.is_(None) & (ChatSession.gone_at < machine_now) & free
