"""Replies that leave later: kept, changed, cancelled, and sent by a job unless somebody was faster."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from hub.core.actor import SYSTEM, Actor
from hub.core.apart import do_each, is_free, list_tried_often
from hub.core.audit import AuditEntry
from hub.core.db import db
from hub.core.errors import Conflict, Forbidden, HubError, Invalid
from hub.core.text import N_
from hub.core.words import ActorKind
from hub.inbox.actions.events import TICKET, lock_ticket, note_ticket
from hub.inbox.actions.noticing import notify
from hub.inbox.actions.replying import check_answerable, check_collision, check_text, reply
from hub.inbox.colleagues import find_answerer
from hub.inbox.models import ComposerFile, ScheduledReply, Ticket
from hub.inbox.words import NoticeKind, ScheduledState
from hub.staff import queries as staff

SOONEST, LATEST = timedelta(minutes=1), timedelta(days=366)
KIND = "scheduled_replies"
MOST_ATTEMPTS = 8
"""5, 10, 20 … 320 seconds apart: more than ten minutes."""
TRIED_OFTEN = N_(
    "It could not be sent, although it was tried for ten minutes. Please read it again, then send it yourself."
)
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
    """It will not leave. Its files are in the author's composer again; returns its text. A colleague's is told.

    The files of an author who does not answer this ticket any more are in the composer of whoever cancels.
    """
    row = _lock(scheduled_id)
    ticket = lock_ticket(row.ticket_id)
    row.state, row.ended_at = ScheduledState.CANCELLED, now
    note_ticket("schedule_cancelled", ticket, by=by, now=now, leave_at=row.leave_at.isoformat())
    heir_id = row.agent_id if find_answerer(row.agent_id, ticket.store_id) else by.agent_id
    db.session.execute(
        update(ComposerFile)
        .where(ComposerFile.scheduled_id == row.id)
        .values(scheduled_id=None, agent_id=heir_id)
    )
    _tell([row.agent_id], row, "cancelled", by=by, now=now)
    db.session.flush()
    return row.text


def send_due_replies(*, now: datetime, machine_now: datetime, size: int) -> int:
    """Send what is due, each by itself; what cannot leave is held and its author told. Returns how many.

    One whose sending fails for no reason of its own is put off, and stops no other; after ten minutes it is held too.
    """
    due = select(ScheduledReply).where(
        ScheduledReply.state == ScheduledState.WAITING,
        ScheduledReply.leave_at <= now,
        is_free(KIND, ScheduledReply.id, machine_now=machine_now),
    )
    rows = db.session.scalars(
        due.order_by(ScheduledReply.leave_at, ScheduledReply.id)
        .limit(size)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    rows = sorted(
        rows, key=lambda row: (row.ticket_id, row.id)
    )  # tickets are locked in one order by everybody
    failed = do_each(KIND, rows, lambda row: _send(row, now=now), id_of=_id_of, machine_now=machine_now)
    often = list_tried_often(KIND, failed, attempt_count=MOST_ATTEMPTS) if failed else ()
    last = [row for row in rows if row.id in often]
    do_each(KIND, last, lambda row: _give_up(row, now=now), id_of=_id_of, machine_now=machine_now)
    return len(rows)


def _id_of(row: ScheduledReply) -> int:
    return row.id


def next_leaving_at(*, machine_now: datetime) -> datetime | None:
    """Business time of the next reply that leaves."""
    waits = ScheduledReply.state == ScheduledState.WAITING
    free = is_free(KIND, ScheduledReply.id, machine_now=machine_now)
    found = select(ScheduledReply.leave_at).where(waits, free).order_by(ScheduledReply.leave_at)
    return db.session.scalar(found.limit(1))


def _send(row: ScheduledReply, *, now: datetime) -> None:
    try:
        with db.session.begin_nested():
            ticket = lock_ticket(row.ticket_id)
            _check_store(row, ticket)
            done = reply(
                ticket_id=row.ticket_id,
                text=row.text,
                by=_author(row, ticket),
                now=now,
                last_event_id=row.last_event_id,
                inserted=row.inserted or None,
                key=f"scheduled:{row.id}",
                file_ids=_free_files(row),
                ends_draft=False,
            )
    except HubError as error:
        _hold(row, error, now=now)
        return
    row.state, row.message_id, row.ended_at = ScheduledState.SENT, done.message_id, now
    db.session.flush()


def _check_store(row: ScheduledReply, ticket: Ticket) -> None:
    """Raises Conflict when another store has the ticket than when the reply was written or last looked at."""
    moved = select(AuditEntry.data["from_store_id"].as_integer()).where(
        AuditEntry.subject_kind == TICKET,
        AuditEntry.subject_id == ticket.id,
        AuditEntry.action == f"{TICKET}.transferred",
        AuditEntry.data["event_id"].as_integer() > row.last_event_id,
    )
    first = db.session.execute(moved.order_by(AuditEntry.id).limit(1)).first()
    if first is not None and first[0] != ticket.store_id:
        raise Conflict(N_("The ticket has moved to another store since. Please read it again, then decide."))


def _author(row: ScheduledReply, ticket: Ticket) -> Actor:
    """Credited as if he or she sent it now. Raises Conflict when the person has left, or may not answer here now."""
    person = find_answerer(row.agent_id, ticket.store_id)
    if person is None:
        raise Conflict(
            N_("Its author does not answer this ticket any more. Please write to the customer yourself.")
        )
    return Actor(ActorKind.AGENT, agent_id=person.agent_id, name=person.name)


def _give_up(row: ScheduledReply, *, now: datetime) -> None:
    """Held, and people are told, even when the line on the ticket is what cannot be written."""
    try:
        with db.session.begin_nested():
            _hold(row, Conflict(TRIED_OFTEN), now=now)
    except DBAPIError:
        _hold(row, Conflict(TRIED_OFTEN), now=now, has_line=False)


def _hold(row: ScheduledReply, error: HubError, *, now: datetime, has_line: bool = True) -> None:
    """It does not leave: it stands on the ticket as it was written, for whoever has the ticket now."""
    row.state = ScheduledState.HELD
    row.held_reason, row.held_values = error.text, {key: str(value) for key, value in error.values.items()}
    ticket = lock_ticket(row.ticket_id)
    if has_line:
        note_ticket("schedule_held", ticket, by=SYSTEM, now=now, leave_at=row.leave_at.isoformat())
    has_author = find_answerer(row.agent_id, ticket.store_id) is not None
    if has_author:
        _tell([row.agent_id], row, "held", by=None, now=now)
    else:
        _tell_away(row, ticket, now=now)
    _tell(_heirs(row, ticket, has_author=has_author), row, "held_of_other", by=None, now=now)
    db.session.flush()


def _heirs(row: ScheduledReply, ticket: Ticket, *, has_author: bool) -> set[int]:
    """Who else must know: the assignee; of a ticket of nobody whose author is not there any more, its store."""
    people = {ticket.assignee_id} if ticket.assignee_id else set()
    if not people and not has_author:
        people = {person.id for person in staff.list_store_agents(ticket.store_id)}
    return people - {row.agent_id}


def _tell_away(row: ScheduledReply, ticket: Ticket, *, now: datetime) -> None:
    """An author who does not see the ticket any more sees no notice about it: this one only names it."""
    data = {"what": "held_away", "number": ticket.number}
    notify(agent_ids=[row.agent_id], kind=NoticeKind.REPLY_HELD, ticket_id=None, now=now, data=data)


def _tell(
    agent_ids: Iterable[int], row: ScheduledReply, what: str, *, by: Actor | None, now: datetime
) -> None:
    notify(
        agent_ids=agent_ids,
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
