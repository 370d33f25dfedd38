"""Chats: what the widget shows its visitor, what staff sees of the visitor, and whether anybody is there to chat."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from hub.core.db import db
from hub.inbox.chats import MARK, PRESENCE_LASTS, ChatSetup, may_come_back, read_setup
from hub.inbox.models import ChatSession, Presence, Ticket, TicketMessage
from hub.inbox.states import is_open
from hub.inbox.words import MessageKind, PresenceKind
from hub.staff import queries as staff
from hub.stores import queries as stores
from hub.stores.rules import is_open as is_store_open

SHOWN = 200


@dataclass(frozen=True)
class ChatLine:
    """One line as its visitor sees it; `name` is the agent's first name, "" for the visitor's own."""

    id: int
    is_mine: bool
    name: str
    text: str
    at: datetime


@dataclass(frozen=True)
class ChatPage:
    """What the widget shows: new lines, who is writing (a first name or ""), whether the matter is settled."""

    lines: tuple[ChatLine, ...]
    writing: str
    is_settled: bool


@dataclass(frozen=True)
class ChatRow:
    """The visitor as staff sees him or her. `left_at` None: there now. `has_read`: fetched the latest answer."""

    left_at: datetime | None
    is_closed: bool
    page_url: str
    read_message_id: int


def get_setup() -> ChatSetup:
    """What the chain chose."""
    return read_setup(stores.get_chain().settings)


def find_chat(ticket_id: int) -> ChatRow | None:
    """The latest chat of a ticket, None when it has none."""
    found = (
        select(ChatSession.left_at, ChatSession.is_closed, ChatSession.page_url, ChatSession.read_message_id)
        .where(ChatSession.ticket_id == ticket_id)
        .order_by(ChatSession.id.desc())
    )
    row = db.session.execute(found.limit(1)).one_or_none()
    return None if row is None else ChatRow(*row)


def is_readable(chat: ChatRow, *, now: datetime) -> bool:
    """Whether what is answered in the window may still be read there."""
    if chat.left_at is None:
        return True
    return may_come_back(left_at=chat.left_at, is_closed=chat.is_closed, now=now)


def find_chat_page(chat_id: int, *, after_id: int, machine_now: datetime) -> ChatPage | None:
    """The lines of a chat after one of them, oldest first; None when the visitor has ended it.

    Only what was said in this chat: no note, nothing of the tickets it was merged with.
    """
    chat = db.session.execute(
        select(ChatSession.ticket_id, ChatSession.is_closed, Ticket.state)
        .join(Ticket, Ticket.id == ChatSession.ticket_id)
        .where(ChatSession.id == chat_id)
    ).one_or_none()
    if chat is None or chat.is_closed:
        return None
    lines = _list_lines(chat.ticket_id, chat_id, after_id)
    return ChatPage(lines, _who_writes(chat.ticket_id, machine_now), not is_open(chat.state))


def _list_lines(ticket_id: int, chat_id: int, after_id: int) -> tuple[ChatLine, ...]:
    merged = select(Ticket.id).where(Ticket.id == ticket_id).cte(recursive=True)
    merged = merged.union(select(Ticket.id).join(merged, Ticket.merged_into_id == merged.c.id))
    found = (
        select(TicketMessage)
        .where(
            TicketMessage.ticket_id.in_(select(merged.c.id)),
            TicketMessage.kind.in_([MessageKind.CUSTOMER, MessageKind.AGENT]),
            TicketMessage.inserted[MARK].as_integer() == chat_id,
            TicketMessage.id > after_id,
        )
        .order_by(TicketMessage.id.desc())
        .limit(SHOWN)
    )
    return tuple(_line(row) for row in reversed(db.session.scalars(found).all()))


def _line(row: TicketMessage) -> ChatLine:
    is_mine = row.kind is MessageKind.CUSTOMER
    return ChatLine(
        row.id, is_mine, "" if is_mine else _first_name(row.author_name), row.text, row.happened_at
    )


def _who_writes(ticket_id: int, machine_now: datetime) -> str:
    found = select(Presence.agent_id).where(
        Presence.ticket_id == ticket_id,
        Presence.kind == PresenceKind.WRITING,
        Presence.seen_at > machine_now - PRESENCE_LASTS,
    )
    agent_id = db.session.scalar(found.order_by(Presence.seen_at.desc()).limit(1))
    person = staff.get_agents([agent_id]).get(agent_id) if agent_id else None
    return _first_name(person.name) if person else ""


def _first_name(name: str) -> str:
    return name.split(maxsplit=1)[0] if name.split() else ""


def may_chat(store_id: int | None, *, now: datetime, machine_now: datetime) -> bool:
    """Whether a visitor will be answered at once: the store is open, and somebody who may answer is there."""
    if store_id is not None and not is_store_open(stores.get_hours(store_id), now):
        return False
    return staff.is_anybody_there(store_id, machine_now=machine_now)
