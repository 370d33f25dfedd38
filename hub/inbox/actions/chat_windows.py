"""The visitor's window as the staff's acts see it: whether an answer can be read there, and showing it."""

from datetime import datetime

from sqlalchemy import select

from hub.core import live
from hub.core.db import db, tell_after_commit
from hub.core.live import News, NewsKind
from hub.inbox.chats import MARK, may_come_back
from hub.inbox.models import ChatSession, Ticket, TicketMessage


def find_window(ticket: Ticket, *, now: datetime) -> ChatSession | None:
    """The chat in which the customer will read an answer; None when it must go another way.

    Who is there reads it at once. Who left reads it by mail if an address is known, else when he or she comes back.
    """
    found = select(ChatSession).where(ChatSession.ticket_id == ticket.id).order_by(ChatSession.id.desc())
    chat = db.session.scalar(found.limit(1))
    if chat is None or chat.left_at is None:
        return chat
    if "@" in (ticket.requester_address or ""):
        return None
    is_expected = may_come_back(left_at=chat.left_at, is_closed=chat.is_closed, now=now)
    return chat if is_expected else None


def show_in_window(chat: ChatSession, message: TicketMessage) -> None:
    """The line belongs to the chat from now on; the widget is told once it is committed."""
    message.inserted = {**message.inserted, MARK: chat.id}
    tell_visitor(chat.id)


def keep_for_return(ticket: Ticket, message: TicketMessage) -> None:
    """What leaves by mail is also shown in the window, should its visitor come back."""
    found = select(ChatSession.id).where(ChatSession.ticket_id == ticket.id, ChatSession.is_closed.is_(False))
    chat_id = db.session.scalar(found.order_by(ChatSession.id.desc()).limit(1))
    if chat_id is not None:
        message.inserted = {**message.inserted, MARK: chat_id}


def tell_visitor(chat_id: int) -> None:
    tell_after_commit(News(NewsKind.LINE, (live.chat_topic(chat_id),)))


def tell_visitors_of(ticket_id: int) -> None:
    """Something the widget shows has changed: the state, or who is writing."""
    found = select(ChatSession.id).where(ChatSession.ticket_id == ticket_id, ChatSession.left_at.is_(None))
    for chat_id in db.session.scalars(found):
        tell_visitor(chat_id)
