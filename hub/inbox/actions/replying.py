"""Public answers of people: a reply by mail, and a call that reached the customer."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select

from hub.content.phrases import begins_with_greeting, moment_in_words
from hub.core import site
from hub.core.actor import Actor
from hub.core.db import db
from hub.core.errors import Conflict, Forbidden, Invalid
from hub.core.facts import record
from hub.core.text import N_
from hub.core.words import Channel, Purpose
from hub.customers.rules import is_mobile
from hub.inbox.actions import waiting
from hub.inbox.actions.events import TICKET, lock_ticket
from hub.inbox.actions.opening import add_message, show_message
from hub.inbox.actions.undoing import remember
from hub.inbox.directory import Directory
from hub.inbox.facts import TicketReplied
from hub.inbox.models import Draft, Ticket, TicketMessage
from hub.inbox.states import next_on_reply
from hub.inbox.threading import make_message_id, make_reply_address
from hub.inbox.values import Replied
from hub.inbox.words import TEXTS, MessageKind, TicketState
from hub.outbox import actions as outbox

TEMPLATE = "reply"
QUOTE_CHARS = 5000
LONGEST_REPLY = 50_000
MAX_REFERENCES = 20


def reply(
    *,
    ticket_id: int,
    text: str,
    by: Actor,
    now: datetime,
    machine_now: datetime | None = None,
    last_event_id: int | None = None,
    is_forced: bool = False,
    undo_seconds: int = 0,
    inserted: dict[str, Any] | None = None,
    key: str | None = None,
) -> Replied:
    """Send a person's answer; it ends the customer's wait and leaves after `undo_seconds`.

    `last_event_id` is what the writer had seen: if somebody answered or the customer wrote since, Conflict says who,
    unless `is_forced`. The same `key` replies once. Raises Forbidden (no person), Invalid, NotFound, Conflict.
    """
    del machine_now  # the undo window runs on the outbox's business time; kept in the signature for doors
    words = _check_text(text)
    if not by.is_person:
        raise Forbidden(N_("Only a person can reply. Please bind this key to an agent."))
    ticket = lock_ticket(ticket_id)
    full_key = f"{TICKET}:{ticket_id}:{key}" if key else None
    done = _find_done(full_key)
    if done is not None:
        return done
    address = _check_answerable(ticket)
    if last_event_id is not None and not is_forced:
        _check_collision(ticket, last_event_id, by)
    message = _write(ticket, words, address, key=full_key, inserted=inserted or {}, by=by, now=now)
    message.outbound_id = _post(
        ticket, message, address, by=by, due_at=now + timedelta(seconds=undo_seconds), now=now
    )
    _answered(ticket, message, by=by, now=now)
    return Replied(message.id, message.outbound_id)


def _write(
    ticket: Ticket,
    words: str,
    address: str,
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
        channel=reply_channel(ticket),
        key=key,
        ends_wait=True,
        agent_id=by.agent_id,
        api_key_id=by.api_key_id,
        author_name=by.name,
        subject=ticket.subject,
        text=words,
        inserted={**inserted, **remember(ticket)},
    )
    message.mail_message_id = make_message_id(ticket.id, message.event_id, address, site.inbound_domain())
    db.session.flush()
    return message


def log_call(*, ticket_id: int, text: str, has_reached: bool, by: Actor, now: datetime) -> int:
    """Note a call; one that reached the customer ends the wait. Returns the message id."""
    words = _check_text(text)
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


def _check_text(text: str) -> str:
    words = text.replace("\x00", "").strip()
    if not words:
        raise Invalid(N_("Please write something before sending."), field="text")
    if len(words) > LONGEST_REPLY:
        raise Invalid(N_("This text is too long. Please shorten it."), field="text")
    return words


def _find_done(key: str | None) -> Replied | None:
    found = db.session.scalar(select(TicketMessage).where(TicketMessage.key == key)) if key else None
    return Replied(found.id, found.outbound_id) if found and found.outbound_id else None


def _check_answerable(ticket: Ticket) -> str:
    """The address the reply goes to."""
    if ticket.merged_into_id is not None:
        raise Conflict(N_("This ticket was merged. Please reply in the one it was merged into."))
    if ticket.state is TicketState.CLOSED:
        raise Conflict(N_("This ticket is closed. Please open a new contact for the customer."))
    if ticket.requester_address and reply_channel(ticket) in TEXTS:
        return _check_mobile(ticket.requester_address)
    if not ticket.requester_address or "@" not in ticket.requester_address:
        raise Invalid(
            N_("No mail address is known for this customer. Please call, and log the call."), field="text"
        )
    return ticket.requester_address


def _check_mobile(phone: str) -> str:
    """Short codes and the names of senders write to us but receive nothing; nor does a landline."""
    if not is_mobile(phone):
        raise Invalid(
            N_(
                "%(number)s cannot receive a message. Please call or write by mail, and note it on the ticket."
            ),
            field="text",
            number=phone,
        )
    return phone


def reply_channel(ticket: Ticket) -> Channel:
    """Who wrote by SMS or WhatsApp is answered there; everybody else by mail."""
    is_phone = "@" not in (ticket.requester_address or "")
    return ticket.channel if ticket.channel in TEXTS and is_phone else Channel.EMAIL


def _check_collision(ticket: Ticket, last_event_id: int, by: Actor) -> None:
    """Somebody else answered, or the customer wrote, since the writer last looked."""
    if ticket.last_event_id <= last_event_id:
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


def _post(
    ticket: Ticket, message: TicketMessage, address: str, *, by: Actor, due_at: datetime, now: datetime
) -> int:
    asked = _latest_customer_message(ticket.id)
    values = {
        "subject": _reply_subject(ticket.subject),
        "reply_text": message.text,
        "agent_name": by.name,
        "ticket_number": ticket.number,
        **_quote(ticket, asked),
    }
    if begins_with_greeting(message.text):
        values["salutation"] = ""
    posted = outbox.post(
        key=f"{TICKET}:{ticket.id}:reply:{message.event_id}",
        template_key=TEMPLATE,
        values=values,
        purpose=Purpose.REPLY,
        channel=reply_channel(ticket),
        language=ticket.language,
        customer_id=ticket.customer_id,
        recipient=address,
        recipient_name=ticket.requester_name,
        store_id=ticket.store_id,
        agent_id=by.agent_id,
        reply_to=make_reply_address(ticket.id, address, site.inbound_domain()),
        message_id=message.mail_message_id,
        headers=_thread_headers(ticket.id, message.id),
        source_kind=TICKET,
        source_id=ticket.id,
        due_at=due_at,
        now=now,
    )
    return posted.message_id_row


def _answered(ticket: Ticket, message: TicketMessage, *, by: Actor, now: datetime) -> None:
    """The wait is over, credited to who answered; drafts of the reply are done with."""
    wait_id = waiting.end_wait(ticket, at=now, agent_id=by.agent_id, directory=Directory())
    ticket.state = next_on_reply(ticket.state)
    ticket.list_at = now
    show_message(ticket, message.text, now=now)
    db.session.execute(
        delete(Draft).where(
            Draft.ticket_id == ticket.id, Draft.agent_id == by.agent_id, Draft.kind == MessageKind.AGENT
        )
    )
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


def _latest_customer_message(ticket_id: int) -> TicketMessage | None:
    return db.session.scalar(
        select(TicketMessage)
        .where(TicketMessage.ticket_id == ticket_id, TicketMessage.kind == MessageKind.CUSTOMER)
        .order_by(TicketMessage.event_id.desc())
        .limit(1)
    )


def _quote(ticket: Ticket, asked: TicketMessage | None) -> dict[str, str]:
    """The customer's latest message under the answer; a survey answer is not quoted as a mail."""
    if asked is None or not asked.text or asked.channel is Channel.SURVEY:
        return {}
    place = Directory()
    store = place.stores.get(ticket.store_id) if ticket.store_id else None
    zone = ZoneInfo(store.time_zone if store else place.chain.time_zone)
    day = moment_in_words(asked.happened_at.astimezone(zone), ticket.language)
    return {"quoted_text": asked.text[:QUOTE_CHARS], "quoted_day": day}


def _thread_headers(ticket_id: int, but_id: int) -> dict[str, str]:
    """In-Reply-To and References, so that the customer's mail program shows one conversation."""
    found = (
        select(TicketMessage.mail_message_id)
        .where(
            TicketMessage.ticket_id == ticket_id,
            TicketMessage.mail_message_id.is_not(None),
            TicketMessage.id != but_id,
            TicketMessage.kind.in_([MessageKind.CUSTOMER, MessageKind.AGENT]),
        )
        .order_by(TicketMessage.event_id.desc())
        .limit(MAX_REFERENCES)
    )
    ids = [each for each in reversed(db.session.scalars(found).all()) if each and " " not in each]
    return {"In-Reply-To": ids[-1], "References": " ".join(ids)} if ids else {}


def _reply_subject(subject: str) -> str:
    bare = subject.strip()
    return bare if bare.lower().startswith("re:") else f"Re: {bare}"
