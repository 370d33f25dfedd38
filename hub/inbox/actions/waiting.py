"""The reply waits of a ticket: started, ended, split, dropped, and rebuilt from the messages."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from hub.core.audit import AuditEntry
from hub.core.db import db
from hub.core.words import Channel
from hub.inbox.actions.events import TICKET, lock_ticket
from hub.inbox.deadlines import make_deadline
from hub.inbox.directory import Directory
from hub.inbox.models import ReplyWait, Ticket, TicketMessage
from hub.inbox.waits import Event, Wait, WaitEvent, replay
from hub.inbox.words import DropReason, MessageKind, WaitKind
from hub.stores.rules import Hours, business_seconds

DROPPING: Mapping[str, DropReason] = {
    f"{TICKET}.solved": DropReason.SOLVED_WITHOUT_REPLY,
    f"{TICKET}.merged": DropReason.MERGED,
    f"{TICKET}.marked_spam": DropReason.SPAM,
    f"{TICKET}.withdrawn": DropReason.WITHDRAWN,
}


def start_wait(ticket: Ticket, *, at: datetime, channel: Channel, directory: Directory) -> None:
    """The customer wrote at `at`; nothing starts while an older message waits."""
    if ticket.waiting_since is None:
        db.session.add(make_wait(ticket, at=at, channel=channel, directory=directory))


def make_wait(ticket: Ticket, *, at: datetime, channel: Channel, directory: Directory) -> ReplyWait:
    """The row, not yet added, of a ticket in which nobody waits so far."""
    ticket.waiting_since = at
    kind = WaitKind.FIRST if ticket.first_replied_at is None else WaitKind.NEXT
    return _open(ticket, channel=channel, kind=kind, at=at, directory=directory)


def end_wait(ticket: Ticket, *, at: datetime, agent_id: int | None, directory: Directory) -> int | None:
    """A person answered in public; returns the id of the wait that this ended, credited to the person."""
    if ticket.first_replied_at is None:
        ticket.first_replied_at = at
    wait = _find_open(ticket)
    if wait is None:
        return None
    _close(wait, at=at, agent_id=agent_id, hours=directory.hours(wait.store_id))
    clear_deadline(ticket, at=at)
    return wait.id


def drop_wait(ticket: Ticket, *, at: datetime, reason: DropReason) -> None:
    """The wait counts in no median."""
    wait = _find_open(ticket)
    if wait is not None:
        wait.dropped_at = at
        wait.drop_reason = reason
    clear_deadline(ticket, at=at)


def split_wait(ticket: Ticket, *, store_id: int | None, at: datetime, directory: Directory) -> None:
    """A transfer: the old store is charged its own time, the new one gets the same kind with its full target."""
    wait = _find_open(ticket)
    ticket.store_id = store_id
    if wait is None:
        return
    _close(wait, at=at, agent_id=None, hours=directory.hours(wait.store_id))
    wait.is_transferred = True
    db.session.flush()
    db.session.add(_open(ticket, channel=wait.channel, kind=wait.kind, at=at, directory=directory))


def set_deadline(ticket: Ticket, wait: ReplyWait, directory: Directory) -> None:
    """Due after the wait's target in the store's business time."""
    deadline = make_deadline(directory.hours(wait.store_id), wait.started_at, wait.target_seconds)
    wait.due_at = ticket.due_at = deadline.due_at
    ticket.warn_at = deadline.warn_at
    ticket.warned_at = ticket.missed_at = None
    ticket.list_at = deadline.due_at or wait.started_at


def clear_deadline(ticket: Ticket, *, at: datetime) -> None:
    ticket.waiting_since = ticket.due_at = ticket.warn_at = ticket.warned_at = ticket.missed_at = None
    ticket.list_at = at


def rebuild_waits(ticket_id: int, *, directory: Directory | None = None) -> list[Wait]:
    """Write the waits anew from messages and audit lines; targets stay as they were frozen."""
    place = directory or Directory()
    ticket = lock_ticket(ticket_id)
    db.session.flush()
    rows = list(db.session.scalars(select(ReplyWait).where(ReplyWait.ticket_id == ticket_id)))
    targets = {(row.started_at, row.store_id): row.target_seconds for row in rows}
    events = _list_message_events(ticket_id)
    lines = _list_audit(ticket_id)
    events += [event for line in lines if (event := _event_of(line))]
    first_store = next(
        (line.data["from_store_id"] for line in lines if "from_store_id" in line.data), ticket.store_id
    )
    waits = replay(events, store_id=first_store, channel=ticket.channel)
    db.session.execute(delete(ReplyWait).where(ReplyWait.ticket_id == ticket_id))
    answers = [event.at for event in events if event.kind is WaitEvent.PERSON_ANSWERED]
    ticket.first_replied_at = min(answers, default=None)
    clear_deadline(ticket, at=ticket.updated_at)
    for wait in waits:
        _write(ticket, wait, targets, place)
    db.session.flush()
    return waits


def _write(
    ticket: Ticket, wait: Wait, targets: Mapping[tuple[datetime, int | None], int], directory: Directory
) -> None:
    target = targets.get((wait.started_at, wait.store_id))
    row = ReplyWait(
        ticket_id=ticket.id,
        store_id=wait.store_id,
        channel=wait.channel,
        reason_id=ticket.reason_id,
        kind=wait.kind,
        started_at=wait.started_at,
        target_seconds=target or directory.target(wait.channel, ticket.priority).seconds(wait.kind),
        is_transferred=wait.is_transferred,
        dropped_at=wait.dropped_at,
        drop_reason=wait.drop_reason,
    )
    hours = directory.hours(wait.store_id)
    row.due_at = make_deadline(hours, row.started_at, row.target_seconds).due_at
    if wait.ended_at is not None:
        _close(row, at=wait.ended_at, agent_id=wait.agent_id, hours=hours)
    elif wait.dropped_at is None:
        ticket.waiting_since = _oldest_since(ticket.id, wait.started_at)
        set_deadline(ticket, row, directory)
    db.session.add(row)


def _oldest_since(ticket_id: int, started_at: datetime) -> datetime:
    """Where the customer's own wait began: the first share of a wait that transfers cut."""
    db.session.flush()
    found = select(ReplyWait).where(ReplyWait.ticket_id == ticket_id, ReplyWait.is_transferred)
    begins = {row.ended_at: row.started_at for row in db.session.scalars(found)}
    while started_at in begins and begins[started_at] != started_at:
        started_at = begins.pop(started_at)
    return started_at


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


