"""The work of till files: a batch of tickets a transaction; whoever dies loses one batch and nothing more."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.dialects.postgresql import insert

from hub.core import clock
from hub.core.apart import reason_of
from hub.core.db import db, transaction
from hub.core.errors import HubError
from hub.core.text import N_
from hub.orders.behaviour.queries import get_setup
from hub.orders.events import write_reason
from hub.orders.till_files.models import TillFile, TillRefusal
from hub.orders.till_files.queries import TillFileRow, get_file, open_file
from hub.orders.till_files.rules import Ticket, gather_tickets
from hub.orders.till_files.taking import Result, take_tickets
from hub.orders.till_files.words import TillFileState
from hub.stores.queries import get_store

BATCH = 100
LEASE = timedelta(seconds=150)
"""Longer than a job may run (`JOB_TIMEOUT_SECONDS` in `hub/core/bell.py`)."""
BROKEN = N_("The work on this file ended with an error. It is tried again.")
log = structlog.get_logger(__name__)


@dataclass
class _Opened:
    """The file this process read last: it is read once, not once a batch."""

    key: tuple[object, ...] = ()
    tickets: tuple[Ticket, ...] = ()


_opened = _Opened()


def has_due() -> bool:
    """Whether a file waits to be taken in."""
    return db.session.scalar(select(TillFile.id).where(_is_due(clock.machine_now())).limit(1)) is not None


def work_till_files(wake: Callable[[], None]) -> int:
    """One batch of one file. Returns 1 when there was something to do."""
    del wake  # one file after another
    with transaction():
        file_id = _claim(clock.machine_now())
    if file_id is None:
        return 0
    try:
        work_file(file_id)
    except HubError as error:
        with transaction():
            _fail(file_id, error.text if not error.values else str(error))
    except Exception as error:
        log.exception("till_file.interrupted", till_file_id=file_id, reason=reason_of(error))
        with transaction():
            _put_off(file_id)
    return 1


def work_file(file_id: int) -> None:
    """The next batch of tickets of a file, in a transaction of its own."""
    tickets = _read(get_file(file_id))
    db.session.rollback()
    with transaction():
        row = _get(file_id)
        batch = tickets[row.position : row.position + BATCH]
        if row.state is not TillFileState.WAITING:
            return
        now = clock.business_now()
        result = take_tickets(batch, late_days=get_setup().late_days, now=now)
        _count(row, result)
        row.ticket_count = len(tickets)
        row.row_count = sum(len(ticket.rows) for ticket in tickets)
        row.position += len(batch)
        row.lease_until = None
        if row.position >= len(tickets):
            row.state, row.ended_at = TillFileState.DONE, now


def take_whole(file_id: int) -> TillFileRow:
    """Every batch one after the other, for the command line. Raises what stops it."""
    while get_file(file_id).state is TillFileState.WAITING:
        db.session.rollback()
        work_file(file_id)
    return get_file(file_id)


def _read(row: TillFileRow) -> tuple[Ticket, ...]:
    key = (row.sha256, tuple(sorted(row.mapping.items())), row.store_id)
    if _opened.key != key:
        store = get_store(row.store_id).code if row.store_id else ""
        tickets = gather_tickets(open_file(row).numbered(), row.mapping, store=store)
        _opened.key, _opened.tickets = key, tuple(tickets)
    return _opened.tickets


def _count(row: TillFile, result: Result) -> None:
    row.taken_count += result.taken_count
    row.unchanged_count += result.unchanged_count
    row.anonymous_count += result.anonymous_count
    row.late_count += result.late_count
    row.refused_count += len(result.refused)
    rows: list[Mapping[str, Any]] = [
        {"till_file_id": row.id, "row_number": number, "row": given, "reason": write_reason(errors) or "[]"}
        for number, (given, errors) in sorted(result.refused.items())
    ]
    if rows:
        db.session.execute(insert(TillRefusal).on_conflict_do_nothing(), rows)


def _is_due(machine_now: datetime) -> ColumnElement[bool]:
    free = or_(TillFile.lease_until.is_(None), TillFile.lease_until <= machine_now)
    return (TillFile.state == TillFileState.WAITING) & free


def _claim(machine_now: datetime) -> int | None:
    due = select(TillFile).where(_is_due(machine_now)).order_by(TillFile.id).limit(1)
    row = db.session.scalar(due.with_for_update(skip_locked=True))
    if row is None:
        _opened.key, _opened.tickets = (), ()
        return None
    row.lease_until = machine_now + LEASE
    return row.id


def _fail(file_id: int, words: str) -> None:
    row = _get(file_id)
    row.state, row.error, row.lease_until = TillFileState.FAILED, words[:500], None


def _put_off(file_id: int) -> None:
    """Nobody knows why: after the lease it is tried again."""
    _get(file_id).error = BROKEN


def _get(file_id: int) -> TillFile:
    found = select(TillFile).where(TillFile.id == file_id).with_for_update()
    return db.session.scalars(found.execution_options(populate_existing=True)).one()
