"""What others look up about files of the tills."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from hub.core import files
from hub.core.db import db
from hub.core.errors import NotFound
from hub.core.paging import Page, decode_key, make_page
from hub.core.text import N_
from hub.customers.hygiene.files import Table, open_table
from hub.orders.events import read_reason
from hub.orders.returns import count_waiting
from hub.orders.rows import FieldError
from hub.orders.till_files.models import TillFile, TillRefusal
from hub.orders.till_files.words import SOURCE, TillColumn, TillFileState

PAGE_SIZE = 50


@dataclass(frozen=True)
class TillFileRow:
    """A file and how far it is; counts are of its rows, `late_count` of old tickets among those taken."""

    id: int
    name: str
    sha256: str
    state: TillFileState
    mapping: dict[int, TillColumn]
    store_id: int | None
    position: int
    ticket_count: int
    row_count: int
    taken_count: int
    unchanged_count: int
    anonymous_count: int
    refused_count: int
    late_count: int
    error: str
    created_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class RefusalRow:
    row_number: int
    row: dict[str, Any]
    errors: tuple[FieldError, ...]


def get_file(file_id: int) -> TillFileRow:
    """Raises NotFound."""
    row = db.session.get(TillFile, file_id, populate_existing=True)
    if row is None:
        raise NotFound(N_("This till file does not exist. Please go back to the list."))
    return _shown(row)


def list_files(after: str | None = None, size: int = PAGE_SIZE) -> Page[TillFileRow]:
    """The newest first."""
    found = select(TillFile).order_by(TillFile.id.desc()).limit(size + 1)
    if after:
        found = found.where(TillFile.id < _id_of(after))
    rows = [_shown(row) for row in db.session.scalars(found.execution_options(populate_existing=True))]
    return make_page(rows, size=size, key=lambda row: (row.id,))


def list_refusals(file_id: int, after: str | None = None, size: int = PAGE_SIZE) -> Page[RefusalRow]:
    """Rows that could not be taken, in the order of the file."""
    found = select(TillRefusal).where(TillRefusal.till_file_id == file_id)
    if after:
        found = found.where(TillRefusal.row_number > _id_of(after))
    rows = [
        RefusalRow(row.row_number, dict(row.row), read_reason(row.reason))
        for row in db.session.scalars(found.order_by(TillRefusal.row_number).limit(size + 1))
    ]
    return make_page(rows, size=size, key=lambda row: (row.row_number,))


def count_waiting_returns() -> int:
    """Returns whose original ticket no file has brought yet: they count in no figure until it comes."""
    return count_waiting(SOURCE)


def open_file(row: TillFileRow) -> Table:
    """The table of the file. Raises Invalid when it cannot be read, NotFound when the shelf lost it."""
    return open_table(files.find_path(row.sha256), row.name)


def _id_of(after: str) -> int:
    match decode_key(after):
        case [int() as found]:
            return found
    return 0


def _shown(row: TillFile) -> TillFileRow:
    return TillFileRow(
        id=row.id,
        name=row.name,
        sha256=row.sha256,
        state=row.state,
        mapping={int(place): TillColumn(word) for place, word in row.mapping.items()},
        store_id=row.store_id,
        position=row.position,
        ticket_count=row.ticket_count,
        row_count=row.row_count,
        taken_count=row.taken_count,
        unchanged_count=row.unchanged_count,
        anonymous_count=row.anonymous_count,
        refused_count=row.refused_count,
        late_count=row.late_count,
        error=row.error,
        created_at=row.created_at,
        ended_at=row.ended_at,
    )
