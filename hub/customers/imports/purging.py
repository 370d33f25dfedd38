"""After seven days the file and the contents of its rows go; the counts stay."""

from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select

from hub.core import clock, files
from hub.core.db import db, transaction
from hub.customers.imports.models import (
    CustomerImport,
    ImportEffect,
    ImportFinding,
    ImportKey,
    ImportRow,
)
from hub.customers.imports.words import ImportState

BUSY = (ImportState.APPLYING, ImportState.UNDOING)
CONTENTS = (ImportFinding, ImportKey, ImportEffect, ImportRow)
BATCH = 20_000


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
    with transaction():
        found = select(CustomerImport).where(_is_due(now)).order_by(CustomerImport.id).limit(1)
        row = db.session.scalar(found.with_for_update(skip_locked=True))
        if row is None:
            return 0
        if not _forget_some(row.id):
            _finish(row, now)
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
    return False


def _finish(row: CustomerImport, now: datetime) -> None:
    sha256, row.sha256 = row.sha256, None
    row.samples, row.learned, row.purged_at = [], {}, now
    if row.state not in {ImportState.APPLIED, ImportState.UNDONE, ImportState.CANCELLED, ImportState.FAILED}:
        row.state = ImportState.CANCELLED
    db.session.flush()
    others = select(CustomerImport.id).where(CustomerImport.sha256 == sha256).limit(1)
    if sha256 and db.session.scalar(others) is None:
        files.drop(sha256, kept_before=clock.machine_now())
