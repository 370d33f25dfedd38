"""Fetches the pictures, sounds and films of texts from their provider onto the message that they came with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.dialects.postgresql import insert

from hub.channels.twilio_media import Media, MediaError
from hub.core import clock, files, live
from hub.core.db import db, ring_after_commit, tell_after_commit, transaction
from hub.core.errors import Conflict
from hub.core.live import News, NewsKind
from hub.core.text import N_
from hub.inbox.models import AwaitedFile, Ticket, TicketAttachment, TicketMessage
from hub.inbox.words import AwaitedState
from hub.outbox import wires

BELL = "pictures"
AWAITED = "awaited_files"
MOST_FILES = 10
MOST_BYTES = 20 * 1024 * 1024
LEASE = timedelta(seconds=150)
WAIT_SECONDS = (10, 60, 300, 1_800, 7_200, 21_600)
NO_ACCOUNT = "no_account"
LOST = "interrupted"
_ENDINGS = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "image/heic": ".heic",
    "audio/ogg": ".ogg",
    "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a",
    "audio/amr": ".amr",
    "video/mp4": ".mp4",
    "video/3gpp": ".3gp",
    "application/pdf": ".pdf",
    "text/vcard": ".vcf",
}
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Look:
    """One file to ask for; `url` is "" when it was given up."""

    id: int
    url: str


def await_files(message_id: int, urls: Sequence[str], *, machine_now: datetime) -> None:
    """Note that files belong to a message and are still at the provider; noted twice they are awaited once."""
    message = db.session.get_one(TicketMessage, message_id)
    if AWAITED in message.inserted or not urls:
        return
    rows = [
        {
            "message_id": message_id,
            "position": position,
            "url": url,
            "state": AwaitedState.WAITING,
            "attempt_count": 0,
            "next_attempt_at": machine_now,
        }
        for position, url in enumerate(urls[:MOST_FILES])
    ]
    db.session.execute(insert(AwaitedFile).on_conflict_do_nothing(), rows)
    message.inserted = {**message.inserted, AWAITED: [AwaitedState.WAITING.value] * len(rows)}
    db.session.flush()
    ring_after_commit(BELL)


def fetch_again(message_id: int, *, machine_now: datetime) -> None:
    """Ask anew for the files of a message that could not be fetched. Raises Conflict when there is none."""
    found = select(AwaitedFile).where(
        AwaitedFile.message_id == message_id, AwaitedFile.state == AwaitedState.FAILED
    )
    rows = db.session.scalars(found.order_by(AwaitedFile.id).with_for_update()).all()
    if not rows:
        raise Conflict(N_("No file of this message waits to be fetched again."))
    for row in rows:
        row.attempt_count, row.next_attempt_at, row.ended_at = 0, machine_now, None
        _settle(row, AwaitedState.WAITING, None)
    db.session.flush()
    ring_after_commit(BELL)


def work_pictures(wake: Callable[[], None]) -> int:
    """One file, so that a slow one never outlasts the job; returns how many were asked for."""
    look = _claim()
    if look is None:
        return 0
    wake()
    if not look.url:
        return 1
    found, reason, is_final = _ask(look)
    digest = files.keep(found.content) if found else ""
    with transaction():
        waiting = AwaitedFile.id == look.id, AwaitedFile.state == AwaitedState.WAITING
        row = db.session.scalar(select(AwaitedFile).where(*waiting).with_for_update())
        if row is not None and found is not None:
            _attach(row, found, digest)
        elif row is not None:
            _put_off(row, reason, is_final=is_final)
    return 1


def has_due() -> bool:
    """Whether a file waits to be fetched now."""
    due = select(AwaitedFile.id).where(_is_due(clock.machine_now()))
    return db.session.scalar(due.limit(1)) is not None


def _is_due(machine_now: datetime) -> ColumnElement[bool]:
    return and_(AwaitedFile.state == AwaitedState.WAITING, AwaitedFile.next_attempt_at <= machine_now)


def _claim() -> _Look | None:
    """Count the attempt and keep other workers away; one that ended its worker each time is given up."""
    with transaction():
        moment = clock.machine_now()
        due = select(AwaitedFile).where(_is_due(moment)).order_by(AwaitedFile.next_attempt_at, AwaitedFile.id)
        row = db.session.scalar(due.limit(1).with_for_update(skip_locked=True))
        if row is None:
            return None
        row.attempt_count += 1
        row.next_attempt_at = moment + LEASE
        if row.attempt_count > len(WAIT_SECONDS) + 1:
            _fail(row, row.reason or LOST)
            return _Look(row.id, "")
        return _Look(row.id, row.url)


def _ask(look: _Look) -> tuple[Media | None, str, bool]:
    """The file, or why not and whether asking again cannot help. Outside of any transaction."""
    try:
        return wires.fetch_file(look.url, limit_bytes=MOST_BYTES), "", True
    except MediaError as error:
        log.warning("picture.not_fetched", id=look.id, fault=error.fault.value, detail=error.detail)
        return None, error.fault.value, error.is_final
    except LookupError:
        return None, NO_ACCOUNT, False


def _put_off(row: AwaitedFile, reason: str, *, is_final: bool) -> None:
    if is_final or row.attempt_count > len(WAIT_SECONDS):
        _fail(row, reason)
        return
    row.reason = reason
    row.next_attempt_at = clock.machine_now() + timedelta(seconds=WAIT_SECONDS[row.attempt_count - 1])


def _fail(row: AwaitedFile, reason: str) -> None:
    row.ended_at = clock.machine_now()
    _settle(row, AwaitedState.FAILED, reason)


def _attach(row: AwaitedFile, found: Media, digest: str) -> None:
    """The file is one of the message's; its type is that of its content, its name tells no more."""
    attachment = TicketAttachment(
        message_id=row.message_id,
        name=_name_of(row.position, found.media_type),
        media_type=found.media_type,
        size_bytes=len(found.content),
        sha256=digest,
    )
    db.session.add(attachment)
    db.session.flush()
    row.attachment_id, row.ended_at = attachment.id, clock.machine_now()
    _settle(row, AwaitedState.KEPT, None)


def _name_of(position: int, media_type: str) -> str:
    """`image-1.jpg`, `audio-2.ogg`; a document is a `file`."""
    family = media_type.partition("/")[0]
    word = family if family in {"image", "audio", "video"} else "file"
    return f"{word}-{position + 1}{_ENDINGS.get(media_type, '')}"


def _settle(row: AwaitedFile, state: AwaitedState, reason: str | None) -> None:
    """How it stands, on the row and on the message; open pages of the ticket are told."""
    row.state, row.reason = state, reason
    found = select(TicketMessage).where(TicketMessage.id == row.message_id).with_for_update()
    message = db.session.scalars(found.execution_options(populate_existing=True)).one()
    shown = list(message.inserted.get(AWAITED, ()))
    shown[row.position] = reason if state is AwaitedState.FAILED else state.value
    message.inserted = {**message.inserted, AWAITED: shown}
    store_id = db.session.scalar(select(Ticket.store_id).where(Ticket.id == message.ticket_id))
    tell_after_commit(News(NewsKind.TICKET, live.ticket_topics(store_id), message.ticket_id))
