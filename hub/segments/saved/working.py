"""The job of the segments: counts and refreshes asked for, the daily count, files. One at a time, each resumable."""

import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import ColumnElement, and_, delete, func, insert, literal, or_, select

from hub.core import clock, files, loose_files
from hub.core.apart import reason_of
from hub.core.db import db, transaction
from hub.core.errors import HubError
from hub.segments.compiling.statement import ask_ids
from hub.segments.conditions.tree import Group
from hub.segments.models import Segment, SegmentFile, SegmentMember
from hub.segments.saved.actions import keep_size
from hub.segments.saved.counting import JOB_SECONDS, count_tree
from hub.segments.saved.loading import open_frame, open_tree
from hub.segments.saved.queries import count_kept, get_segment
from hub.segments.saved.rows import SegmentRow
from hub.segments.saved.tables import write_audience, write_table
from hub.segments.words import FileKind, SegmentKind, WorkState
from hub.stores.queries import find_chain

LEASE = timedelta(minutes=10)
MOST_ATTEMPTS = 3
LOCK_CLASS = 4_731
log = structlog.get_logger(__name__)
_WAITS = (WorkState.WAITING, WorkState.RUNNING)


def has_due() -> bool:
    """Whether a count, a refresh or a file waits, or a segment has no count of today."""
    machine_now, today = clock.machine_now(), _midnight(clock.business_now())
    for due in (_due_segments(machine_now, today), _due_files(machine_now), _ended_files()):
        if db.session.scalar(due.with_only_columns(literal(1)).limit(1)) is not None:
            return True
    return False


def work_segments(wake: Callable[[], None]) -> int:
    """One count, refresh or file. Returns 1 when there was something to do."""
    del wake  # one after another: a count may need all the memory of a worker
    return int(_work_segment() or _work_file() or _drop_ended())


def _midnight(now: datetime) -> datetime:
    """The beginning of the day of the chain."""
    chain = find_chain()
    zone = ZoneInfo(chain.time_zone if chain else "UTC")
    return datetime.combine(now.astimezone(zone).date(), time(), zone)


def _is_free(lease: Any, machine_now: datetime) -> ColumnElement[bool]:
    return or_(lease.is_(None), lease <= machine_now)


def _due_segments(machine_now: datetime, midnight: datetime) -> Any:
    """Those asked for, and once a day each that is not archived; one that failed waits for a person or tomorrow."""
    asked = and_(Segment.work_state.in_(_WAITS), _is_free(Segment.lease_until, machine_now))
    old = func.coalesce(Segment.counted_at, Segment.created_at) < midnight
    daily = and_(Segment.work_state.in_((WorkState.DONE, WorkState.FAILED)), old)
    daily = and_(daily, _is_free(Segment.lease_until, machine_now))
    return select(Segment).where(Segment.archived_at.is_(None), or_(asked, daily)).order_by(Segment.id)


def _due_files(machine_now: datetime) -> Any:
    is_due = and_(SegmentFile.state.in_(_WAITS), _is_free(SegmentFile.lease_until, machine_now))
    return select(SegmentFile).where(is_due).order_by(SegmentFile.id)


def _ended_files() -> Any:
    is_over = and_(SegmentFile.file_sha256.is_not(None), SegmentFile.ends_at < clock.business_now())
    return select(SegmentFile).where(is_over).order_by(SegmentFile.id)


def _work_segment() -> bool:
    with transaction():
        machine_now, now = clock.machine_now(), clock.business_now()
        found = _due_segments(machine_now, _midnight(now)).limit(1).with_for_update(skip_locked=True)
        row = db.session.scalars(found).first()
        if row is None:
            return False
        is_asked = row.work_state in _WAITS
        segment_id = row.id
        row.attempt_count += 1
        row.lease_until = machine_now + LEASE
        if is_asked:
            row.work_state = WorkState.RUNNING
        if row.attempt_count > MOST_ATTEMPTS:
            _give_up(row, "The worker ended at each attempt.", machine_now)
            return True
    try:
        with transaction():
            _count(segment_id, is_asked=is_asked, now=now)
    except Exception as error:
        log.exception("segment.failed", segment_id=segment_id)
        with transaction():
            _give_up(_get(segment_id), _words_of(error), clock.machine_now())
    return True


