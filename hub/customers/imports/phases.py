"""The phases of an import: reading the head, checking the rows, applying them, undoing them; each does one batch."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from hub.core.actor import SYSTEM, Actor
from hub.core.audit import note_change
from hub.core.db import db
from hub.core.words import ActorKind
from hub.customers.imports import applying, checking, desks, reading, undoing
from hub.customers.imports.applying import list_next
from hub.customers.imports.models import ColumnMemory, CustomerImport, ImportEffect, ImportRow
from hub.customers.imports.words import ImportState, RowOutcome, RowReason, UndoOutcome

KEPT = timedelta(days=7)
BATCH = 1000
UNDO_BATCH = 500
RECHECK = 300
SUBJECT = "customer_import"


@dataclass(frozen=True)
class Batch:
    """What is worked on at once; `places` are the numbers of its rows."""

    places: Sequence[int] = ()
    things: Sequence[Any] = ()
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Phase:
    """`take` reads without a lock, `do` writes under it and moves the position."""

    take: Callable[[CustomerImport, int, datetime], Batch]
    do: Callable[[CustomerImport, Batch, datetime], None]
    size: int = BATCH


def _take_head(row: CustomerImport, size: int, now: datetime) -> Batch:
    del size, now
    table, samples, matched = reading.read_head(str(row.sha256), row.file_name)
    about = {"encoding": table.encoding, "separator": table.separator, "sheet": table.sheet}
    return Batch(extra={"headings": table.headings, "samples": samples, "matched": matched, "about": about})


def _do_head(row: CustomerImport, batch: Batch, now: datetime) -> None:
    """The columns are suggested: as last time for the same headings, else by name and content."""
    del now
    found = batch.extra
    row.headings, row.samples = found["headings"], found["samples"]
    row.about = {**row.about, **found["about"]}
    memory = db.session.get(ColumnMemory, reading.headings_key(row.headings))
    matched = {str(place): str(name) for place, name in found["matched"].items()}
    row.mapping = dict(memory.mapping) if memory else matched
    row.choices = dict(memory.choices) if memory else {}
    row.state = ImportState.MATCHING


def _take_unchecked(row: CustomerImport, size: int, now: datetime) -> Batch:
    """Rows of the file; before the first of them what the whole file tells of itself."""
    if row.is_read:
        return Batch()
    if not row.learned:
        desk = desks.open_for(row, now)
        return Batch(extra={"learned": desks.learn_file(desk, str(row.sha256), row.file_name)})
    rows = reading.take_rows(str(row.sha256), row.file_name, after=row.position, size=size)
    desks.ask_servers(desks.open_for(row, now), rows)
    return Batch([number for number, _ in rows], rows)


def _do_check(row: CustomerImport, batch: Batch, now: datetime) -> None:
    desk = desks.open_for(row, now)
    if batch.extra:
        row.learned = batch.extra["learned"]
        checking.forget_rows(row.id)
    elif batch.things:
        checking.check_apart(desk, batch.things)
        row.position, row.row_count = batch.places[-1], row.row_count + len(batch.places)
    else:
        row.is_read = True
        if not checking.recheck_stale(desk, RECHECK):
            finish_check(row, now)


def finish_check(row: CustomerImport, now: datetime) -> None:
    """The report is ready."""
    row.state, row.checked_at = ImportState.CHECKED, now
    row.counts = checking.count_rows(row.id)


def _take_due(row: CustomerImport, size: int, now: datetime) -> Batch:
    del now
    found = select(ImportRow.row).where(ImportRow.import_id == row.id, ImportRow.row > row.position)
    return Batch(list(db.session.scalars(found.order_by(ImportRow.row).limit(size))))


def _do_apply(row: CustomerImport, batch: Batch, now: datetime) -> None:
    if batch.places:
        found = list_next(row.id, row.position, len(batch.places))
        applying.apply_rows(desks.open_for(row, now), found, by=_actor(row))
        row.position = found[-1].row
        return
    row.state, row.applied_at, row.purge_at = ImportState.APPLIED, now, now + KEPT
    row.counts = checking.count_rows(row.id)
    _note(row, "applied", now, **row.counts["outcomes"])


def _take_effects(row: CustomerImport, size: int, now: datetime) -> Batch:
    del now
    return Batch(undoing.list_places(row.id, row.position, size))


def _do_undo(row: CustomerImport, batch: Batch, now: datetime) -> None:
    if batch.places:
        effects = undoing.list_back(row.id, row.position, len(batch.places))
        undoing.undo_effects(effects, by=_actor(row), now=now)
        row.position = batch.places[-1]
        return
    row.state, row.undone_at = ImportState.UNDONE, now
    row.undo_counts = undoing.count_undone(row.id)
    _note(row, "undone", now, **row.undo_counts)


PHASES = {
    ImportState.READING: Phase(_take_head, _do_head),
    ImportState.CHECKING: Phase(_take_unchecked, _do_check),
    ImportState.APPLYING: Phase(_take_due, _do_apply),
    ImportState.UNDOING: Phase(_take_effects, _do_undo, UNDO_BATCH),
}


def leave_out(row: CustomerImport, place: int, *, now: datetime) -> None:
    """The row that was alone with its worker each time goes no further."""
    if row.state is ImportState.CHECKING:
        kept = select(ImportRow.row).where(ImportRow.import_id == row.id, ImportRow.row == place)
        if db.session.scalar(kept) is None:
            checking.refuse_row(desks.open_for(row, now), place, [])
            row.row_count += 1
    elif row.state is ImportState.APPLYING:
        applying.note_failed(row.id, place)
        found = db.session.get_one(ImportRow, (row.id, place))
        found.outcome, found.reason = RowOutcome.REFUSED, RowReason.FAILED
    elif row.state is ImportState.UNDOING:
        db.session.get_one(ImportEffect, (row.id, place)).undone = UndoOutcome.KEPT
    row.position = place


def _actor(row: CustomerImport) -> Actor:
    return Actor(ActorKind.AGENT, agent_id=row.created_by_id) if row.created_by_id else SYSTEM


def _note(row: CustomerImport, action: str, now: datetime, **data: Any) -> None:
    note_change(
        f"{SUBJECT}.{action}", subject_kind=SUBJECT, subject_id=row.id, by=_actor(row), now=now, **data
    )
