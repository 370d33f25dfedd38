"""Ends and reopens tickets: solve, reopen, wait for the customer, spam."""

from datetime import datetime
from typing import Any

from hub.core.actor import Actor
from hub.core.db import db
from hub.core.errors import Conflict, Invalid
from hub.core.facts import record
from hub.core.text import N_
from hub.inbox.actions import waiting
from hub.inbox.actions.changing import set_reason
from hub.inbox.actions.events import from_to, lock_ticket, move_state, note_ticket, settle_hold
from hub.inbox.actions.noticing import tell_followers
from hub.inbox.actions.receiving import reopen_row
from hub.inbox.actions.recounting import moments_of, tell_recounted
from hub.inbox.actions.snoozing import end_snooze
from hub.inbox.facts import TicketSolved
from hub.inbox.models import Ticket
from hub.inbox.states import may_become
from hub.inbox.words import DropReason, TicketState


def solve(*, ticket_id: int, reason_id: int | None = None, by: Actor, now: datetime) -> None:
    """The matter is settled; the reason is mandatory. A customer who waits without reply: the wait is dropped.

    Raises Invalid (field reason) and Conflict.
    """
    ticket = lock_ticket(ticket_id)
    if ticket.state is TicketState.SOLVED:
        return
    _check_step(ticket, TicketState.SOLVED)
    if reason_id is not None:
        set_reason(ticket, reason_id, by=by, now=now)
    check_reason(ticket)
    settle(ticket, by=by, now=now)


def check_reason(ticket: Ticket) -> None:
    if ticket.reason_id is None:
        raise Invalid(N_("Please choose why the customer wrote before solving the ticket."), field="reason")


def settle(ticket: Ticket, *, by: Actor, now: datetime, **data: Any) -> None:
    """The same for a ticket that is locked, may be solved and has its reason; `data` goes with the line of the trail."""
    moved = from_to(ticket, TicketState.SOLVED)
    note_ticket("solved", ticket, by=by, now=now, reason_id=ticket.reason_id, **moved, **data)
    waiting.drop_wait(ticket, at=now, reason=DropReason.SOLVED_WITHOUT_REPLY)
    end_row(ticket, TicketState.SOLVED, now=now)
    db.session.flush()
    tell_followers(ticket.id, "solved", by=by, now=now)
    fact = TicketSolved(
        customer_id=ticket.customer_id,
        ticket_id=ticket.id,
        store_id=ticket.store_id,
        agent_id=by.agent_id,
        reason_id=ticket.reason_id,
        is_grievance=ticket.is_grievance,
    )
    record(fact, now=now)


def end_row(ticket: Ticket, state: TicketState, *, now: datetime) -> None:
    """Solved or closed, which the caller has noted: the moments and the hold; a snooze has nothing left to wait for."""
    end_snooze(ticket)
    ticket.state = state
    ticket.solved_at = now
    ticket.first_solved_at = ticket.first_solved_at or now
    ticket.closed_at = now if state is TicketState.CLOSED else None
    settle_hold(ticket, now=now)


def reopen(*, ticket_id: int, by: Actor, now: datetime) -> None:
    """By hand. Raises Conflict for a closed ticket: the customer needs a new one."""
    ticket = lock_ticket(ticket_id)
    if ticket.state is not TicketState.SOLVED:
        raise Conflict(N_("Only a solved ticket can be reopened. Please open a new contact instead."))
    ticket.list_at = now
    reopen_row(ticket, by=by, now=now)
    db.session.flush()


def set_pending(*, ticket_id: int, by: Actor, now: datetime) -> None:
    """We wait for the customer. Does not end a wait: somebody who asked must be answered first."""
    ticket = lock_ticket(ticket_id)
    if ticket.state is TicketState.PENDING:
        return
    _check_step(ticket, TicketState.PENDING)
    if ticket.waiting_since is not None:
        raise Conflict(N_("The customer waits for an answer. Please reply first."))
    move_state(ticket, TicketState.PENDING, by=by, now=now, action="set_pending")
    db.session.flush()


def mark_spam(*, ticket_id: int, by: Actor, now: datetime) -> None:
    """Closed at once, its wait dropped; nothing is deleted."""
    ticket = lock_ticket(ticket_id)
    if ticket.state is TicketState.CLOSED:
        return
    counted = moments_of(ticket)
    note_ticket("marked_spam", ticket, by=by, now=now, **from_to(ticket, TicketState.CLOSED))
    waiting.drop_wait(ticket, at=now, reason=DropReason.SPAM)
    end_row(ticket, TicketState.CLOSED, now=now)
    db.session.flush()
    tell_recounted(ticket, now=now, gone=counted)


def _check_step(ticket: Ticket, following: TicketState) -> None:
    if not may_become(ticket.state, following):
        raise Conflict(N_("This ticket is closed and cannot be changed any more."))
