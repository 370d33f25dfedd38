"""The report mended: a suggestion taken for one row or for all of a kind, a cell corrected, a row skipped, a kind ignored."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select, text, update

from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db, ring_after_commit
from hub.core.errors import Conflict, NotFound
from hub.core.text import N_
from hub.customers.imports import checking, desks
from hub.customers.imports.actions import BELL, change_choices, get_locked
from hub.customers.imports.choosing import choices_of
from hub.customers.imports.models import CustomerImport, ImportFinding, ImportRow
from hub.customers.imports.phases import KEPT, SUBJECT, finish_check
from hub.customers.imports.words import Clash, ImportState

AT_ONCE = 200
"""So many rows are checked again while the person waits; more are left to a worker."""
TAKE_ALL = text("""
    UPDATE import_rows AS row
    SET edits = row.edits || found.edits, is_stale = true
    FROM (
        SELECT row, jsonb_object_agg(field, suggestion) AS edits FROM import_findings
        WHERE import_id = :import_id AND kind = :kind AND suggestion IS NOT NULL AND field <> ''
        GROUP BY row
    ) AS found
    WHERE row.import_id = :import_id AND row.row = found.row
""")


def take_suggestions(import_id: int, kind: str, *, by: Actor, now: datetime) -> None:
    """What is suggested for every finding of a kind is put in the place of what was found."""
    row = _get_checked(import_id)
    db.session.execute(TAKE_ALL, {"import_id": import_id, "kind": kind})
    _check_again(row, by=by, now=now, act="suggestions_taken", kind=kind)


def take_suggestion(import_id: int, place: int, position: int, *, by: Actor, now: datetime) -> None:
    """The same for one finding. Raises NotFound."""
    found = db.session.get(ImportFinding, (import_id, place, position))
    if found is None or found.suggestion is None:
        raise NotFound(N_("This finding is gone: the row was changed meanwhile. Please reload the page."))
    edit_row(import_id, place, {found.field: found.suggestion}, by=by, now=now)


def edit_row(import_id: int, place: int, edits: Mapping[str, str], *, by: Actor, now: datetime) -> None:
    """Put other values into fields of one row. The file stays as it is."""
    row = _get_checked(import_id)
    line = _get_row(import_id, place)
    line.edits, line.is_stale = {**line.edits, **edits}, True
    _check_again(row, by=by, now=now, act="row_edited", place=place, fields=sorted(edits))


def decide_row(import_id: int, place: int, choice: Clash | None, *, by: Actor, now: datetime) -> None:
    """Skip a row, or choose for it alone what happens to who is known; None: as the whole file."""
    row = _get_checked(import_id)
    line = _get_row(import_id, place)
    line.choice, line.is_stale = choice, True
    _check_again(row, by=by, now=now, act="row_decided", place=place, choice=choice)


def ignore_kind(import_id: int, kind: str, *, is_ignored: bool, by: Actor, now: datetime) -> None:
    """Show findings of a kind no more, or again. The rows stay as they are."""
    row = _get_checked(import_id)
    ignored = set(choices_of(row.choices).ignored) - {kind}
    change_choices(row, ignored=tuple(sorted(ignored | ({kind} if is_ignored else set()))))
    act = f"{SUBJECT}.kind_ignored"
    note_change(
        act, subject_kind=SUBJECT, subject_id=row.id, by=by, now=now, kind=kind, is_ignored=is_ignored
    )
    db.session.flush()


def skip_kind(import_id: int, kind: str, *, by: Actor, now: datetime) -> None:
    """Leave out every row in which a kind was found."""
    row = _get_checked(import_id)
    here = select(ImportFinding.row).where(ImportFinding.import_id == import_id, ImportFinding.kind == kind)
    skipped = update(ImportRow).where(ImportRow.import_id == import_id, ImportRow.row.in_(here))
    skipped = skipped.values(choice=Clash.SKIP.value, is_stale=True)
    db.session.execute(skipped.execution_options(synchronize_session=False))
    _check_again(row, by=by, now=now, act="kind_skipped", kind=kind)


def _get_checked(import_id: int) -> CustomerImport:
    row = get_locked(import_id)
    if row.state is not ImportState.CHECKED:
        raise Conflict(N_("The report can be changed only while it waits for you. Please reload the page."))
    return row


def _get_row(import_id: int, place: int) -> ImportRow:
    line = db.session.get(ImportRow, (import_id, place))
    if line is None:
        raise NotFound(N_("This row is not in the file. Please go back to the report."))
    return line


def _check_again(row: CustomerImport, *, by: Actor, now: datetime, act: str, **data: object) -> None:
    """Few rows at once, many by a worker."""
    db.session.flush()
    note_change(f"{SUBJECT}.{act}", subject_kind=SUBJECT, subject_id=row.id, by=by, now=now, **data)
    row.purge_at = now + KEPT
    waiting = select(func.count()).where(ImportRow.import_id == row.id, ImportRow.is_stale)
    if (db.session.scalar(waiting) or 0) > AT_ONCE:
        row.state = ImportState.CHECKING
        ring_after_commit(BELL)
    else:
        checking.recheck_stale(desks.open_for(row, now), AT_ONCE)
        finish_check(row, row.checked_at or now)
    db.session.flush()
