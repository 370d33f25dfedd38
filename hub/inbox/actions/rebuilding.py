"""Writes the reply waits anew from messages and the audit trail, or says where they differ."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy import Select, select

from hub.core.db import db
from hub.inbox.actions.events import lock_ticket
from hub.inbox.actions.history import History, TargetHistory, read_histories
from hub.inbox.actions.waiting import clear_deadline, close_wait, set_deadline
from hub.inbox.deadlines import make_deadline
from hub.inbox.directory import Directory
from hub.inbox.models import ReplyWait, Ticket
from hub.inbox.waits import Wait

MEASURED = (
    "store_id",
    "channel",
    "reason_id",
    "kind",
    "started_at",
    "due_at",
    "target_seconds",
    "ended_at",
    "agent_id",
    "is_transferred",
    "seconds",
    "business_seconds",
    "dropped_at",
    "drop_reason",
)
BATCH = 500


@dataclass(frozen=True)
class Rebuilt:
    """One batch: `differing` are the numbers of the tickets whose waits were not what their history says."""

    ticket_count: int
    wait_count: int
    differing: tuple[str, ...]
    last_id: int | None

    @property
    def is_same(self) -> bool:
        return not self.differing


class _Place:
    """What measuring needs, looked up once for a batch."""

    def __init__(self, directory: Directory) -> None:
        self.directory = directory

    @cached_property
    def targets(self) -> TargetHistory:
        return TargetHistory(self.directory)


def rebuild_waits(ticket_id: int, *, directory: Directory | None = None) -> list[Wait]:
    """The waits of one ticket from its history; a target that is known stays as it was frozen."""
    ticket = lock_ticket(ticket_id)
    db.session.flush()
    history = read_histories([ticket])[ticket_id]
    rows = list(db.session.scalars(_rows_of([ticket_id])))
    _settle(history, rows, _Place(directory or Directory()), is_check=False)
    db.session.flush()
    return history.waits


def rebuild_batch(*, after_id: int = 0, is_check: bool = False, size: int = BATCH) -> Rebuilt:
    """The tickets that follow `after_id`; `last_id` is None when there are no more. `is_check` writes nothing.

    Measured with the opening hours as they are now: hours entered late count from the first day.
    """
    found = select(Ticket).where(Ticket.id > after_id).order_by(Ticket.id).limit(size)
    locked = found if is_check else found.with_for_update()
    tickets = list(db.session.scalars(locked.execution_options(populate_existing=True)))
    rows: dict[int, list[ReplyWait]] = defaultdict(list)
    for row in db.session.scalars(_rows_of([ticket.id for ticket in tickets])):
        rows[row.ticket_id].append(row)
    place = _Place(Directory())
    histories = read_histories(tickets)
    differing = [
        ticket.number
        for ticket in tickets
        if _settle(histories[ticket.id], rows[ticket.id], place, is_check=is_check)
    ]
    db.session.flush()
    last_id = tickets[-1].id if len(tickets) == size else None
    count = sum(len(history.waits) for history in histories.values())
    return Rebuilt(len(tickets), count, tuple(differing), last_id)


def _rows_of(ticket_ids: Sequence[int]) -> Select[ReplyWait]:
    return (
        select(ReplyWait)
        .where(ReplyWait.ticket_id.in_(ticket_ids))
        .order_by(ReplyWait.started_at, ReplyWait.id)
        .execution_options(populate_existing=True)
    )


def _settle(history: History, rows: Sequence[ReplyWait], place: _Place, *, is_check: bool) -> bool:
    """Make the rows what they must be; an equal one keeps its id. Returns whether anything differed."""
    kept: dict[tuple[datetime, int | None], list[ReplyWait]] = defaultdict(list)
    for row in rows:
        kept[row.started_at, row.store_id].append(row)
    pairs: list[tuple[ReplyWait | None, ReplyWait]] = []
    for wait in history.waits:
        same = kept[wait.started_at, wait.store_id]
        found = same.pop(0) if same else None
        pairs.append((found, _make(history, wait, found, place)))
    gone = [spare for left in kept.values() for spare in left]
    changed = [pair for pair in pairs if pair[0] is None or _values(pair[0]) != _values(pair[1])]
    is_ticket_right = _is_right(history)
    if not is_check and (gone or changed or not is_ticket_right):
        _write(history, gone, changed, place)
    return bool(gone or changed or not is_ticket_right)


def _make(history: History, wait: Wait, row: ReplyWait | None, place: _Place) -> ReplyWait:
    """The row that a wait must be, not added; every column is set, so that rows compare."""
    ticket = history.ticket
    target = row.target_seconds if row else _target_of(history, wait, place)
    made = ReplyWait(
        ticket_id=ticket.id,
        store_id=wait.store_id,
        channel=wait.channel,
        reason_id=ticket.reason_id,
        kind=wait.kind,
        started_at=wait.started_at,
        target_seconds=target,
        is_transferred=wait.is_transferred,
        dropped_at=wait.dropped_at,
        drop_reason=wait.drop_reason,
    )
    hours = place.directory.hours(wait.store_id)
    made.due_at = make_deadline(hours, wait.started_at, target, steps=()).due_at
    if wait.ended_at is not None:
        close_wait(made, at=wait.ended_at, agent_id=wait.agent_id, hours=hours)
    return made


def _target_of(history: History, wait: Wait, place: _Place) -> int:
    priority = history.priority_at(wait.event_id)
    return place.targets.at(wait.channel, priority, wait.noted_at).seconds(wait.kind)


def _values(row: ReplyWait) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in MEASURED)


def _open_wait(history: History) -> Wait | None:
    last = history.waits[-1] if history.waits else None
    return last if last and last.ended_at is None and last.dropped_at is None else None


def _is_right(history: History) -> bool:
    """Whether the ticket itself says what its history says."""
    ticket, wait = history.ticket, _open_wait(history)
    said = (ticket.waiting_since, ticket.first_replied_at)
    return said == (wait.since if wait else None, history.first_replied_at)


def _write(
    history: History,
    gone: Sequence[ReplyWait],
    changed: Sequence[tuple[ReplyWait | None, ReplyWait]],
    place: _Place,
) -> None:
    """One ticket has at most one open wait: rows go, then change, then come."""
    for spare in gone:
        db.session.delete(spare)
    db.session.flush()
    for row, made in changed:
        if row is not None:
            for name in MEASURED:
                setattr(row, name, getattr(made, name))
    db.session.flush()
    db.session.add_all([made for row, made in changed if row is None])
    db.session.flush()
    _tell_ticket(history, is_changed=bool(gone or changed), place=place)


def _tell_ticket(history: History, *, is_changed: bool, place: _Place) -> None:
    ticket, wait = history.ticket, _open_wait(history)
    ticket.first_replied_at = history.first_replied_at
    if wait is None:
        if ticket.waiting_since is not None:
            clear_deadline(ticket, at=ticket.updated_at)
        return
    is_same_wait = ticket.waiting_since == wait.since
    ticket.waiting_since = wait.since
    if is_changed or not is_same_wait:
        open_row = db.session.scalars(
            _rows_of([ticket.id]).where(ReplyWait.ended_at.is_(None), ReplyWait.dropped_at.is_(None))
        ).one()
        set_deadline(ticket, open_row, place.directory, is_warned_anew=not is_same_wait)
