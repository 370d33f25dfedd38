"""What operations look up at the door in: what waits, what is in quarantine, the raw mail."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import TextClause, func, literal, or_, select, text

from hub.core import files
from hub.core.db import db
from hub.core.errors import Invalid, NotFound
from hub.core.paging import Page, decode_key, make_page
from hub.core.text import N_
from hub.mailroom.models import Arrival
from hub.mailroom.words import ArrivalState

PAGE_SIZE = 50


@dataclass(frozen=True)
class QuarantineRow:
    """A mail that a person must look at; `reason` is technical English. `is_auto_reply`: it belongs to no ticket."""

    id: int
    mailbox: str
    mail_from: str
    message_id: str
    size_bytes: int
    reason: str
    attempt_count: int
    received_at: datetime
    is_auto_reply: bool


def list_quarantine(after: str | None = None, size: int = PAGE_SIZE) -> Page[QuarantineRow]:
    """Newest first."""
    return _page(_QUARANTINED, after, size)


def list_unseen(after: str | None = None, size: int = PAGE_SIZE) -> Page[QuarantineRow]:
    """Auto-replies that belong to no ticket: kept with the reason why nobody sees them elsewhere. Newest first."""
    return _page(_UNSEEN, after, size)


def find_quarantined(arrival_id: int) -> QuarantineRow | None:
    """A mail of either list; None when it was sorted meanwhile."""
    row = db.session.execute(
        select(*_COLUMNS).where(Arrival.id == arrival_id, or_(_QUARANTINED, _UNSEEN))
    ).one_or_none()
    return QuarantineRow(*row) if row else None


# Written out, so that the database finds the partial index of each.
_QUARANTINED = text("arrivals.state = 'quarantined'")
_UNSEEN = text("arrivals.state = 'sorted' AND arrivals.kind = 'auto_reply' AND arrivals.ticket_id IS NULL")
_COLUMNS = (
    Arrival.id,
    Arrival.mailbox,
    Arrival.mail_from,
    Arrival.message_id,
    Arrival.size_bytes,
    func.coalesce(Arrival.reason, ""),
    Arrival.attempt_count,
    Arrival.received_at,
    Arrival.state == ArrivalState.SORTED,
)


def _page(which: TextClause, after: str | None, size: int) -> Page[QuarantineRow]:
    statement = select(*_COLUMNS).where(which).order_by(Arrival.id.desc()).limit(size + 1)
    if after:
        statement = statement.where(Arrival.id < literal(_position(after)))
    rows = [QuarantineRow(*row) for row in db.session.execute(statement)]
    return make_page(rows, size=size, key=lambda row: (row.id,))


def _position(after: str) -> int:
    match decode_key(after):
        case [int(arrival_id)]:
            return arrival_id
    raise Invalid(N_("This page address is not valid. Please start again from the first page."))


def count_arrivals() -> dict[ArrivalState, int]:
    """How many wait and how many are in quarantine."""
    found = select(Arrival.state, func.count()).where(Arrival.state != ArrivalState.SORTED)
    rows = db.session.execute(found.group_by(Arrival.state))
    return {row[0]: row[1] for row in rows}


def get_waiting() -> tuple[int, datetime | None]:
    """How many mails wait to be sorted, and when the oldest of them came in."""
    waiting = select(func.count(), func.min(Arrival.received_at))
    found = db.session.execute(waiting.where(Arrival.state == ArrivalState.WAITING)).one()
    return found[0], found[1]


def count_to_look_at() -> tuple[int, int]:
    """Mails in quarantine, and auto-replies that belong to no ticket; each counted on its small index."""
    quarantined, unseen = (
        select(func.count()).select_from(Arrival).where(which).scalar_subquery()
        for which in (_QUARANTINED, _UNSEEN)
    )
    found = db.session.execute(select(quarantined, unseen)).one()
    return found[0], found[1]


def find_oldest_waiting_at() -> datetime | None:
    """When the oldest mail that still waits came in: the age of the queue."""
    return db.session.scalar(
        select(func.min(Arrival.received_at)).where(Arrival.state == ArrivalState.WAITING)
    )


def get_raw(arrival_id: int) -> bytes:
    """The mail as it came. Raises NotFound."""
    row = db.session.get(Arrival, arrival_id)
    if row is None:
        raise NotFound(N_("This mail does not exist."))
    return row.raw if row.raw is not None else files.read(row.file_sha256 or "")
