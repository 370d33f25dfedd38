"""What a person has to do with a ticket: its tags, following it, what waits to be sent, what can be taken apart."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import g
from flask_babel import gettext

from hub.blueprints.access import viewer
from hub.blueprints.inbox.later_words import moment_words
from hub.blueprints.inbox.reply_acts import kept_words
from hub.blueprints.inbox.rows import size_words
from hub.inbox import queries
from hub.inbox.queries import ScheduledRow, ThreadEvent, ThreadMessage, TicketView
from hub.inbox.words import MessageKind, TicketState


def gather_marks(
    ticket: TicketView, messages: Sequence[ThreadMessage], events: Sequence[ThreadEvent]
) -> dict[str, Any]:
    """Tags, following, draft and files of the composer; replies that leave later only where there are any."""
    marks = queries.get_marks(ticket.id, viewer())
    g.unread_notices = marks.unread_count
    return {
        "marks": marks,
        "separable": _separable(ticket, messages, events),
        **_draft(marks.drafts),
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
        "is_orphaned": row.is_orphaned,
        "text": row.text,
        "moment": moment_words(row.leave_at),
        "held": gettext(row.held_reason, **row.held_values) if row.is_held else "",
        "file_count": row.file_count,
        "goes_with": kept_words(row.inserted, is_mine=row.agent_id == viewer().agent_id),
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


def _draft(drafts: Mapping[str, Any]) -> dict[str, Any]:
    """What the person was writing here: both texts, and the one that is shown; a reply comes before a note."""
    (reply, inserted), (note, _) = (
        drafts.get(kind, ("", {})) for kind in (MessageKind.AGENT, MessageKind.NOTE)
    )
    is_note = bool(note) and not reply
    shown = {"draft": note if is_note else reply, "mode": "note" if is_note else "reply"}
    return {**shown, "kept_reply": reply, "kept_note": note, "kept_ids": inserted}