def _find_open(ticket: Ticket) -> ReplyWait | None:
    if ticket.waiting_since is None:
        return None
    return db.session.scalar(
        select(ReplyWait).where(
            ReplyWait.ticket_id == ticket.id, ReplyWait.ended_at.is_(None), ReplyWait.dropped_at.is_(None)
        )
    )


def _close(wait: ReplyWait, *, at: datetime, agent_id: int | None, hours: Hours | None) -> None:
    end = max(at, wait.started_at)
    wait.ended_at = end
    wait.agent_id = agent_id
    wait.seconds = int((end - wait.started_at).total_seconds())
    wait.business_seconds = business_seconds(hours, wait.started_at, end) if hours else None


def _list_message_events(ticket_id: int) -> list[Event]:
    found = select(TicketMessage).where(
        TicketMessage.ticket_id == ticket_id,
        (TicketMessage.kind == MessageKind.CUSTOMER) | TicketMessage.ends_wait,
    )
    return [
        Event(
            event_id=row.event_id,
            kind=WaitEvent.PERSON_ANSWERED if row.ends_wait else WaitEvent.CUSTOMER_WROTE,
            at=row.happened_at,
            channel=row.channel,
            agent_id=row.agent_id,
        )
        for row in db.session.scalars(found)
    ]


def _list_audit(ticket_id: int) -> list[AuditEntry]:
    found = select(AuditEntry).where(AuditEntry.subject_kind == TICKET, AuditEntry.subject_id == ticket_id)
    return list(db.session.scalars(found.order_by(AuditEntry.id)))


def _event_of(line: AuditEntry) -> Event | None:
    data: dict[str, Any] = line.data
    if line.action in DROPPING:
        return Event(
            event_id=data["event_id"],
            kind=WaitEvent.DROPPED,
            at=line.happened_at,
            reason=DROPPING[line.action],
        )
    if line.action == f"{TICKET}.transferred":
        return Event(
            event_id=data["event_id"],
            kind=WaitEvent.TRANSFERRED,
            at=line.happened_at,
            store_id=data["store_id"],
        )
    if line.action == f"{TICKET}.took_over" and data["waiting_since"]:
        since = datetime.fromisoformat(data["waiting_since"])
        return Event(
            event_id=data["event_id"],
            kind=WaitEvent.CUSTOMER_WROTE,
            at=since,
            channel=Channel(data["channel"]),
        )
    return None
