"""Replies that leave later: kept, changed, cancelled, and sent by a job unless somebody was faster."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update

from hub.core.actor import SYSTEM, Actor
from hub.core.db import db
from hub.core.errors import Conflict, Forbidden, HubError, Invalid
from hub.core.text import N_
from hub.core.words import ActorKind
from hub.inbox.actions.events import lock_ticket, note_ticket
from hub.inbox.actions.noticing import notify
from hub.inbox.actions.replying import check_answerable, check_collision, check_text, reply
from hub.inbox.models import ComposerFile, ScheduledReply
from hub.inbox.words import NoticeKind, ScheduledState
from hub.staff import queries as staff

SOONEST, LATEST = timedelta(minutes=1), timedelta(days=366)
OPEN = (ScheduledState.WAITING, ScheduledState.HELD)


def schedule_reply(
    *,
    ticket_id: int,
    text: str,
    leave_at: datetime,
    last_event_id: int | None,
    by: Actor,
    now: datetime,
    inserted: dict[str, Any] | None = None,
    file_ids: Sequence[int] = (),
) -> int:
    """Keep a reply for later; the customer waits until it leaves. Returns its id.

    Raises Conflict at once when somebody was faster than the writer, Invalid for a moment in the past.
    """
    words = check_text(text)
    if by.agent_id is None:
        raise Forbidden(N_("Only a person can reply. Please bind this key to an agent."))
    _check_moment(leave_at, now)
    ticket = lock_ticket(ticket_id)
    check_answerable(ticket)
    if last_event_id is not None:
        check_collision(ticket, last_event_id, by)
    row = ScheduledReply(
        ticket_id=ticket.id,
        agent_id=by.agent_id,
        text=words,
        inserted=inserted or {},
        leave_at=leave_at,
        last_event_id=ticket.last_event_id,
        state=ScheduledState.WAITING,
        held_reason="",
        held_values={},
        created_at=now,
    )
    db.session.add(row)
    note_ticket("scheduled", ticket, by=by, now=now, leave_at=leave_at.isoformat())
    db.session.flush()
    _take_files(row, file_ids)
    return row.id


def change_scheduled(*, scheduled_id: int, text: str, leave_at: datetime, by: Actor, now: datetime) -> None:
    """Other words or another moment; a held one waits again, its author having read what came."""
    words = check_text(text)
    _check_moment(leave_at, now)
    row = _lock(scheduled_id)
    if row.agent_id != by.agent_id:
        raise Forbidden(N_("Only the person who wrote this reply can change it."))
    ticket = lock_ticket(row.ticket_id)
    check_answerable(ticket)
    before = row.leave_at
    row.text, row.leave_at, row.state = words, leave_at, ScheduledState.WAITING
    row.held_reason, row.held_values = "", {}
    note_ticket(
        "schedule_changed",
        ticket,
        by=by,
        now=now,
        from_leave_at=before.isoformat(),
        leave_at=leave_at.isoformat(),
    )
    row.last_event_id = ticket.last_event_id
    db.session.flush()


def cancel_scheduled(*, scheduled_id: int, by: Actor, now: datetime) -> str:
    """It will not leave. Its author's files are in the composer again; returns its text. A colleague's is told."""
    row = _lock(scheduled_id)
    ticket = lock_ticket(row.ticket_id)
    row.state, row.ended_at = ScheduledState.CANCELLED, now
    note_ticket("schedule_cancelled", ticket, by=by, now=now, leave_at=row.leave_at.isoformat())
    db.session.execute(
        update(ComposerFile).where(ComposerFile.scheduled_id == row.id).values(scheduled_id=None)
    )
    _tell(row, "cancelled", by=by, now=now)
    db.session.flush()
    return row.text


def send_due_replies(*, now: datetime, size: int) -> int:
    """Send what is due, each by itself; what cannot leave is held and its author told. Returns how many."""
    due = select(ScheduledReply).where(
        ScheduledReply.state == ScheduledState.WAITING, ScheduledReply.leave_at <= now
    )
    rows = db.session.scalars(
        due.order_by(ScheduledReply.leave_at, ScheduledReply.id)
        .limit(size)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    for row in rows:
        _send(row, now=now)
    return len(rows)


def next_leaving_at() -> datetime | None:
    """Business time of the next reply that leaves."""
    waits = ScheduledReply.state == ScheduledState.WAITING
    return db.session.scalar(select(func.min(ScheduledReply.leave_at)).where(waits))


def _send(row: ScheduledReply, *, now: datetime) -> None:
    try:
        with db.session.begin_nested():
            done = reply(
                ticket_id=row.ticket_id,
                text=row.text,
                by=_author(row),
                now=now,
                last_event_id=row.last_event_id,
                inserted=row.inserted or None,
                key=f"scheduled:{row.id}",
                file_ids=_free_files(row),
            )
    except HubError as error:
        _hold(row, error, now=now)
        return
    row.state, row.message_id, row.ended_at = ScheduledState.SENT, done.message_id, now
    db.session.flush()


def _author(row: ScheduledReply) -> Actor:
    """Credited as if he or she sent it now. Raises Conflict when the person has left."""
    person = staff.get_agents([row.agent_id]).get(row.agent_id)
    if person is None or not person.is_active:
        raise Conflict(N_("Its author has left. Please write to the customer yourself."))
    return Actor(ActorKind.AGENT, agent_id=person.id, name=person.name)


def _hold(row: ScheduledReply, error: HubError, *, now: datetime) -> None:
    row.state = ScheduledState.HELD
    row.held_reason, row.held_values = error.text, {key: str(value) for key, value in error.values.items()}
    ticket = lock_ticket(row.ticket_id)
    note_ticket("schedule_held", ticket, by=SYSTEM, now=now, leave_at=row.leave_at.isoformat())
    _tell(row, "held", by=None, now=now)
    db.session.flush()


def _tell(row: ScheduledReply, what: str, *, by: Actor | None, now: datetime) -> None:
    notify(
        agent_ids=[row.agent_id],
        kind=NoticeKind.REPLY_HELD,
        ticket_id=row.ticket_id,
        by=by,
        now=now,
        data={"what": what},
    )


def _take_files(row: ScheduledReply, file_ids: Sequence[int]) -> None:
    mine = (ComposerFile.agent_id == row.agent_id, ComposerFile.ticket_id == row.ticket_id)
    db.session.execute(
        update(ComposerFile).where(ComposerFile.id.in_(file_ids), *mine).values(scheduled_id=row.id)
    )


def _free_files(row: ScheduledReply) -> list[int]:
    found = select(ComposerFile.id).where(ComposerFile.scheduled_id == row.id)
    return list(db.session.scalars(found.order_by(ComposerFile.id)))


def _check_moment(leave_at: datetime, now: datetime) -> None:
    if not now + SOONEST <= leave_at <= now + LATEST:
        raise Invalid(N_("Please choose a moment in the future, within a year."), field="leave_at")


def _lock(scheduled_id: int) -> ScheduledReply:
    """Raises Conflict when it has left or was cancelled."""
    found = select(ScheduledReply).where(ScheduledReply.id == scheduled_id).with_for_update()
    row = db.session.scalar(found.execution_options(populate_existing=True))
    if row is None or row.state not in OPEN:
        raise Conflict(N_("This reply has left already, or was cancelled."))
    return row
