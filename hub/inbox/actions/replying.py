"""Public answers of people: a reply the way the customer wrote, and a call that reached the customer."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select

from hub.core import site
from hub.core.actor import Actor
from hub.core.db import db
from hub.core.errors import Conflict, Forbidden, Invalid
from hub.core.facts import record
from hub.core.text import N_
from hub.core.words import Channel
from hub.customers.rules import is_mobile
from hub.inbox.actions import waiting
from hub.inbox.actions.alongside import set_alongside
from hub.inbox.actions.asking_experts import note_expert_answer
from hub.inbox.actions.attaching import move_to_message
from hub.inbox.actions.chat_windows import find_window, keep_for_return, show_in_window
from hub.inbox.actions.events import TICKET, lock_ticket, move_state
from hub.inbox.actions.letters import post_letter
from hub.inbox.actions.noticing import tell_followers
from hub.inbox.actions.opening import add_message, show_message
from hub.inbox.actions.undoing import remember
from hub.inbox.actions.vouchers import fill_code
from hub.inbox.directory import Directory
from hub.inbox.facts import TicketReplied
from hub.inbox.models import Draft, Ticket, TicketMessage
from hub.inbox.reply_ways import ReplyWay, find_way
from hub.inbox.states import next_on_reply
from hub.inbox.threading import make_message_id
from hub.inbox.values import Replied
from hub.inbox.words import TEXTS, MessageKind, TicketState

LONGEST_REPLY = 50_000
FILES_GO_BY = frozenset({Channel.EMAIL, Channel.SOCIAL})


def reply(
    *,
    ticket_id: int,
    text: str,
    by: Actor,
    now: datetime,
    last_event_id: int | None = None,
    is_forced: bool = False,
    undo_seconds: int = 0,
    inserted: dict[str, Any] | None = None,
    key: str | None = None,
    file_ids: Sequence[int] = (),
    ends_draft: bool = True,
) -> Replied:
    """Send a person's answer; it ends the customer's wait and leaves after `undo_seconds`, in a chat at once.

    `file_ids` are files of the person's composer (`keep_files`); a mail or a social network takes them.
    `last_event_id` is what the writer had seen: if somebody answered or the customer wrote since, Conflict says who,
    unless `is_forced`. The same `key` replies once. `ends_draft` unless it was written before. Raises also Invalid,
    NotFound, Forbidden (no person).
    """
    words = _check_words(text, by)
    ticket = lock_ticket(ticket_id)
    if done := _find_done(full_key := f"{TICKET}:{ticket_id}:{key}" if key else None):
        return done
    window = find_window(ticket, now=now)
    way = check_answerable(ticket, has_window=window is not None)
    check_collision(ticket, None if is_forced else last_event_id, by)
    _check_files(way, file_ids)
    words, kept = fill_code(ticket, words, inserted or {}, by=by, now=now)
    message = _write(ticket, words, way, key=full_key, inserted=kept, by=by, now=now)
    if window is not None:
        show_in_window(window, message)
    else:
        due_at = now + timedelta(seconds=undo_seconds)
        message.outbound_id = _post(ticket, message, way.address, file_ids, by=by, due_at=due_at, now=now)
    if ends_draft:
        _end_draft(ticket, by)
    _answered(ticket, message, by=by, now=now)
    return Replied(message.id, message.outbound_id)


def _check_words(text: str, by: Actor) -> str:
    words = check_text(text)
    if not by.is_person:
        raise Forbidden(N_("Only a person can reply. Please bind this key to an agent."))
    return words


def _post(
    ticket: Ticket,
    message: TicketMessage,
    address: str,
    file_ids: Sequence[int],
    *,
    by: Actor,
    due_at: datetime,
    now: datetime,
) -> int:
    files = move_to_message(message, file_ids, by.agent_id)
    if ticket.channel is Channel.CHAT:
        keep_for_return(ticket, message)
    return post_letter(ticket, message, address, files=files, by=by, due_at=due_at, now=now)


def _check_files(way: ReplyWay, file_ids: Sequence[int]) -> None:
    if file_ids and way.channel not in FILES_GO_BY:
        raise Invalid(
            N_(
                "Files go by mail only, or to a social network. Please take them off, or write to a mail address."
            ),
            field="files",
        )


def _write(
    ticket: Ticket,
    words: str,
    way: ReplyWay,
    *,
    key: str | None,
    inserted: dict[str, Any],
    by: Actor,
    now: datetime,
) -> TicketMessage:
    """The line of the thread, flushed, with the Message-ID that the customer's answer will name."""
    message = add_message(
        ticket,
        now=now,
        kind=MessageKind.AGENT,
        channel=way.channel,
        key=key,
        ends_wait=True,
        agent_id=by.agent_id,
        api_key_id=by.api_key_id,
        author_name=by.name,
        subject=ticket.subject,
        text=words,
        inserted={**inserted, **remember(ticket)},
    )
    if way.address:
        domain = site.inbound_domain()
        message.mail_message_id = make_message_id(ticket.id, message.event_id, way.address, domain)
    db.session.flush()
    return message


