"""The work of imports: each phase batch by batch; whoever dies loses one batch and nothing more.

Each beginning is counted before it, and forgotten once something was done. A row that ends its worker is tried alone and
then put aside with its reason; a file that cannot even be opened ends the import with its reason.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, or_, select

from hub.core import clock
from hub.core.apart import reason_of
from hub.core.db import db, transaction
from hub.core.errors import HubError
from hub.core.text import N_
from hub.customers.imports import phases, purging, reading
from hub.customers.imports.actions import FAILED_IN
from hub.customers.imports.models import CustomerImport
from hub.customers.imports.words import ImportState

LEASE = timedelta(seconds=150)
"""Longer than a job may run (`JOB_TIMEOUT_SECONDS` in `hub/core/bell.py`)."""
PAUSE = timedelta(seconds=20)
MOST_ATTEMPTS = 5
ALONE_FROM = 3
TRIED_OFTEN = N_("The work on this file ended %(count)s times at row %(position)s: %(error)s")
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Turn:
    """A claimed import. `is_alone`: earlier attempts failed, the next row is tried by itself."""

    import_id: int
    state: ImportState
    position: int
    is_alone: bool


def has_due() -> bool:
    """Whether a file waits to be worked on, or its contents to be deleted."""
    due = select(CustomerImport.id).where(_is_due(clock.machine_now()))
    return db.session.scalar(due.limit(1)) is not None or purging.has_due(clock.business_now())


def next_due_at() -> datetime | None:
    """When the contents of a file are to be deleted next (business time)."""
    return purging.next_due_at()


def work_imports(wake: Callable[[], None]) -> int:
    """One batch of one file, or the contents of one that are old enough. Returns 1 when there was something to do."""
    del wake  # one file after another
    with transaction():
        turn = _claim(clock.machine_now())
    if turn is None:
        _close_unless_needed()
        return purging.work_purge(clock.business_now())
    work_turn(turn)
    return 1


def work_turn(turn: Turn) -> None:
    """One batch; what goes wrong is kept with the import."""
    try:
        _go_on(turn)
    except HubError as error:
        with transaction():
            _fail(_get(turn.import_id), error)
    except Exception as error:
        log.exception("import.interrupted", import_id=turn.import_id)
        with transaction():
            _put_off(_get(turn.import_id), error, clock.machine_now())


def claim_import(import_id: int) -> Turn | None:
    """The same for one import, for the command; None when there is nothing to do or another worker has it."""
    with transaction():
        return _claim(clock.machine_now(), import_id)


def is_under_way(import_id: int) -> bool:
    """Whether there is still work on this import, for whoever has it."""
    under_way = CustomerImport.state.in_(list(phases.PHASES))
    found = select(CustomerImport.id).where(CustomerImport.id == import_id, under_way)
    return db.session.scalar(found) is not None


def _is_due(machine_now: datetime) -> ColumnElement[bool]:
    is_free = or_(CustomerImport.lease_until.is_(None), CustomerImport.lease_until <= machine_now)
    return CustomerImport.state.in_(list(phases.PHASES)) & is_free


def _claim(machine_now: datetime, import_id: int | None = None) -> Turn | None:
    """The next import with its attempt counted; one that was tried too often is ended, or goes on behind a bad row."""
    found = select(CustomerImport).where(_is_due(machine_now)).order_by(CustomerImport.id).limit(1)
    if import_id is not None:
        found = found.where(CustomerImport.id == import_id)
    while (row := db.session.scalar(found.with_for_update(skip_locked=True))) is not None:
        if row.attempt_count >= MOST_ATTEMPTS:
            if row.suspect is None:
                count, position, error = row.attempt_count, row.position, row.error or "?"
                _fail(row, HubError(TRIED_OFTEN, count=count, position=position, error=error))
                db.session.flush()
                continue
            log.warning("import.left_out", import_id=row.id, row=row.suspect)
            phases.leave_out(row, row.suspect, now=clock.business_now())
            row.attempt_count, row.suspect, row.error = 0, None, ""
        row.attempt_count += 1
        row.lease_until = machine_now + LEASE
        return Turn(row.id, row.state, row.position, row.attempt_count >= ALONE_FROM)
    return None


def _go_on(turn: Turn) -> None:
    """What is slow is read before the import is locked."""
    phase = phases.PHASES[turn.state]
    with transaction():
        row = _get(turn.import_id, is_locked=False)
        batch = phase.take(row, 1 if turn.is_alone else phase.size, clock.business_now())
    if turn.is_alone and batch.places:
        with transaction():
            _get(turn.import_id).suspect = batch.places[0]
    with transaction():
        row = _get(turn.import_id)
        if row.state is not turn.state or row.position != turn.position:
            return  # a person has stopped it, or the lease has passed to another
        phase.do(row, batch, clock.business_now())
        row.attempt_count = ALONE_FROM - 1 if turn.is_alone and row.position % phase.size else 0
        row.lease_until, row.suspect, row.error = None, None, ""


def _close_unless_needed() -> None:
    """No turn may be free because a neighbour has it: to open a large file takes long, so it is kept for the next one."""
    reads = CustomerImport.state.in_([ImportState.READING, ImportState.CHECKING])
    if db.session.scalar(select(CustomerImport.id).where(reads).limit(1)) is None:
        reading.close_file()


def _get(import_id: int, *, is_locked: bool = True) -> CustomerImport:
    found = select(CustomerImport).where(CustomerImport.id == import_id)
    found = found.with_for_update() if is_locked else found
    return db.session.scalars(found.execution_options(populate_existing=True)).one()


def _put_off(row: CustomerImport, error: Exception, machine_now: datetime) -> None:
    """The attempt stays counted."""
    row.error = reason_of(error)[:300]
    row.lease_until = machine_now + PAUSE * row.attempt_count


def _fail(row: CustomerImport, error: HubError) -> None:
    """What was taken stays, and can be undone."""
    if row.state is ImportState.APPLYING:
        row.applied_at = row.applied_at or clock.business_now()
    row.about = {**row.about, FAILED_IN: row.state.value}
    row.state = ImportState.FAILED
    row.lease_until = row.suspect = None
    row.error = error.text
    row.error_values = {name: str(value) for name, value in error.values.items()}
    log.warning("import.failed", import_id=row.id)
