"""What the page of one ticket shows: thread, composer, what may be done, what can still be taken back."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import get_locale

from hub.blueprints.access import viewer
from hub.blueprints.inbox import words
from hub.blueprints.inbox.chat_words import chat_words
from hub.blueprints.inbox.rows import Names, ids_in, thread_lines
from hub.core import clock
from hub.core.words import Channel
from hub.inbox import queries
from hub.inbox.queries import DraftRow, ThreadEvent, ThreadMessage, TicketView
from hub.inbox.words import MessageKind, TicketState
from hub.outbox import queries as outbox
from hub.outbox.queries import MessageRow
from hub.outbox.words import MessageState
from hub.reasons import queries as reasons
from hub.staff import queries as staff
from hub.staff.words import Permission
from hub.stores import queries as stores


def gather_thread(ticket: TicketView) -> dict[str, Any]:
    """The values of `inbox/ticket.html` besides the ticket itself."""
    now, me = clock.business_now(), viewer()
    messages, events = queries.list_thread(ticket.id), queries.list_events(ticket.id)
    sent = outbox.list_messages({row.outbound_id for row in messages if row.outbound_id})
    names = _names(ticket, events)
    reason = names.reasons.get(ticket.reason_id) if ticket.reason_id else None
    may_answer = me.may(Permission.ANSWER_TICKETS)
    chat = queries.find_chat(ticket.id) if ticket.channel is Channel.CHAT else None
    is_readable = chat is not None and queries.is_readable(chat, now=now)
    return {
        "now": now,
        "lines": thread_lines(
            messages, events, sent, names, {ticket.requester_address: ticket.requester_name}
        ),
        "due": words.due_words(ticket, now),
        "due_tone": words.due_tone(ticket, now),
        "route": words.route_words(ticket),
        "reason": reason.path(str(get_locale())) if reason else "",
        "has_reason": reason is not None,
        "undo": _undo(messages, sent, now=now),
        "may_answer": may_answer,
        "is_open": ticket.state not in {TicketState.SOLVED, TicketState.CLOSED},
        "can_mail": bool(ticket.requester_address and "@" in ticket.requester_address) or is_readable,
        "chat": chat_words(ticket, chat, now=now),
        "first_name": _first_name(ticket),
        "key": secrets.token_hex(8),
        "words": words,
        **(_draft(queries.list_drafts(ticket.id, me.agent_id)) if may_answer else {}),
    }


def _names(ticket: TicketView, events: Sequence[ThreadEvent]) -> Names:
    """Reasons are always asked (the head of the page names one); stores and people only when nothing names them yet."""
    people = {event.agent_id: event.agent_name for event in events if event.agent_id}
    if ticket.assignee_id:
        people[ticket.assignee_id] = ticket.assignee_name
    missing = staff.get_agents(ids_in(events, "assignee_id") - people.keys())
    return Names(
        stores=stores.get_stores(ids_in(events, "store_id")),
        people=people | {agent_id: row.name for agent_id, row in missing.items()},
        reasons={row.id: row for row in reasons.list_reasons(active=False)},
    )


def _draft(drafts: Sequence[DraftRow]) -> dict[str, str]:
    """What the person was writing here; a reply comes before a note."""
    texts = {row.kind: row.text for row in drafts}
    if MessageKind.AGENT in texts or MessageKind.NOTE not in texts:
        return {"draft": texts.get(MessageKind.AGENT, ""), "mode": "reply"}
    return {"draft": texts[MessageKind.NOTE], "mode": "note"}


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
