"""What a visitor does in the chat widget: writes, reads, leaves. The chat is a ticket from its first message."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from hub.core.actor import CUSTOMER
from hub.core.db import db
from hub.core.errors import Invalid, NotFound
from hub.core.text import N_
from hub.core.words import Channel, Language
from hub.customers.rules import normalise_mail
from hub.inbox.actions.chat_leaving import NO_CHAT, end_of, see_off
from hub.inbox.actions.events import note_ticket
from hub.inbox.actions.receiving import receive_message
from hub.inbox.chats import (
    GONE_AFTER,
    LEAVING_AFTER,
    LONGEST_LINE,
    LONGEST_NAME,
    LONGEST_URL,
    MARK,
    clean_line,
)
from hub.inbox.models import ChatSession, Ticket, TicketMessage
from hub.inbox.values import Incoming, Received


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """Who opens a chat, and where. Name and mail address are as typed, and may be "". `origin` is the site."""

    language: Language
    name: str = ""
    email: str = ""
    page_url: str = ""
    origin: str = ""
    store_id: int | None = None


@dataclass(frozen=True)
class Said:
    """Where the line stands now: the chat, and its id in the thread."""

    chat_id: int
    message_id: int


def open_chat(*, text: str, visitor: Visitor, key: str, now: datetime, machine_now: datetime) -> Said:
    """The first message opens the ticket, in the store of the widget or of the page. The same `key` opens once.

    Raises Invalid (field text or email).
    """
    incoming = Incoming(
        channel=Channel.CHAT,
        from_address=_check_mail(visitor.email),
        from_name=clean_line(visitor.name, LONGEST_NAME),
        text=_check_line(text),
        language=visitor.language,
        store_id=visitor.store_id,
        key=_key(key),
    )
    received = receive_message(incoming, now=now, machine_now=machine_now)
    message = _message_of(received)
    if MARK in message.inserted:
        return Said(int(message.inserted[MARK]), message.id)
    chat = ChatSession(
        ticket_id=message.ticket_id,
        page_url=visitor.page_url[:LONGEST_URL],
        origin=visitor.origin[:LONGEST_URL],
        started_at=now,
        seen_at=machine_now,
        gone_at=machine_now + GONE_AFTER,
        left_at=None,
        is_closed=False,
        read_message_id=message.id,
    )
    db.session.add(chat)
    db.session.flush()
    return _mark(chat, message)


def say(*, chat_id: int, text: str, key: str, now: datetime, machine_now: datetime) -> Said:
    """Another line of the visitor. Where the ticket was closed meanwhile, a new linked one goes on with the chat.

    Raises Invalid (field text), NotFound when the visitor has ended the chat.
    """
    words = _check_line(text)
    chat = _lock(chat_id)
    _welcome_back(chat, now=now, machine_now=machine_now)
    ticket = end_of(chat)
    address = ticket.requester_address or ""
    incoming = Incoming(
        channel=Channel.CHAT,
        from_address=address if "@" in address else "",
        from_name=ticket.requester_name,
        text=words,
        language=ticket.language,
        store_id=ticket.store_id,
        ticket_id=ticket.id,
        key=_key(f"{chat.id}:{key}"),
    )
    message = _message_of(receive_message(incoming, now=now, machine_now=machine_now))
    chat.ticket_id = message.ticket_id
    return _mark(chat, message)


def leave_note(*, text: str, visitor: Visitor, key: str, now: datetime, machine_now: datetime) -> Received:
    """Nobody was there: the message is answered by mail, as one of the contact form. Raises Invalid."""
    address = _check_mail(visitor.email)
    if not address:
        raise Invalid(N_("Please give a mail address: the answer goes there."), field="email")
    incoming = Incoming(
        channel=Channel.FORM,
        from_address=address,
        from_name=clean_line(visitor.name, LONGEST_NAME),
        text=_check_line(text),
        language=visitor.language,
        store_id=visitor.store_id,
        key=_key(key),
    )
    return receive_message(incoming, now=now, machine_now=machine_now)


def note_visitor(*, chat_id: int, read_message_id: int, now: datetime, machine_now: datetime) -> None:
    """The widget is open and has fetched everything up to this line. Raises NotFound when the chat was ended."""
    chat = _lock(chat_id)
    _welcome_back(chat, now=now, machine_now=machine_now)
    chat.read_message_id = max(chat.read_message_id, read_message_id)
    merged = select(Ticket.merged_into_id).where(Ticket.id == chat.ticket_id)
    if db.session.scalar(merged) is not None:
        chat.ticket_id = end_of(chat).id
    db.session.flush()


def leave_chat(
    *, chat_id: int, is_closed: bool, read_message_id: int = 0, now: datetime, machine_now: datetime
) -> None:
    """The visitor ends the chat; or the page goes, which may be one of the shop's making room for the next.

    Raises NotFound when it was ended before.
    """
    chat = _lock(chat_id)
    chat.read_message_id = max(chat.read_message_id, read_message_id)
    if is_closed:
        see_off(chat, is_closed=True, now=now)
    elif chat.left_at is None:
        chat.gone_at = min(chat.gone_at, machine_now + LEAVING_AFTER)
    db.session.flush()


def _welcome_back(chat: ChatSession, *, now: datetime, machine_now: datetime) -> None:
    if chat.left_at is not None:
        chat.left_at = None
        note_ticket("visitor_returned", end_of(chat), by=CUSTOMER, now=now)
    chat.seen_at = machine_now
    chat.gone_at = machine_now + GONE_AFTER


def _lock(chat_id: int) -> ChatSession:
    found = select(ChatSession).where(ChatSession.id == chat_id).with_for_update()
    chat = db.session.scalar(found.execution_options(populate_existing=True))
    if chat is None or chat.is_closed:
        raise NotFound(NO_CHAT)
    return chat


def _message_of(received: Received) -> TicketMessage:
    return db.session.get_one(TicketMessage, received.message_id)


def _mark(chat: ChatSession, message: TicketMessage) -> Said:
    message.inserted = {**message.inserted, MARK: chat.id}
    db.session.flush()
    return Said(chat.id, message.id)


def _check_line(text: str) -> str:
    words = text.replace("\x00", "").strip()
    if not words:
        raise Invalid(N_("Please write something before sending."), field="text")
    if len(words) > LONGEST_LINE:
        raise Invalid(N_("This text is too long. Please shorten it."), field="text")
    return words


def _check_mail(text: str) -> str:
    return normalise_mail(text) if text.strip() else ""


def _key(key: str) -> str:
    return f"chat:{key}"
