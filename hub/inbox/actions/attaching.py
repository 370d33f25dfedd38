"""Files of the composer: kept with the draft, typed by content, moved onto the message that is sent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, select

from hub.channels.mail_parsing.file_types import sniff_type
from hub.core import files
from hub.core.actor import Actor
from hub.core.db import db
from hub.core.errors import Invalid
from hub.core.loose_files import note_loose
from hub.core.text import N_, shorten
from hub.inbox.models import ComposerFile, TicketAttachment, TicketMessage

MOST_FILES = 10
MOST_FILE_BYTES = 10_000_000
MOST_BYTES = 18_000_000
NAME_CHARS = 120
_KINDS = ("image/", "audio/", "video/", "application/vnd.openxmlformats-", "application/vnd.oasis.")
_TYPES = frozenset(
    {
        "application/pdf",
        "application/rtf",
        "application/msword",
        "application/vnd.ms-excel",
        "application/vnd.ms-powerpoint",
        "text/plain",
        "text/csv",
        "text/calendar",
        "text/vcard",
    }
)


@dataclass(frozen=True)
class Upload:
    """A file as it was chosen: its name on that computer, and its content."""

    name: str
    content: bytes


def keep_files(*, ticket_id: int, uploads: Sequence[Upload], by: Actor, now: datetime) -> list[int]:
    """Keep chosen files with the person's draft; the same content twice is one. Returns their ids.

    Raises Invalid (field files) for a type that receivers refuse or that could do harm, and beyond the limits.
    """
    if not uploads:
        return []
    kept = {row.sha256: row for row in db.session.scalars(select(ComposerFile).where(_mine(ticket_id, by)))}
    size = sum(row.size_bytes for row in kept.values())
    ids = []
    for upload in uploads:
        media_type = _check_type(upload)
        digest = files.keep(upload.content)
        row = kept.get(digest)
        if row is None:
            size += len(upload.content)
            _check_room(len(kept) + 1, size)
            row = ComposerFile(
                ticket_id=ticket_id,
                agent_id=by.agent_id,
                name=clean_name(upload.name),
                media_type=media_type,
                size_bytes=len(upload.content),
                sha256=digest,
                created_at=now,
            )
            db.session.add(row)
            db.session.flush()
            kept[digest] = row
        ids.append(row.id)
    return ids


def _check_type(upload: Upload) -> str:
    name = clean_name(upload.name)
    if not upload.content:
        raise Invalid(N_("%(name)s is empty. Please choose it again."), field="files", name=name)
    if len(upload.content) > MOST_FILE_BYTES:
        raise Invalid(
            N_("%(name)s is larger than 10 MB. Please send a smaller one."), field="files", name=name
        )
    media_type = sniff_type(upload.content, name)
    if media_type == "image/svg+xml" or not (media_type in _TYPES or media_type.startswith(_KINDS)):
        raise Invalid(
            N_("%(name)s cannot be attached. Pictures, PDF, office documents, sound and film can."),
            field="files",
            name=name,
        )
    return media_type


def _check_room(count: int, size: int) -> None:
    if count > MOST_FILES or size > MOST_BYTES:
        raise Invalid(
            N_("At most %(most)s files of 18 MB together fit into one message."),
            field="files",
            most=MOST_FILES,
        )


def clean_name(name: str) -> str:
    """The last part of a path, on one line, without what a file system or a header could take amiss."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(letter for letter in last if letter.isprintable() and letter not in '<>:"|?*')
    return shorten(plain.strip(". "), NAME_CHARS) or "document"


def remove_file(*, ticket_id: int, file_id: int, by: Actor, machine_now: datetime) -> None:
    """Take one of the person's own files off the draft again."""
    _let_go(_mine(ticket_id, by) & (ComposerFile.id == file_id), machine_now)


def discard_files(*, ticket_id: int, by: Actor, machine_now: datetime) -> None:
    """The draft is dropped, and its files with it."""
    _let_go(_mine(ticket_id, by), machine_now)


def _let_go(which: ColumnElement[bool], machine_now: datetime) -> None:
    gone = delete(ComposerFile).where(which).returning(ComposerFile.sha256)
    note_loose(db.session.scalars(gone).all(), machine_now=machine_now)


def move_to_message(
    message: TicketMessage, file_ids: Iterable[int], agent_id: int | None
) -> list[dict[str, Any]]:
    """The person's files become the message's; returns what the door out needs to read them."""
    wanted = set(file_ids)
    if not wanted:
        return []
    found = select(ComposerFile).where(
        ComposerFile.id.in_(wanted),
        ComposerFile.ticket_id == message.ticket_id,
        ComposerFile.agent_id == agent_id,
    )
    rows = db.session.scalars(found.order_by(ComposerFile.id)).all()
    db.session.add_all(TicketAttachment(message_id=message.id, **reference_of(row)) for row in rows)
    db.session.execute(delete(ComposerFile).where(ComposerFile.id.in_([row.id for row in rows])))
    return [reference_of(row) for row in rows]


def give_back(message: TicketMessage, *, now: datetime) -> None:
    """A reply was taken back: its files are in its author's composer again."""
    found = select(TicketAttachment).where(TicketAttachment.message_id == message.id)
    for row in db.session.scalars(found.order_by(TicketAttachment.id)).all():
        db.session.add(
            ComposerFile(
                ticket_id=message.ticket_id, agent_id=message.agent_id, created_at=now, **reference_of(row)
            )
        )
    db.session.execute(delete(TicketAttachment).where(TicketAttachment.message_id == message.id))


def reference_of(row: ComposerFile | TicketAttachment) -> dict[str, Any]:
    """Name, type, size and hash: a file of the shelf, named."""
    return {
        "name": row.name,
        "media_type": row.media_type,
        "size_bytes": row.size_bytes,
        "sha256": row.sha256,
    }


def _mine(ticket_id: int, by: Actor) -> ColumnElement[bool]:
    return (
        (ComposerFile.ticket_id == ticket_id)
        & (ComposerFile.agent_id == by.agent_id)
        & ComposerFile.scheduled_id.is_(None)
    )
