"""What the page of one ticket shows: thread, composer, what may be done, what can still be taken back."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import get_locale

from hub.blueprints.access import viewer
from hub.blueprints.inbox import words
from hub.blueprints.inbox.answered import answered_ids, answered_words
from hub.blueprints.inbox.chat_words import chat_words
from hub.blueprints.inbox.happenings import names_of
from hub.blueprints.inbox.marks import gather_marks
from hub.blueprints.inbox.routed import routed
from hub.blueprints.inbox.rows import fold_events, thread_lines
from hub.blueprints.inbox.way_words import way_words
from hub.core import clock
from hub.core.words import Channel
from hub.inbox import queries
from hub.inbox.queries import ThreadMessage, TicketView
from hub.inbox.reply_ways import find_way
from hub.inbox.words import MessageKind, TicketState
from hub.outbox import queries as outbox
from hub.outbox.queries import MessageRow
from hub.outbox.words import MessageState


def gather_thread(ticket: TicketView) -> dict[str, Any]:
    """The values of `inbox/ticket.html` besides the ticket itself."""
    now = clock.business_now()
    messages, events = queries.list_thread(ticket.id), queries.list_events(ticket.id)
    sent = outbox.list_messages(
        answered_ids(ticket) | {row.outbound_id for row in messages if row.outbound_id}
    )
    names = names_of(ticket, events)
    reason = names.reasons.get(ticket.reason_id) if ticket.reason_id else None
    part = routed(ticket, names.reasons)
    chat = queries.find_chat(ticket.id) if ticket.channel is Channel.CHAT else None
    is_readable = chat is not None and queries.is_readable(chat, now=now)
    return {
        "now": now,
        "lines": fold_events(
            thread_lines(messages, events, sent, names, {ticket.requester_address: ticket.requester_name})
        ),
        "names": names,
        **gather_marks(ticket, messages, events),
        "due": words.due_words(ticket, now),
        "due_tone": words.due_tone(ticket, now),
        "route": words.route_words(ticket),
        "answered": answered_words(ticket, sent),
        "reason": reason.path(str(get_locale())) if reason else "",
        "has_reason": reason is not None,
        "undo": _undo(messages, sent, now=now),
        **part,
        "is_open": ticket.state not in {TicketState.SOLVED, TicketState.CLOSED},
        "way": way_words(find_way(ticket), is_readable=is_readable),
        "chat": chat_words(ticket, chat, now=now),
        "first_name": _first_name(ticket),
        "key": secrets.token_hex(8),
        "words": words,
    }


def _undo(
    messages: Sequence[ThreadMessage], sent: Mapping[int, MessageRow], *, now: datetime
) -> dict[str, int] | None:
    """The person's own reply that has not left yet, and for how many seconds more."""
    for message in reversed(messages):
        out = sent.get(message.outbound_id) if message.outbound_id else None
        if out is None or message.agent_id != viewer().agent_id or message.kind is not MessageKind.AGENT:
            continue
        seconds = int((out.due_at - now).total_seconds())
        if out.state is MessageState.WAITING and seconds > 0:
            return {"message_id": message.id, "seconds": seconds}
    return None


def _first_name(ticket: TicketView) -> str:
    """What the button calls the customer; "" when only an address is known."""
    name = ticket.requester_name.split()
    return name[0] if name and "@" not in name[0] else ""
