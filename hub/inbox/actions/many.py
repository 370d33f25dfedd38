"""One act on many tickets: each in its own savepoint, with what was done, what was not and why, and its undo."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from hub.core.actor import Actor
from hub.core.batches import among
from hub.core.db import db
from hub.core.errors import Conflict, HubError, Invalid
from hub.core.text import N_
from hub.inbox.actions import calls, changing, ending, merging, snoozing, tagging, unsolving
from hub.inbox.actions.events import lock_ticket
from hub.inbox.actions.handing_out import hand_out
from hub.inbox.models import BulkRun, Ticket
from hub.inbox.queries.picking import Picking
from hub.inbox.snoozes import SnoozeUntil
from hub.inbox.words import BulkKind, Priority, TicketState
from hub.staff.rules import Viewer

NOT_YOURS = N_("This ticket does not exist, or it belongs to a store that is not yours.")
Before = Mapping[str, Any] | None
"""What undo needs to know of a ticket; None where nothing was changed or nothing can be undone."""


@dataclass(frozen=True, kw_only=True)
class BulkAct:
    """What to do with each ticket; only the values of its kind are read. `is_forced`: solve also who still waits."""

    kind: BulkKind
    assignee_id: int | None = None
    store_id: int | None = None
    tag: str = ""
    reason_id: int | None = None
    priority: Priority = Priority.NORMAL
    until: SnoozeUntil = SnoozeUntil.TOMORROW
    day: date | None = None
    into_id: int | None = None
    is_forced: bool = False
    script: str = ""
    due_at: datetime | None = None


class _Round:
    """One run of an act over tickets: who does it, when, and what is looked up once."""

    def __init__(self, act: BulkAct, viewer: Viewer, now: datetime) -> None:
        self.act, self.viewer, self.now = act, viewer, now
        self.unassigned: list[Ticket] = []

    @cached_property
    def by(self) -> Actor:
        return self.viewer.actor


def act_on_many(act: BulkAct, picking: Picking, *, viewer: Viewer, now: datetime) -> int:
    """Do it to each ticket that allows it, in the order of their ids; returns the run that says what became of each.

    All tickets are locked first, in that order, and those moved are handed out last: whoever sorts mail meanwhile holds
    tickets or the turns of a store, never both the other way round. Raises Invalid when nothing is picked or a value of
    the act is missing, Conflict when somebody else is at work on these tickets.
    """
    _check(act, picking)
    lock_all({ticket.id for ticket in picking.tickets} | ({act.into_id} if act.into_id else set()))
    turn = _Round(act, viewer, now)
    done: list[dict[str, Any]] = []
    refused = [_refusal(number, Invalid(NOT_YOURS)) for number in picking.unknown]
    for ticket in sorted(picking.tickets, key=lambda each: each.id):
        try:
            with db.session.begin_nested():
                before = _ACTS[act.kind](ticket.id, turn)
                db.session.flush()
        except HubError as error:
            refused.append(_refusal(ticket.number, error))
        else:
            done.append({"ticket_id": ticket.id, "number": ticket.number, "before": before})
    hand_out([(ticket, None) for ticket in turn.unassigned], now=now)
    run = BulkRun(
        agent_id=viewer.agent_id,
        kind=act.kind,
        given=_plain(asdict(act)),
        done=done,
        refused=refused,
        created_at=now,
    )
    db.session.add(run)
    db.session.flush()
    return run.id


def lock_all(ticket_ids: set[int]) -> None:
    """Hold these tickets, taken by their ids. Raises Conflict when it would wait for somebody who waits for it."""
    found = select(Ticket.id).where(among(Ticket.id, ticket_ids)).order_by(Ticket.id).with_for_update()
    try:
        with db.session.begin_nested():
            db.session.execute(found)
    except OperationalError as error:
        if error.connection_invalidated:
            raise
        raise Conflict(
            N_("These tickets are being changed just now. Please try again in a moment.")
        ) from error


def _check(act: BulkAct, picking: Picking) -> None:
    if not (picking.tickets or picking.unknown):
        raise Invalid(N_("Please tick at least one ticket first."))
    if act.kind in {BulkKind.TAG, BulkKind.UNTAG} and not act.tag.strip():
        raise Invalid(N_("Please give a tag."), field="tag")
    if act.kind is BulkKind.MERGE and act.into_id is None:
        raise Invalid(N_("Please choose the ticket the others are merged into."), field="into")
    if act.kind is BulkKind.CALL and (act.due_at is None or not act.script.strip()):
        raise Invalid(N_("Please write what the call is about and when it is due."), field="script")


def _refusal(number: str, error: HubError) -> dict[str, Any]:
    return {"number": number, "text": error.text, "values": _plain(dict(error.values))}


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as JSON keeps them."""
    return {
        key: value if isinstance(value, bool | int | str) or value is None else str(value)
        for key, value in values.items()
    }


