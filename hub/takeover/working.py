"""The work of takeovers: read a file, then take it over batch by batch; whoever dies loses one batch and nothing more."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, or_, select

from hub.core import clock, files
from hub.core.db import db, transaction
from hub.core.errors import HubError
from hub.takeover.actions import keep_problems
from hub.takeover.models import Takeover
from hub.takeover.opening import open_bytes
from hub.takeover.running import Taken, check_export, open_export, take_batch
from hub.takeover.taking import House
from hub.takeover.values import Export
from hub.takeover.words import TakeoverState

LEASE = timedelta(seconds=120)
log = structlog.get_logger(__name__)
_DUE = (TakeoverState.CHECKING, TakeoverState.RUNNING)


class _Opened:
    """The export this process read last: a file is parsed once, not once a batch."""

    key: tuple[object, ...] = ()
    export: Export | None = None


def has_due() -> bool:
    """Whether a file waits to be read or taken over."""
    return db.session.scalar(select(Takeover.id).where(_is_due(clock.machine_now())).limit(1)) is not None


def work_takeovers(wake: Callable[[], None]) -> int:
    """Read one file, or take one batch over. Returns 1 when there was something to do."""
    del wake  # one file after another
    takeover_id = _claim(clock.machine_now())
    if takeover_id is None:
        return 0
    try:
        with transaction():
            _work(takeover_id, now=clock.business_now())
    except HubError as error:
        _fail(takeover_id, error.text, error.values)
    return 1


def _is_due(machine_now: datetime) -> ColumnElement[bool]:
    is_free = or_(Takeover.lease_until.is_(None), Takeover.lease_until <= machine_now)
    return Takeover.state.in_(_DUE) & is_free


def _claim(machine_now: datetime) -> int | None:
    with transaction():
        found = select(Takeover).where(_is_due(machine_now)).order_by(Takeover.id).limit(1)
        row = db.session.scalar(found.with_for_update(skip_locked=True))
        if row is None:
            return None
        row.lease_until = machine_now + LEASE
        return row.id


def _work(takeover_id: int, *, now: datetime) -> None:
    row = db.session.scalars(select(Takeover).where(Takeover.id == takeover_id).with_for_update()).one()
    if row.state not in _DUE:
        return
    row.lease_until = None
    export = _open(row, now)
    house = House(row.mapping.get("groups", {}))
    if row.state is TakeoverState.CHECKING:
        found = check_export(export)
        row.report = found.as_report(house)
        row.total = export.size
        row.state = TakeoverState.CHECKED
        keep_problems(row.id, found.bad)
        return
    done = take_batch(export, house, position=row.position, now=now)
    keep_problems(row.id, done.bad)
    row.position += done.parts
    row.report = {**row.report, "done": _added(row.report.get("done", {}), done)}
    if row.position >= export.size:
        row.state, row.ended_at = TakeoverState.DONE, now


def _open(row: Takeover, now: datetime) -> Export:
    """The file, parsed once per process."""
    own = tuple(row.mapping.get("own", ()))
    key = (row.sha256, row.source, own)
    if _Opened.key != key or _Opened.export is None:
        bundle = open_bytes(row.file_name, files.read(row.sha256))
        _Opened.export = open_export(row.source, bundle, own=own, now=now)
        _Opened.key = key
    return _Opened.export


def _added(before: dict[str, int], done: Taken) -> dict[str, int]:
    now = {"people": done.people, "new": done.new, "known": done.known}
    return {name: before.get(name, 0) + count for name, count in now.items()}


def _fail(takeover_id: int, text: str, values: dict[str, object]) -> None:
    with transaction():
        row = db.session.get_one(Takeover, takeover_id, with_for_update=True)
        row.state = TakeoverState.FAILED
        row.lease_until = None
        row.error = text
        row.report = {**row.report, "error": {name: str(value) for name, value in values.items()}}
        log.warning("takeover.failed", takeover_id=takeover_id)
