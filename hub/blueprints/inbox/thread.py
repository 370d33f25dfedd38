"""What the page of one ticket shows: thread, composer, what may be done, what can still be taken back."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import get_locale, gettext

from hub.blueprints.access import viewer
from hub.blueprints.inbox import words
from hub.blueprints.inbox.answered import answered_ids, answered_words
from hub.blueprints.inbox.chat_words import chat_words
from hub.blueprints.inbox.happenings import names_of
from hub.blueprints.inbox.later_words import moment_words
from hub.blueprints.inbox.routed import routed
from hub.blueprints.inbox.rows import fold_events, size_words, thread_lines
from hub.core import clock
from hub.core.words import Channel
from hub.inbox import queries
from hub.inbox.queries import DraftRow, ScheduledRow, ThreadEvent, ThreadMessage, TicketView
from hub.inbox.words import MessageKind, TicketState
from hub.outbox import queries as outbox
from hub.outbox.queries import MessageRow
from hub.outbox.words import MessageState


def gather_thread(ticket: TicketView) -> dict[str, Any]:
    """The values of `inbox/ticket.html` besides the ticket itself."""
    now, me = clock.business_now(), viewer()
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
        "separable": _separable(ticket, messages, events),
        **_marks(ticket),
        "due": words.due_words(ticket, now),
        "due_tone": words.due_tone(ticket, now),
        "route": words.route_words(ticket),
        "answered": answered_words(ticket, sent),
        "reason": reason.path(str(get_locale())) if reason else "",
        "has_reason": reason is not None,
        "undo": _undo(messages, sent, now=now),
        **part,
        "is_open": ticket.state not in {TicketState.SOLVED, TicketState.CLOSED},
        "can_mail": bool(ticket.requester_address and "@" in ticket.requester_address) or is_readable,
        "chat": chat_words(ticket, chat, now=now),
        "first_name": _first_name(ticket),
        "key": secrets.token_hex(8),
        "words": words,
        **(_draft(queries.list_drafts(ticket.id, me.agent_id)) if part["may_answer"] else {}),
    }


def _marks(ticket: TicketView) -> dict[str, Any]:
    """Tags, following, files of the composer, and replies that leave later: asked for only where there are any."""
    marks = queries.get_marks(ticket.id, viewer().agent_id)
    return {
        "marks": marks,
        "files": [
            {"id": row.id, "name": row.name, "size": size_words(row.size_bytes)} for row in marks.files
        ],
        "scheduled": [_scheduled(row) for row in queries.list_scheduled(ticket.id)]
        if marks.scheduled_count
        else [],
        "snoozed": moment_words(ticket.snoozed_until) if ticket.snoozed_until else "",
    }


def _scheduled(row: ScheduledRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.agent_name,
        "is_mine": row.agent_id == viewer().agent_id,
        "text": row.text,
        "moment": moment_words(row.leave_at),
        "held": gettext(row.held_reason, **row.held_values) if row.is_held else "",
        "file_count": row.file_count,
    }


def _separable(
    ticket: TicketView, messages: Sequence[ThreadMessage], events: Sequence[ThreadEvent]
) -> list[str]:
    """Numbers of tickets merged into this one that can still be taken out: nobody has answered here since."""
    joined: dict[int, tuple[str, int]] = {}
    for event in events:
        if event.action == "took_over" and event.data.get("from_number"):
            joined[event.data["from_id"]] = (event.data["from_number"], event.event_id)
        elif event.action == "gave_back":
            joined.pop(event.data["into_id"], None)
    answered = max(
        (row.event_id for row in messages if row.ends_wait and row.ticket_id == ticket.id), default=0
    )
    is_closed = ticket.state is TicketState.CLOSED
    return [number for number, event_id in joined.values() if event_id > answered and not is_closed]


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
