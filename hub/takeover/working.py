"""The work of takeovers: read a file, then take it over, batch by batch; whoever dies loses one batch and nothing more.

Each beginning is counted before it, and forgotten once something was done. A part that ends its worker is tried alone
and then left out with its reason; a file that cannot even be opened ends the takeover with its reason.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import ColumnElement, or_, select

from hub.core import clock, files
from hub.core.apart import reason_of
from hub.core.db import db, transaction
from hub.core.errors import HubError
from hub.core.text import N_
from hub.takeover.actions import keep_problems
from hub.takeover.models import Takeover
from hub.takeover.opening import open_file
from hub.takeover.running import Check, Taken, begin_check, check_part, check_so_far, open_export, take_part
from hub.takeover.taking import House
from hub.takeover.values import BadRowError, Export
from hub.takeover.words import TakeoverSource, TakeoverState

BATCH = 50
BATCH_SECONDS = 10
"""A batch ends after so long, however few parts it has done."""
LEASE = timedelta(seconds=150)
"""Longer than a job may run (`JOB_TIMEOUT_SECONDS` in `hub/core/bell.py`)."""
SLOW = timedelta(seconds=30)
"""A file that took so long to open is worked on by the next job, which has all its time."""
PAUSE = timedelta(seconds=20)
MOST_ATTEMPTS = 5
ALONE_FROM = 3
TRIED_OFTEN = N_("The work on this file ended %(count)s times at part %(position)s: %(error)s")
DIED = N_("The worker ended at each attempt to take it.")
LEFT_OUT = "left_out"
log = structlog.get_logger(__name__)

_DUE = (TakeoverState.CHECKING, TakeoverState.RUNNING)


@dataclass(frozen=True)
class _Turn:
    """A claimed takeover. `is_alone`: earlier attempts failed, the next part is tried by itself."""

    takeover_id: int
    source: TakeoverSource
    file_name: str
    sha256: str
    own: tuple[str, ...]
    position: int
    is_alone: bool


class _Opened:
    """The export this process read last: a file is opened once, not once a batch."""

    key: tuple[object, ...] = ()
    export: Export | None = None


def has_due() -> bool:
    """Whether a file waits to be read or taken over."""
    return db.session.scalar(select(Takeover.id).where(_is_due(clock.machine_now())).limit(1)) is not None


def work_takeovers(wake: Callable[[], None]) -> int:
    """Read or take over one batch of one file. Returns 1 when there was something to do."""
    del wake  # one file after another
    with transaction():
        turn = _claim(clock.machine_now())
    if turn is None:
        _close_unless_needed()
        return 0
    try:
        _go_on(turn)
    except HubError as error:
        with transaction():
            _fail(_get(turn.takeover_id), error.text, error.values)
    except Exception as error:
        log.exception("takeover.interrupted", takeover_id=turn.takeover_id)
        with transaction():
            _put_off(_get(turn.takeover_id), error, clock.machine_now())
    return 1


def _close_unless_needed() -> None:
    """No turn may be free because a neighbour has it: to open a large file takes long, so it is kept for the next one."""
    if db.session.scalar(select(Takeover.id).where(Takeover.state.in_(_DUE)).limit(1)) is None:
        _Opened.key, _Opened.export = (), None


def _go_on(turn: _Turn) -> None:
    began_at = clock.machine_now()
    with transaction():
        export = _open(turn, now=clock.business_now())
    if clock.machine_now() - began_at > SLOW:
        with transaction():
            row = _get(turn.takeover_id)
            row.lease_until, row.attempt_count = None, row.attempt_count - 1
        return
    if turn.is_alone:
        with transaction():
            _get(turn.takeover_id).suspect = turn.position
    with transaction():
        _work(turn, export, now=clock.business_now())


def _is_due(machine_now: datetime) -> ColumnElement[bool]:
    is_free = or_(Takeover.lease_until.is_(None), Takeover.lease_until <= machine_now)
    return Takeover.state.in_(_DUE) & is_free


def _claim(machine_now: datetime) -> _Turn | None:
    """The next takeover with its attempt counted; one that was tried too often is ended, or goes on behind a bad part."""
    found = select(Takeover).where(_is_due(machine_now)).order_by(Takeover.id).limit(1)
    while (row := db.session.scalar(found.with_for_update(skip_locked=True))) is not None:
        if row.attempt_count >= MOST_ATTEMPTS:
            if row.suspect != row.position:
                values = {"count": row.attempt_count, "position": row.position, "error": row.error or "?"}
                _fail(row, TRIED_OFTEN, values)
                db.session.flush()
                continue
            _leave_out(row)
        row.attempt_count += 1
        row.lease_until = machine_now + LEASE
        own = tuple(row.mapping.get("own", ()))
        is_alone = row.attempt_count >= ALONE_FROM
        return _Turn(row.id, row.source, row.file_name, row.sha256, own, row.position, is_alone)
    return None


def _leave_out(row: Takeover) -> None:
    """The part that was alone with its worker each time."""
    log.warning("takeover.left_out", takeover_id=row.id, place=row.position)
    keep_problems(row.id, [BadRowError("row", str(row.position), DIED, {"error": row.error})])
    if row.state is TakeoverState.CHECKING:
        row.report = {**row.report, LEFT_OUT: row.report.get(LEFT_OUT, 0) + 1}
    row.position += 1
    row.attempt_count, row.suspect, row.error = 0, None, ""


def _open(turn: _Turn, *, now: datetime) -> Export:
    """The file, opened once per process, without a lock."""
    key = (turn.sha256, turn.source, turn.own)
    if _Opened.key != key or _Opened.export is None:
        bundle = open_file(files.find_path(turn.sha256), turn.file_name)
        _Opened.export = open_export(turn.source, bundle, own=turn.own, now=now)
        _Opened.key = key
    return _Opened.export


def _work(turn: _Turn, export: Export, *, now: datetime) -> None:
    """One batch of the row as it is now: a person may have stopped it, or the lease have passed to another."""
    row = _get(turn.takeover_id)
    if row.state not in _DUE or row.position != turn.position:
        return
    stop_at = clock.machine_now() + timedelta(seconds=BATCH_SECONDS)
    size = 1 if turn.is_alone else BATCH
    if row.state is TakeoverState.CHECKING:
        _check(row, export, size, stop_at)
    else:
        _take(row, export, size, stop_at, now)
    is_past = not turn.is_alone or row.position % BATCH == 0
    row.attempt_count = 0 if is_past else ALONE_FROM - 1
    row.lease_until, row.suspect, row.error = None, None, ""


def _check(row: Takeover, export: Export, size: int, stop_at: datetime) -> None:
    kept: dict[str, Any] | None = row.report.get("reading")
    found = begin_check(export) if kept is None else check_so_far(kept)
    found.bad_count += row.report.get(LEFT_OUT, 0)
    row.total = export.size
    row.position = _each(row, export, size, stop_at, lambda place: check_part(export, place, found))
    keep_problems(row.id, found.bad)
    row.report = {"reading": found.as_kept()}
    if row.position >= export.size:
        _finish_check(row, found)


def _finish_check(row: Takeover, found: Check) -> None:
    row.report = found.as_report(House(row.mapping.get("groups", {})))
    row.state, row.position = TakeoverState.CHECKED, 0


def _take(row: Takeover, export: Export, size: int, stop_at: datetime, now: datetime) -> None:
    house, done = House(row.mapping.get("groups", {})), Taken()
    row.position = _each(
        row, export, size, stop_at, lambda place: take_part(export, house, done, place, now=now)
    )
    keep_problems(row.id, done.bad)
    row.report = {**row.report, "done": _added(row.report.get("done", {}), done)}
    if row.position >= export.size:
        row.state, row.ended_at = TakeoverState.DONE, now


def _each(row: Takeover, export: Export, size: int, stop_at: datetime, act: Callable[[int], None]) -> int:
    """Act on the parts from the row's position on; returns where the next batch begins."""
    place, end = row.position, min(row.position + size, export.size)
    while place < end:
        act(place)
        place += 1
        if clock.machine_now() >= stop_at:
            break
    return place


def _added(before: dict[str, int], done: Taken) -> dict[str, int]:
    now = {"people": done.people, "new": done.new, "known": done.known}
    return {name: before.get(name, 0) + count for name, count in now.items()}


def _get(takeover_id: int) -> Takeover:
    found = select(Takeover).where(Takeover.id == takeover_id).with_for_update()
    return db.session.scalars(found.execution_options(populate_existing=True)).one()


def _put_off(row: Takeover, error: Exception, machine_now: datetime) -> None:
    """The attempt stays counted."""
    row.error = reason_of(error)[:300]
    row.lease_until = machine_now + PAUSE * row.attempt_count


def _fail(row: Takeover, text: str, values: dict[str, Any]) -> None:
    row.state = TakeoverState.FAILED
    row.lease_until = row.suspect = None
    row.error = text
    row.report = {**row.report, "error": {name: str(value) for name, value in values.items()}}
    log.warning("takeover.failed", takeover_id=row.id)
