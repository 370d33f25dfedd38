"""Doors for machines: messages, notes and files of all the tickets a key may see, and a note corrected by its author."""

from typing import Any

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from hub.blueprints import api_ticket_shapes as tickets
from hub.blueprints.api import blueprint, check_query, key_rate, page_size, read_body, viewer_of_key
from hub.blueprints.api_delivery_shapes import sent_of
from hub.blueprints.api_tickets import check_may_write, keep_message, keep_note, who
from hub.blueprints.pages import limiter
from hub.core.db import transaction
from hub.core.paging import Page
from hub.inbox import queries
from hub.inbox.actions import amending
from hub.inbox.queries import FoundMessage
from hub.staff.words import ApiScope

WAYS = {
    "list_all_messages": ApiScope.TICKETS_READ,
    "take_message": ApiScope.TICKETS_WRITE,
    "list_all_notes": ApiScope.TICKETS_READ,
    "take_note": ApiScope.TICKETS_WRITE,
    "show_note": ApiScope.TICKETS_READ,
    "change_note": ApiScope.TICKETS_WRITE,
    "list_files": ApiScope.TICKETS_READ,
    "rename_file": ApiScope.TICKETS_WRITE,
}


@blueprint.get("/messages")
@limiter.limit("1200/minute", key_func=key_rate)
def list_all_messages() -> ResponseReturnValue:
    """What was written in the tickets of the key, newest first; `ticket` narrows it to one."""
    page = _page(is_note=False)
    return jsonify(messages=_lines(page.rows), next=page.next_key)


@blueprint.post("/messages")
@limiter.limit("600/minute", key_func=key_rate)
def take_message() -> ResponseReturnValue:
    """As `POST /tickets/{number}/messages`, with the ticket in the body."""
    body = read_body(tickets.TicketMessageBody)
    return keep_message(body.ticket, body)


@blueprint.get("/notes")
@limiter.limit("1200/minute", key_func=key_rate)
def list_all_notes() -> ResponseReturnValue:
    """The notes in the tickets of the key, newest first; `ticket` narrows it to one."""
    page = _page(is_note=True)
    return jsonify(notes=_lines(page.rows), next=page.next_key)


@blueprint.post("/notes")
@limiter.limit("600/minute", key_func=key_rate)
def take_note() -> ResponseReturnValue:
    """As `POST /tickets/{number}/notes`, with the ticket in the body."""
    body = read_body(tickets.TicketNoteBody)
    return keep_note(body.ticket, body)


@blueprint.get("/notes/<int:message_id>")
@limiter.limit("1200/minute", key_func=key_rate)
def show_note(message_id: int) -> ResponseReturnValue:
    return _note(message_id)


@blueprint.patch("/notes/<int:message_id>")
@limiter.limit("600/minute", key_func=key_rate)
def change_note(message_id: int) -> ResponseReturnValue:
    """Other words, by the key that wrote the note or one of the person who did."""
    patch = read_body(tickets.NotePatch)
    check_may_write()
    queries.access_note(message_id, viewer_of_key())
    with transaction():
        amending.change_note(message_id=message_id, text=patch.text, **who())
    return _note(message_id)


@blueprint.get("/attachments")
@limiter.limit("1200/minute", key_func=key_rate)
def list_files() -> ResponseReturnValue:
    """The files in the tickets of the key, newest first; `ticket` narrows it to one."""
    check_query("ticket")
    page = queries.page_attachments(
        viewer_of_key(), ticket_id=_ticket_id(), after=request.args.get("after"), size=page_size()
    )
    return jsonify(attachments=[tickets.file_of(row) for row in page.rows], next=page.next_key)


@blueprint.patch("/attachments/<int:attachment_id>")
@limiter.limit("600/minute", key_func=key_rate)
def rename_file(attachment_id: int) -> ResponseReturnValue:
    """Another name for a file of a note, by who wrote it; what is in a file never changes."""
    patch = read_body(tickets.FilePatch)
    check_may_write()
    queries.access_file(attachment_id, viewer_of_key())
    with transaction():
        amending.rename_file(attachment_id=attachment_id, name=patch.name, **who())
    return jsonify(attachment=tickets.file_of(queries.access_file(attachment_id, viewer_of_key())))


def _page(*, is_note: bool) -> Page[FoundMessage]:
    check_query("ticket")
    return queries.page_messages(
        viewer_of_key(),
        ticket_id=_ticket_id(),
        is_note=is_note,
        after=request.args.get("after"),
        size=page_size(),
    )


def _ticket_id() -> int | None:
    """Raises NotFound for a ticket that the key may not see."""
    number = request.args.get("ticket")
    return queries.access_ticket(number, viewer_of_key()).id if number else None


def _lines(rows: Any) -> list[dict[str, Any]]:
    sent = sent_of([row.line for row in rows])
    return [tickets.message_of(row.line, sent) | {"ticket": row.number} for row in rows]


def _note(message_id: int) -> ResponseReturnValue:
    found = queries.access_note(message_id, viewer_of_key())
    return jsonify(note=tickets.message_of(found.line, {}) | {"ticket": found.number})