def _count(segment_id: int, *, is_asked: bool, now: datetime) -> None:
    """Measured before the row is held, so that nobody who saves it waits; of a definition that changed it is dropped.

    Two workers refresh one after the other, and each leaves the whole.
    """
    db.session.execute(select(func.pg_advisory_xact_lock(LOCK_CLASS, func.hashtext(f"segment:{segment_id}"))))
    seen = db.session.get_one(Segment, segment_id, populate_existing=True)
    told = (seen.kind, seen.definition)
    is_refill = seen.kind is SegmentKind.STATIC and (is_asked or seen.refreshed_at is None)
    with db.session.begin_nested() as attempt:
        count = _measure(seen, is_refill=is_refill, now=now)
        row = _get(segment_id)
        if (row.kind, row.definition) != told:
            attempt.rollback()
            return
        row.refreshed_at = now if is_refill else row.refreshed_at
        keep_size(row, count, now=now, day=_midnight(now).date())
        row.work_state, row.lease_until, row.attempt_count, row.error = WorkState.DONE, None, 0, ""


def _measure(seen: Segment, *, is_refill: bool, now: datetime) -> int:
    if seen.kind is SegmentKind.LIVE:
        return count_tree(open_tree(seen.definition), now=now, seconds=JOB_SECONDS)
    if is_refill:
        _refill(seen.id, open_tree(seen.definition), now=now)
    return count_kept(seen.id)


def _refill(segment_id: int, root: Group, *, now: datetime) -> None:
    """The members as they are now, in place of those of the last time."""
    db.session.execute(delete(SegmentMember).where(SegmentMember.segment_id == segment_id))
    members = ask_ids(root, open_frame(root, now=now)).add_columns(literal(segment_id))
    db.session.execute(insert(SegmentMember).from_select(["customer_id", "segment_id"], members))


def _give_up(row: Segment, words: str, machine_now: datetime) -> None:
    """The old count stays with its time; asked for again, or tomorrow, it is tried again."""
    row.work_state, row.error, row.attempt_count = WorkState.FAILED, words[:300], 0
    row.lease_until = machine_now + timedelta(days=1)


def _words_of(error: Exception) -> str:
    return error.text % error.values if isinstance(error, HubError) else reason_of(error)


def _get(segment_id: int) -> Segment:
    found = select(Segment).where(Segment.id == segment_id).with_for_update(key_share=True)
    return db.session.scalars(found.execution_options(populate_existing=True)).one()


def _work_file() -> bool:
    with transaction():
        machine_now = clock.machine_now()
        found = _due_files(machine_now).limit(1).with_for_update(skip_locked=True)
        row = db.session.scalars(found).first()
        if row is None:
            return False
        row.state, row.lease_until, row.attempt_count = (
            WorkState.RUNNING,
            machine_now + LEASE,
            row.attempt_count + 1,
        )
        file_id, kind, segment = row.id, row.kind, get_segment(row.segment_id)
        is_last = row.attempt_count > MOST_ATTEMPTS
    try:
        if is_last:
            raise RuntimeError("The worker ended at each attempt.")  # noqa: TRY301 - told as any failure
        digest, count = _write(segment, kind, now=clock.business_now())
    except Exception as error:
        log.exception("segment_file.failed", file_id=file_id)
        _end_file(file_id, WorkState.FAILED, error=_words_of(error))
    else:
        _end_file(file_id, WorkState.DONE, digest=digest, count=count)
    return True


def _write(segment: SegmentRow, kind: FileKind, *, now: datetime) -> tuple[str, int]:
    """On the disk piece by piece; the transaction ends with each, so that nothing is held while a file is written."""
    total, pieces = 0, _pieces(segment, kind, now=now)
    with tempfile.TemporaryFile() as out:
        while True:
            with transaction():
                text, count = next(pieces, ("", 0))
            if not text:
                break
            out.write(text.encode())
            total += count
        out.seek(0)
        digest, _size = files.keep_stream(out)
    return digest, total


def _pieces(segment: SegmentRow, kind: FileKind, *, now: datetime) -> Iterator[tuple[str, int]]:
    if kind is FileKind.TABLE:
        return write_table(segment, now=now, seconds=JOB_SECONDS)
    return write_audience(segment, kind, now=now, seconds=JOB_SECONDS)


def _end_file(
    file_id: int, state: WorkState, *, digest: str | None = None, count: int = 0, error: str = ""
) -> None:
    with transaction():
        row = db.session.get(SegmentFile, file_id, with_for_update=True, populate_existing=True)
        if row is not None:
            row.state, row.lease_until, row.error, row.done_at = (
                state,
                None,
                error[:300],
                clock.business_now(),
            )
            row.file_sha256, row.row_count = digest, count


def _drop_ended() -> bool:
    """A file of members is personal data: it leaves after a week."""
    with transaction():
        found = _ended_files().limit(1).with_for_update(skip_locked=True)
        row = db.session.scalars(found).first()
        if row is None:
            return False
        loose_files.note_loose([row.file_sha256], machine_now=clock.machine_now())
        row.file_sha256 = None
    return True
