"""The reply waits of a ticket as it goes on: started, ended, split, dropped, each with its deadline."""

from datetime import datetime

from sqlalchemy import select

from hub.core.db import db
from hub.core.words import Channel
from hub.inbox.actions.delaying import take_back_notice
from hub.inbox.deadlines import make_deadline
from hub.inbox.directory import Directory
from hub.inbox.models import ReplyWait, Ticket
from hub.inbox.waits import begins_earlier
from hub.inbox.words import DropReason, WaitKind
from hub.stores.rules import Hours, business_seconds


def start_wait(ticket: Ticket, *, at: datetime, channel: Channel, directory: Directory) -> None:
    """The customer wrote at `at`; nothing starts while an older message waits. One that was late sets the start back."""
    if ticket.waiting_since is None:
        db.session.add(make_wait(ticket, at=at, channel=channel, directory=directory))
    elif at < ticket.waiting_since:
        _set_back(ticket, at, directory)


def _set_back(ticket: Ticket, at: datetime, directory: Directory) -> None:
    wait = find_open(ticket)
    if wait is not None and begins_earlier(wait.started_at, ticket.waiting_since or at, at):
        wait.started_at = ticket.waiting_since = at
        set_deadline(ticket, wait, directory, is_warned_anew=False)


def make_wait(ticket: Ticket, *, at: datetime, channel: Channel, directory: Directory) -> ReplyWait:
    """The row, not yet added, of a ticket in which nobody waits so far."""
    ticket.waiting_since = at
    kind = WaitKind.FIRST if ticket.first_replied_at is None else WaitKind.NEXT
    return _open(ticket, channel=channel, kind=kind, at=at, directory=directory)


def end_wait(ticket: Ticket, *, at: datetime, agent_id: int | None, directory: Directory) -> int | None:
    """A person answered in public; returns the id of the wait that this ended, credited to the person."""
    if ticket.first_replied_at is None:
        ticket.first_replied_at = at
    wait = find_open(ticket)
    if wait is None:
        return None
    close_wait(wait, at=at, agent_id=agent_id, hours=directory.hours(wait.store_id))
    take_back_notice(ticket, now=at)
    clear_deadline(ticket, at=at)
    return wait.id


def drop_wait(ticket: Ticket, *, at: datetime, reason: DropReason) -> None:
    """The wait counts in no median."""
    wait = find_open(ticket)
    if wait is not None:
        wait.dropped_at = at
        wait.drop_reason = reason
    take_back_notice(ticket, now=at)
    clear_deadline(ticket, at=at)


def split_wait(ticket: Ticket, *, store_id: int | None, at: datetime, directory: Directory) -> None:
    """A transfer: the old store is charged its own time, the new one gets the same kind with its full target."""
    wait = find_open(ticket)
    ticket.store_id = store_id
    if wait is None:
        return
    close_wait(wait, at=at, agent_id=None, hours=directory.hours(wait.store_id))
    wait.is_transferred = True
    db.session.flush()
    db.session.add(_open(ticket, channel=wait.channel, kind=wait.kind, at=at, directory=directory))


def set_deadline(
    ticket: Ticket, wait: ReplyWait, directory: Directory, *, is_warned_anew: bool = True
) -> None:
    """Due after the wait's target in the store's business time; the steps of the escalation begin again."""
    if is_warned_anew:
        forget_warnings(ticket)
    deadline = make_deadline(
        directory.hours(wait.store_id),
        wait.started_at,
        wait.target_seconds,
        steps=directory.alerts.steps,
        warned_percent=ticket.warned_percent or 0,
    )
    wait.due_at = ticket.due_at = deadline.due_at
    ticket.warn_at = deadline.warn_at
    ticket.list_at = deadline.due_at or wait.started_at


def warn_again(ticket: Ticket, directory: Directory) -> None:
    """The next step of the escalation, after the last one that was told."""
    wait = find_open(ticket)
    if wait is not None:
        set_deadline(ticket, wait, directory, is_warned_anew=False)


def clear_deadline(ticket: Ticket, *, at: datetime) -> None:
    ticket.waiting_since = ticket.due_at = ticket.warn_at = None
    forget_warnings(ticket)
    ticket.list_at = at


def forget_warnings(ticket: Ticket) -> None:
    ticket.warned_at = ticket.missed_at = None
    ticket.warned_percent = 0


def _open(
    ticket: Ticket, *, channel: Channel, kind: WaitKind, at: datetime, directory: Directory
) -> ReplyWait:
    wait = ReplyWait(
        ticket_id=ticket.id,
        store_id=ticket.store_id,
        channel=channel,
        reason_id=ticket.reason_id,
        kind=kind,
        started_at=at,
        target_seconds=directory.target(channel, ticket.priority).seconds(kind),
        is_transferred=False,
    )
    set_deadline(ticket, wait, directory)
    return wait


def find_open(ticket: Ticket) -> ReplyWait | None:
    """The wait under way, or the share of it that runs in the ticket's store."""
    if ticket.waiting_since is None:
        return None
    return db.session.scalar(
        select(ReplyWait).where(
            ReplyWait.ticket_id == ticket.id, ReplyWait.ended_at.is_(None), ReplyWait.dropped_at.is_(None)
        )
    )


def close_wait(wait: ReplyWait, *, at: datetime, agent_id: int | None, hours: Hours | None) -> None:
    """The wait, or a store's share of it, is over: wall time, and the store's opening time where it is known."""
    end = max(at, wait.started_at)
    wait.ended_at = end
    wait.agent_id = agent_id
    wait.seconds = int((end - wait.started_at).total_seconds())
    wait.business_seconds = business_seconds(hours, wait.started_at, end) if hours else None