def _assign(ticket_id: int, turn: _Round) -> Before:
    ticket, wanted = lock_ticket(ticket_id), turn.act.assignee_id
    before = ticket.assignee_id
    changing.assign(ticket_id=ticket_id, assignee_id=wanted, by=turn.by, now=turn.now)
    return None if before == wanted else {"assignee_id": before}


def _transfer(ticket_id: int, turn: _Round) -> Before:
    changing.transfer(
        ticket_id=ticket_id, store_id=turn.act.store_id, by=turn.by, now=turn.now, unassigned=turn.unassigned
    )
    return None


def _tag(ticket_id: int, turn: _Round) -> Before:
    before = lock_ticket(ticket_id).last_event_id
    tag_id = tagging.add_tag(ticket_id=ticket_id, name=turn.act.tag, by=turn.by, now=turn.now, may_make=False)
    return None if lock_ticket(ticket_id).last_event_id == before else {"tag_id": tag_id}


def _untag(ticket_id: int, turn: _Round) -> Before:
    before = lock_ticket(ticket_id).last_event_id
    tag_id = tagging.find_tag_id(turn.act.tag)
    if tag_id is None:
        raise Invalid(N_("There is no tag of this name."), field="tag")
    tagging.remove_tag(ticket_id=ticket_id, tag_id=tag_id, by=turn.by, now=turn.now)
    return None if lock_ticket(ticket_id).last_event_id == before else {"tag": turn.act.tag}


def _reason(ticket_id: int, turn: _Round) -> Before:
    before, wanted = lock_ticket(ticket_id).reason_id, turn.act.reason_id
    changing.change_reason(ticket_id=ticket_id, reason_id=wanted, by=turn.by, now=turn.now)
    return None if before == wanted else {"reason_id": before}


def _priority(ticket_id: int, turn: _Round) -> Before:
    before, wanted = lock_ticket(ticket_id).priority, turn.act.priority
    changing.change_priority(ticket_id=ticket_id, priority=wanted, by=turn.by, now=turn.now)
    return None if before is wanted else {"priority": before.value}


def _solve(ticket_id: int, turn: _Round) -> Before:
    ticket = lock_ticket(ticket_id)
    if ticket.waiting_since is not None and not turn.act.is_forced:
        raise Conflict(N_("The customer still waits for an answer."))
    if ticket.state is TicketState.SOLVED:
        return None
    before = unsolving.remember(ticket)
    ending.solve(ticket_id=ticket_id, reason_id=turn.act.reason_id, by=turn.by, now=turn.now)
    return before | {unsolving.EVENT: unsolving.find_solution(ticket_id)}


def _pending(ticket_id: int, turn: _Round) -> Before:
    ending.set_pending(ticket_id=ticket_id, by=turn.by, now=turn.now)
    return None


def _spam(ticket_id: int, turn: _Round) -> Before:
    ending.mark_spam(ticket_id=ticket_id, by=turn.by, now=turn.now)
    return None


def _snooze(ticket_id: int, turn: _Round) -> Before:
    snoozing.snooze(ticket_id=ticket_id, choice=turn.act.until, day=turn.act.day, by=turn.by, now=turn.now)
    return {"is_snoozed": False}


def _merge(ticket_id: int, turn: _Round) -> Before:
    if ticket_id == turn.act.into_id or turn.act.into_id is None:
        return None
    merging.merge(ticket_id=ticket_id, into_id=turn.act.into_id, by=turn.by, now=turn.now)
    return {"into_id": turn.act.into_id}


def _call(ticket_id: int, turn: _Round) -> Before:
    ticket = lock_ticket(ticket_id)
    draft = calls.CallDraft(
        script=turn.act.script,
        due_at=turn.act.due_at or turn.now,
        ticket_id=ticket_id,
        assignee_id=ticket.assignee_id,
    )
    return {"task_id": calls.add_call(draft, by=turn.by, now=turn.now)}


_ACTS: Mapping[BulkKind, Callable[[int, _Round], Before]] = {
    BulkKind.ASSIGN: _assign,
    BulkKind.TRANSFER: _transfer,
    BulkKind.TAG: _tag,
    BulkKind.UNTAG: _untag,
    BulkKind.REASON: _reason,
    BulkKind.PRIORITY: _priority,
    BulkKind.SOLVE: _solve,
    BulkKind.PENDING: _pending,
    BulkKind.SPAM: _spam,
    BulkKind.SNOOZE: _snooze,
    BulkKind.MERGE: _merge,
    BulkKind.CALL: _call,
}
