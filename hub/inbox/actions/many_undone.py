"""Takes back what was done to many tickets, as far as nobody has changed it since."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from hub.core.actor import Actor
from hub.core.batches import among
from hub.core.db import db
from hub.core.errors import Conflict, HubError
from hub.core.text import N_
from hub.inbox.actions import calls, changing, merging, snoozing, tagging, unsolving
from hub.inbox.actions.events import lock_ticket
from hub.inbox.actions.many import lock_all
from hub.inbox.models import BulkRun, Ticket
from hub.inbox.queries.access import only_visible
from hub.inbox.words import BulkKind, Priority
from hub.staff.rules import Viewer

_Undo = Callable[[int, Mapping[str, Any], Mapping[str, Any], Actor, datetime], int]


def undo_bulk_run(run_id: int, *, viewer: Viewer, now: datetime) -> int:
    """Put back what nobody has changed since; returns how many tickets.

    What was done last is undone first: a merge remembers its target as those before had left it.
    All tickets are locked first, as for the act itself; a call has its own row, which its ticket is locked after.
    Raises Conflict when there is nothing to undo, or when somebody else is at work on these tickets.
    """
    run = db.session.get(BulkRun, run_id, with_for_update=True)
    if run is None or run.agent_id != viewer.agent_id or run.undone_at is not None:
        raise Conflict(N_("There is nothing to undo here any more."))
    undo = _UNDO.get(run.kind)
    count = 0
    seen = _list_seen(run.done, viewer)
    if run.kind is not BulkKind.CALL:
        lock_all(seen)
    for each in reversed(run.done) if undo else ():
        if each["before"] is None or undo is None or not _named(each) <= seen:
            continue
        try:
            with db.session.begin_nested():
                count += undo(each["ticket_id"], each["before"], run.given, viewer.actor, now)
                db.session.flush()
        except HubError:
            continue
    run.undone_at, run.undone_count = now, count
    db.session.flush()
    return count


def _named(each: Mapping[str, Any]) -> set[int]:
    """The ticket, and the one it was merged into."""
    into_id = (each["before"] or {}).get("into_id")
    return {each["ticket_id"], into_id or each["ticket_id"]}


def _list_seen(done: Sequence[Mapping[str, Any]], viewer: Viewer) -> set[int]:
    """Of these tickets, those the person sees today: some may belong to another store by now."""
    wanted = {ticket_id for each in done for ticket_id in _named(each)}
    return set(db.session.scalars(only_visible(select(Ticket.id).where(among(Ticket.id, wanted)), viewer)))


def _put_back(name: str, act: Callable[..., None]) -> _Undo:
    """Back to the value of before, unless somebody has chosen another one since."""

    def undo(
        ticket_id: int, before: Mapping[str, Any], given: Mapping[str, Any], by: Actor, now: datetime
    ) -> int:
        ticket: Ticket = lock_ticket(ticket_id)
        if getattr(ticket, name) != given[name]:
            return 0
        value = Priority(before[name]) if name == "priority" else before[name]
        act(ticket_id=ticket_id, **{name: value}, by=by, now=now)
        return 1

    return undo


def _take_apart(
    ticket_id: int, before: Mapping[str, Any], given: Mapping[str, Any], by: Actor, now: datetime
) -> int:
    """Out of the ticket it was merged into, not out of another one where somebody has put it since."""
    del given
    if lock_ticket(ticket_id).merged_into_id != before["into_id"]:
        return 0
    merging.unmerge(ticket_id=ticket_id, by=by, now=now)
    return 1


def _unsolve(
    ticket_id: int, before: Mapping[str, Any], given: Mapping[str, Any], by: Actor, now: datetime
) -> int:
    """As if it had never been solved: reopening it would count as work that failed, and forget who waited."""
    unsolving.unsolve(ticket_id=ticket_id, before=before, reason_id=given["reason_id"], by=by, now=now)
    return 1


def _simply(act: Callable[[int, Mapping[str, Any], Actor, datetime], object]) -> _Undo:
    def undo(
        ticket_id: int, before: Mapping[str, Any], given: Mapping[str, Any], by: Actor, now: datetime
    ) -> int:
        del given
        act(ticket_id, before, by, now)
        return 1

    return undo


_UNDO: Mapping[BulkKind, _Undo] = {
    BulkKind.ASSIGN: _put_back("assignee_id", changing.assign),
    BulkKind.REASON: _put_back("reason_id", changing.change_reason),
    BulkKind.PRIORITY: _put_back("priority", changing.change_priority),
    BulkKind.SOLVE: _unsolve,
    BulkKind.SNOOZE: _simply(
        lambda ticket_id, _, by, now: snoozing.wake(ticket_id=ticket_id, by=by, now=now)
    ),
    BulkKind.MERGE: _take_apart,
    BulkKind.TAG: _simply(
        lambda ticket_id, before, by, now: tagging.remove_tag(
            ticket_id=ticket_id, tag_id=before["tag_id"], by=by, now=now
        )
    ),
    BulkKind.UNTAG: _simply(
        lambda ticket_id, before, by, now: tagging.add_tag(
            ticket_id=ticket_id, name=before["tag"], by=by, now=now, may_make=False
        )
    ),
    BulkKind.CALL: _simply(lambda _, before, by, now: calls.drop_call(before["task_id"], by=by, now=now)),
}
