"""The letter of a reply: whom it goes to, what it quotes, the thread it belongs to, its files and its copies."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select

from hub.content.phrases import begins_with_greeting, moment_in_words
from hub.core import site
from hub.core.actor import Actor
from hub.core.db import db
from hub.core.words import Channel, Purpose
from hub.inbox.actions.events import TICKET
from hub.inbox.directory import Directory
from hub.inbox.models import Ticket, TicketMessage, TicketParty
from hub.inbox.own_links import own_page_url
from hub.inbox.threading import make_message_id, make_reply_address
from hub.inbox.words import MessageKind
from hub.outbox import actions as outbox

TEMPLATE = "reply"
PAGE = "page_url"
QUOTE_CHARS = 5000
MAX_REFERENCES = 20
COPIES = "copies"


def _channel_of(message: TicketMessage) -> Channel:
    """What was said in the window of a chat and never read there follows by mail."""
    return Channel.EMAIL if message.channel is Channel.CHAT else message.channel


def post_letter(
    ticket: Ticket,
    message: TicketMessage,
    address: str,
    *,
    files: Sequence[dict[str, Any]],
    by: Actor,
    due_at: datetime,
    now: datetime,
) -> int:
    """Hand the reply to the door out, and a copy to each party that gets one; returns its outbound id.

    The ids of the copies are kept with the message: undoing takes them back too.
    """
    domain = site.inbound_domain()
    letter = outbox.Draft(
        key=f"{TICKET}:{ticket.id}:reply:{message.event_id}",
        template_key=TEMPLATE,
        values=_values(ticket, message, by, address),
        purpose=Purpose.REPLY,
        channel=_channel_of(message),
        language=ticket.language,
        customer_id=ticket.customer_id,
        recipient=address,
        recipient_name=ticket.requester_name,
        store_id=ticket.store_id,
        agent_id=by.agent_id,
        reply_to=make_reply_address(ticket.id, address, domain),
        message_id=message.mail_message_id,
        headers=_thread_headers(ticket.id, message.id),
        attachments=files,
        source_kind=TICKET,
        source_id=ticket.id,
        due_at=due_at,
    )
    copies = [_copy(letter, ticket, message, party) for party in _copied(ticket, message, address)]
    first, *others = outbox.post_many([letter, *copies], now=now)
    if others:
        message.inserted = {**message.inserted, COPIES: [posted.message_id_row for posted in others]}
    return first.message_id_row


def _copy(letter: outbox.Draft, ticket: Ticket, message: TicketMessage, party: TicketParty) -> outbox.Draft:
    """The same letter for somebody who gets a copy: answers by an own address, no link to the customer's page."""
    domain = site.inbound_domain()
    return replace(
        letter,
        key=f"{letter.key}:copy:{party.id}",
        customer_id=None,
        recipient=party.address,
        recipient_name=party.name,
        values={**letter.values, PAGE: ""},
        reply_to=make_reply_address(ticket.id, party.address, domain),
        message_id=make_message_id(ticket.id, message.event_id, party.address, domain),
    )


def _copied(ticket: Ticket, message: TicketMessage, address: str) -> list[TicketParty]:
    """Mail alone has copies."""
    if _channel_of(message) is not Channel.EMAIL:
        return []
    found = select(TicketParty).where(
        TicketParty.ticket_id == ticket.id, TicketParty.is_cc, TicketParty.address != address.lower()
    )
    return list(db.session.scalars(found.order_by(TicketParty.id)))


def _values(ticket: Ticket, message: TicketMessage, by: Actor, address: str) -> dict[str, str]:
    """The own page is for the customer alone: a copy carries no link to it."""
    values = {
        "subject": _reply_subject(ticket.subject),
        "reply_text": message.text,
        "agent_name": by.name,
        "ticket_number": ticket.number,
        PAGE: own_page_url(ticket.id, address) if "@" in address else "",
        **_quote(ticket, _latest_message_by(address, ticket.id)),
    }
    if begins_with_greeting(message.text):
        values["salutation"] = ""
    return values


def _latest_message_by(address: str, ticket_id: int) -> TicketMessage | None:
    """What the receiver of the letter wrote last: nobody else's words are quoted to him."""
    author = TicketMessage.author_address
    return db.session.scalar(
        select(TicketMessage)
        .where(
            TicketMessage.ticket_id == ticket_id,
            TicketMessage.kind == MessageKind.CUSTOMER,
            TicketMessage.is_stranger.is_(False),
            or_(author.is_(None), func.lower(author) == address.lower()),
        )
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