def log_call(*, ticket_id: int, text: str, has_reached: bool, by: Actor, now: datetime) -> int:
    """Note a call; one that reached the customer ends the wait. Returns the message id."""
    words = check_text(text)
    if not by.is_person:
        raise Forbidden(N_("Only a person can log a call."))
    ticket = lock_ticket(ticket_id)
    message = add_message(
        ticket,
        now=now,
        kind=MessageKind.CALL,
        channel=Channel.PHONE,
        ends_wait=has_reached,
        agent_id=by.agent_id,
        api_key_id=by.api_key_id,
        author_name=by.name,
        text=words,
        inserted={"has_reached": has_reached},
    )
    db.session.flush()
    if has_reached:
        _answered(ticket, message, by=by, now=now)
    else:
        ticket.updated_at = now
    db.session.flush()
    return message.id


def check_text(text: str) -> str:
    """What was written, trimmed. Raises Invalid when it is empty or too long."""
    words = text.replace("\x00", "").strip()
    if not words:
        raise Invalid(N_("Please write something before sending."), field="text")
    if len(words) > LONGEST_REPLY:
        raise Invalid(N_("This text is too long. Please shorten it."), field="text")
    return words


def _find_done(key: str | None) -> Replied | None:
    found = db.session.scalar(select(TicketMessage).where(TicketMessage.key == key)) if key else None
    return Replied(found.id, found.outbound_id) if found else None


def check_answerable(ticket: Ticket, *, has_window: bool = False) -> ReplyWay:
    """Where the reply goes: the window of a chat, or an address. Raises Invalid or Conflict."""
    if ticket.merged_into_id is not None:
        raise Conflict(N_("This ticket was merged. Please reply in the one it was merged into."))
    if ticket.state is TicketState.CLOSED:
        raise Conflict(N_("This ticket is closed. Please open a new contact for the customer."))
    if has_window:
        return ReplyWay(Channel.CHAT, "")
    way = find_way(ticket)
    if not way.is_open:
        raise Invalid(
            N_(
                "No bridge to this social network is set up: nobody would carry the reply. "
                "Please call or write by mail, or ask an administrator to set up the webhook."
            ),
            field="text",
        )
    if way.channel in TEXTS and way.address:
        _check_mobile(way.address)
    if not way.address:
        raise Invalid(
            N_("No mail address is known for this customer. Please call, and log the call."), field="text"
        )
    return way


def _check_mobile(phone: str) -> None:
    """Short codes and the names of senders write to us but receive nothing; nor does a landline."""
    if not is_mobile(phone):
        raise Invalid(
            N_(
                "%(number)s cannot receive a message. Please call or write by mail, and note it on the ticket."
            ),
            field="text",
            number=phone,
        )


def check_collision(ticket: Ticket, last_event_id: int | None, by: Actor) -> None:
    """Raises Conflict when somebody else answered, or the customer wrote, since the writer last looked.

    Without `last_event_id` nothing is asked.
    """
    if last_event_id is None or ticket.last_event_id <= last_event_id:
        return
    since = select(TicketMessage).where(
        TicketMessage.ticket_id == ticket.id,
        TicketMessage.event_id > last_event_id,
        TicketMessage.ends_wait | (TicketMessage.kind == MessageKind.CUSTOMER),
    )
    for row in db.session.scalars(since.order_by(TicketMessage.event_id.desc())):
        if row.kind is MessageKind.CUSTOMER:
            raise Conflict(N_("The customer wrote again while you were writing. Please read it, then send."))
        if row.agent_id != by.agent_id:
            raise Conflict(
                N_(
                    "%(name)s answered while you were writing. Please read it, then send if it is still needed."
                ),
                name=row.author_name,
            )


def _end_draft(ticket: Ticket, by: Actor) -> None:
    same = (Draft.ticket_id == ticket.id, Draft.agent_id == by.agent_id, Draft.kind == MessageKind.AGENT)
    db.session.execute(delete(Draft).where(*same))


def _answered(ticket: Ticket, message: TicketMessage, *, by: Actor, now: datetime) -> None:
    """The wait is over, credited to who answered; then what the reply sets besides."""
    wait_id = waiting.end_wait(ticket, at=now, agent_id=by.agent_id, directory=Directory())
    move_state(ticket, next_on_reply(ticket.state), by=by, now=now)
    ticket.list_at = now
    show_message(ticket, message.text, now=now)
    db.session.flush()
    tell_followers(ticket.id, "replied", by=by, now=now)
    note_expert_answer(ticket, by=by, now=now)
    fact = TicketReplied(
        customer_id=ticket.customer_id,
        ticket_id=ticket.id,
        store_id=ticket.store_id,
        agent_id=by.agent_id,
        wait_id=wait_id,
        message_id=message.id,
    )
    record(fact, now=now)
    set_alongside(ticket, message, by=by, now=now)
