"""After seven days the file and the contents of its rows go; the counts stay, and whom the import made or changed."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, or_, select, update

from hub.core import clock
from hub.core.db import db, transaction
from hub.core.loose_files import drop_unnamed, note_loose
from hub.customers.imports.barring import BARRED
from hub.customers.imports.models import (
    CustomerImport,
    ImportEffect,
    ImportFinding,
    ImportKey,
    ImportRow,
)
from hub.customers.imports.words import ImportState

BUSY = (ImportState.APPLYING, ImportState.UNDOING)
CONTENTS = (ImportFinding, ImportKey, ImportRow)
BATCH = 20_000
JUST_IN = timedelta(hours=1)
"""A file that was handed in later than this waits on the list of loose files: somebody may be about to use it."""


def _is_due(now: datetime) -> ColumnElement[bool]:
    kept = CustomerImport.purged_at.is_(None) & (CustomerImport.purge_at <= now)
    return kept & CustomerImport.state.not_in(BUSY)


def has_due(now: datetime) -> bool:
    """Whether the contents of a file are old enough."""
    return db.session.scalar(select(CustomerImport.id).where(_is_due(now)).limit(1)) is not None


def next_due_at() -> datetime | None:
    """When the next contents go (business time)."""
    kept = CustomerImport.purged_at.is_(None) & CustomerImport.state.not_in(BUSY)
    return db.session.scalar(select(func.min(CustomerImport.purge_at)).where(kept))


def work_purge(now: datetime) -> int:
    """One batch of rows of one file. Returns 1 when there was something to do."""
    gone: set[str] = set()
    machine_now = clock.machine_now()
    with transaction():
        found = select(CustomerImport).where(_is_due(now)).order_by(CustomerImport.id).limit(1)
        row = db.session.scalar(found.with_for_update(skip_locked=True))
        if row is None:
            return 0
        if not _forget_some(row.id):
            gone |= _finish(row, now)
        note_loose(gone, machine_now=machine_now)
    with transaction():
        drop_unnamed(gone, kept_before=machine_now - JUST_IN)
    return 1


def _forget_some(import_id: int) -> bool:
    """Whether there was still something to forget."""
    for kind in CONTENTS:
        some = select(kind.row).where(kind.import_id == import_id).order_by(kind.row).limit(BATCH).subquery()
        last = db.session.scalar(select(func.max(some.c.row)))
        if last is not None:
            gone = delete(kind).where(kind.import_id == import_id, kind.row <= last)
            db.session.execute(gone.execution_options(synchronize_session=False))
            return True
    return _empty_some(import_id)


def _empty_some(import_id: int) -> bool:
    """What was written to a customer goes, that something was stays: numbers alone."""
    effect = ImportEffect
    nothing: dict[str, Any] = {"before": {}, "after": {}, "made": {}, "undo_note": []}
    is_full = or_(effect.before != {}, effect.after != {}, effect.made != {}, effect.undo_note != [])
    some = select(effect.row).where(effect.import_id == import_id, is_full).limit(BATCH)
    emptied = update(effect).where(effect.import_id == import_id, effect.row.in_(some)).values(nothing)
    done = db.session.execute(emptied.execution_options(synchronize_session=False))
    return bool(done.rowcount)  # type: ignore[attr-defined]  # an update has one


def _finish(row: CustomerImport, now: datetime) -> set[str]:
    """The file it named; others may name it too."""
    sha256, row.sha256 = row.sha256, None
    row.samples, row.learned, row.purged_at = [], {}, now
    row.about = {name: value for name, value in row.about.items() if name != BARRED}
    if row.state not in {ImportState.APPLIED, ImportState.UNDONE, ImportState.CANCELLED, ImportState.FAILED}:
        row.state = ImportState.CANCELLED
    db.session.flush()
    return {sha256} if sha256 else set()
