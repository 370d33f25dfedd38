"""What a person does with a contact file: hand it in, match its columns, apply it, stop it, undo it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, BinaryIO

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from hub.core import files
from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db, ring_after_commit
from hub.core.errors import Conflict, Invalid, NotFound
from hub.core.text import N_
from hub.customers.hygiene.findings import Field
from hub.customers.imports.checking import mark_stale
from hub.customers.imports.choosing import Choices, choices_of
from hub.customers.imports.models import ColumnMemory, CustomerImport
from hub.customers.imports.phases import KEPT, SUBJECT
from hub.customers.imports.reading import headings_key
from hub.customers.imports.rules import PARIS
from hub.customers.imports.words import ImportState

BELL = "imports"
NAMING = frozenset(
    {
        Field.MAIL.value,
        Field.PHONE.value,
        Field.MOBILE.value,
        Field.LANDLINE.value,
        Field.LOYALTY_CARD.value,
        Field.EXTERNAL_ID.value,
    }
)
"""Fields of which one is needed, for a row to name somebody."""
END = 2**62
FAILED_IN = "failed_in"
"""In `about`: the phase that failed last."""
RUNS = N_("This import is being worked on, or has ended. Please reload the page.")


def begin_import(content: BinaryIO, *, file_name: str, by: Actor, now: datetime) -> int:
    """Keep the file, of any size, and let a worker read its head. Returns the id. Raises Invalid (field file)."""
    sha256, size = files.keep_stream(content)
    if not size:
        raise Invalid(N_("This file is empty. Please choose another one."), field="file")
    row = CustomerImport(
        file_name=file_name.replace("\x00", "")[-200:] or "file",
        sha256=sha256,
        digest=sha256,
        size_bytes=size,
        state=ImportState.READING,
        created_by_id=by.agent_id,
        created_at=now,
        purge_at=now + KEPT,
    )
    db.session.add(row)
    db.session.flush()
    _note("begun", row, by=by, now=now, bytes=size)
    ring_after_commit(BELL)
    return row.id


def choose_columns(
    import_id: int, mapping: Mapping[int, str], choices: Choices, *, by: Actor, now: datetime
) -> None:
    """Say what each column holds and what happens to whom is known, and begin the dry run. Raises Conflict or Invalid.

    Kept for the next file with the same headings. When only the choices change, corrections made by hand stay.
    """
    row = get_locked(import_id)
    if row.state not in {ImportState.MATCHING, ImportState.CHECKED}:
        raise Conflict(RUNS)
    _check_columns(mapping)
    if choices.said_on and choices.said_on > now.astimezone(PARIS).date():
        raise Invalid(N_("This day is not yet. Please give the day on which they agreed."), field="said_on")
    kept = {str(place): field for place, field in mapping.items()}
    if row.state is ImportState.CHECKED and row.mapping == kept:
        mark_stale(import_id)
    else:
        row.learned, row.is_read, row.position, row.row_count = {}, False, 0, 0
        choices = replace(choices, ignored=())
    row.mapping, row.choices = kept, choices.as_kept()
    row.state, row.purge_at = ImportState.CHECKING, now + KEPT
    row.attempt_count, row.error = 0, ""
    _remember(row, choices, now)
    _note("checked", row, by=by, now=now, clash=choices.clash, duplicates=choices.duplicates)
    db.session.flush()
    ring_after_commit(BELL)


def _check_columns(mapping: Mapping[int, str]) -> None:
    if NAMING.isdisjoint(mapping.values()):
        raise Invalid(
            N_(
                "Please say which column holds a mail address, a phone, a loyalty card or a number of the customer."
            )
        )
    twice = sorted({field for field in mapping.values() if list(mapping.values()).count(field) > 1})
    if twice:
        raise Invalid(N_("Two columns hold the same. Please choose one of them, and leave the other out."))


def _remember(row: CustomerImport, choices: Choices, now: datetime) -> None:
    """The statement of consent is of this file alone: it is typed anew each time."""
    own = Choices(clash=choices.clash, duplicates=choices.duplicates, id_source=choices.id_source)
    values = {"mapping": row.mapping, "choices": own.as_kept(), "updated_at": now}
    new = insert(ColumnMemory).values(headings_key=headings_key(row.headings), **values)
    db.session.execute(new.on_conflict_do_update(index_elements=["headings_key"], set_=values))


def apply_import(import_id: int, *, by: Actor, now: datetime) -> None:
    """Write what the report announces; goes on where a stopped one ended. Raises Conflict."""
    row = get_locked(import_id)
    if not may_apply(row.state, row.applied_at, row.purged_at, row.about):
        raise Conflict(RUNS)
    row.position = row.position if row.applied_at else 0
    row.state, row.purge_at = ImportState.APPLYING, now + KEPT
    row.attempt_count, row.error, row.created_by_id = 0, "", by.agent_id or row.created_by_id
    _note("started", row, by=by, now=now)
    db.session.flush()
    ring_after_commit(BELL)


def may_apply(
    state: ImportState, applied_at: datetime | None, purged_at: datetime | None, about: Mapping[str, Any]
) -> bool:
    """Checked, or stopped or failed while it was being applied. `about` tells in which phase it failed."""
    is_begun = applied_at is not None and state in {ImportState.CANCELLED, ImportState.FAILED}
    is_begun = is_begun and about.get(FAILED_IN) != ImportState.UNDOING
    return purged_at is None and (state is ImportState.CHECKED or is_begun)


def stop_import(import_id: int, *, by: Actor, now: datetime) -> None:
    """Stop what is under way: nothing more is read or written. What was written stays, and can be undone."""
    row = get_locked(import_id)
    if row.state in {ImportState.APPLIED, ImportState.UNDOING, ImportState.UNDONE, ImportState.CANCELLED}:
        raise Conflict(RUNS)
    if row.state is ImportState.APPLYING:
        row.applied_at, row.purge_at = now, now + KEPT
    row.state, row.lease_until = ImportState.CANCELLED, None
    _note("stopped", row, by=by, now=now, position=row.position)
    db.session.flush()


def undo_import(import_id: int, *, by: Actor, now: datetime) -> None:
    """Take back what was written, within seven days. Raises Conflict."""
    row = get_locked(import_id)
    if not may_undo(row.state, row.applied_at, row.purged_at, now=now):
        raise Conflict(
            N_("This import cannot be undone any more: its seven days are over, or it was undone.")
        )
    row.state, row.position, row.attempt_count, row.error = ImportState.UNDOING, END, 0, ""
    _note("undo_started", row, by=by, now=now)
    db.session.flush()
    ring_after_commit(BELL)


def may_undo(
    state: ImportState, applied_at: datetime | None, purged_at: datetime | None, *, now: datetime
) -> bool:
    """Applied, or stopped or failed while it was; for seven days."""
    has_ended = state in {ImportState.APPLIED, ImportState.CANCELLED, ImportState.FAILED}
    return has_ended and applied_at is not None and purged_at is None and now < applied_at + KEPT


def change_choices(row: CustomerImport, **changes: Any) -> None:
    """Change some of what was chosen for the whole file."""
    row.choices = replace(choices_of(row.choices), **changes).as_kept()


def get_locked(import_id: int) -> CustomerImport:
    """Raises NotFound."""
    found = select(CustomerImport).where(CustomerImport.id == import_id).with_for_update()
    row = db.session.scalar(found.execution_options(populate_existing=True))
    if row is None:
        raise NotFound(N_("This import does not exist. Please go back to the list."))
    return row


def _note(action: str, row: CustomerImport, *, by: Actor, now: datetime, **data: Any) -> None:
    note_change(f"{SUBJECT}.{action}", subject_kind=SUBJECT, subject_id=row.id, by=by, now=now, **data)
