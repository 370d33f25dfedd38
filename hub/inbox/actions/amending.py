"""What an author changes of what was written: other words for a note, another name for a file; what it was stays readable."""

from datetime import datetime
from typing import Any

from hub.core.actor import Actor
from hub.core.db import db
from hub.core.errors import Forbidden
from hub.core.text import N_
from hub.inbox.actions.attaching import clean_name
from hub.inbox.actions.elsewhere import check_text
from hub.inbox.actions.events import lock_ticket, note_ticket
from hub.inbox.indexing import grown_index
from hub.inbox.models import Ticket, TicketAttachment, TicketMessage
from hub.inbox.reindexing import drop_words
from hub.inbox.words import MessageKind

FORMER = "former"
"""In `inserted` of the message, oldest first: what a change took away. An erasure empties it with the message."""
MOST_FORMER = 20


def change_note(*, message_id: int, text: str, by: Actor, now: datetime) -> None:
    """Other words for a note, by the key that wrote it or by a key of the person who did; a line of the history says so.

    The former words stay with the note, and are found by no search any more. Raises Forbidden to anybody else, Invalid
    (field text).
    """
    words = check_text(text)
    note, ticket = _lock(message_id)
    if not _is_author(note, by):
        raise Forbidden(N_("Only its author changes a note. Please add one of your own."))
    if note.text == words:
        return
    _keep_former(note, now, from_text=note.text)
    replace_text(ticket, note, words)
    note.edited_at = now
    note_ticket("note_changed", ticket, by=by, now=now, message_id=message_id)
    db.session.flush()


def rename_file(*, attachment_id: int, name: str, by: Actor, now: datetime) -> None:
    """Another name for a file, by who added it, and for none that the customer sent or was sent.

    Raises Forbidden, Invalid (field name).
    """
    words = clean_name(name)
    file = db.session.get_one(TicketAttachment, attachment_id)
    message, ticket = _lock(file.message_id)
    db.session.refresh(file)
    if message.kind is not MessageKind.NOTE or not _is_author(message, by):
        raise Forbidden(
            N_("Only the author of a note renames its files. What a customer sent or got keeps its name.")
        )
    if file.name == words:
        return
    _keep_former(message, now, attachment_id=attachment_id, from_name=file.name, name=words)
    file.name = words
    note_ticket("file_renamed", ticket, by=by, now=now, attachment_id=attachment_id)
    db.session.flush()


def replace_text(ticket: Ticket, message: TicketMessage, words: str) -> None:
    """Other words for a line of the thread: those are found from now on, and the former only where they stand elsewhere."""
    former, message.text = message.text, words
    db.session.flush()
    drop_words(ticket.id, [former])
    ticket.search = grown_index([words])


def _lock(message_id: int) -> tuple[TicketMessage, Ticket]:
    """The line and its ticket, as they are once the ticket is held."""
    message = db.session.get_one(TicketMessage, message_id)
    ticket = lock_ticket(message.ticket_id)
    db.session.refresh(message)
    return message, ticket


def _is_author(message: TicketMessage, by: Actor) -> bool:
    is_same_key = message.api_key_id is not None and message.api_key_id == by.api_key_id
    return is_same_key or (by.agent_id is not None and message.agent_id == by.agent_id)


def _keep_former(message: TicketMessage, now: datetime, **what: Any) -> None:
    former = [*message.inserted.get(FORMER, ()), {**what, "at": now.isoformat()}]
    message.inserted = {**message.inserted, FORMER: former[-MOST_FORMER:]}
