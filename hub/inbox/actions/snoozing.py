"""Puts tickets out of sight until a moment, and brings them back: by time, by the customer, or by hand."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from hub.core.actor import CUSTOMER, SYSTEM, Actor
from hub.core.db import db, ring_after_commit
from hub.core.errors import Conflict, Invalid
from hub.core.text import N_
from hub.inbox.actions.events import lock_ticket, note_ticket
from hub.inbox.actions.noticing import notify
from hub.inbox.actions.opening import BELL
from hub.inbox.models import Ticket
from hub.inbox.snoozes import SnoozeUntil, wake_at
from hub.inbox.states import is_open
from hub.inbox.words import NoticeKind
from hub.stores import queries as stores
from hub.stores.rules import Hours


def snooze(
    *, ticket_id: int, choice: SnoozeUntil, day: date | None = None, by: Actor, now: datetime
) -> datetime:
    """Out of the lists until the moment that the choice means in the ticket's store; returns that moment.

    The customer's clock runs on: late tickets are seen again, whatever was chosen. Raises Invalid and Conflict.
    """
    ticket = lock_ticket(ticket_id)
    if not is_open(ticket.state):
        raise Conflict(N_("Only an open ticket can be snoozed."))
    until = wake_at(choice, hours_of(ticket.store_id), now, day)
    if until is None:
        raise Invalid(N_("Please choose a day after today, within a year."), field="day")
    note_ticket(
        "snoozed",
        ticket,
        by=by,
        now=now,
        from_until=ticket.snoozed_until.isoformat() if ticket.snoozed_until else None,
        until=until.isoformat(),
    )
    ticket.snoozed_until = until
    ticket.snoozed_by_id = by.agent_id
    db.session.flush()
    return until


def wake(*, ticket_id: int, by: Actor, now: datetime) -> None:
    """Back into the lists by hand."""
    ticket = lock_ticket(ticket_id)
    if ticket.snoozed_until is not None:
        _wake(ticket, "hand", by=by, now=now)
        db.session.flush()


def wake_by_time(ticket: Ticket, *, now: datetime) -> None:
    """The moment has come; whoever snoozed it is told. The row is locked by the caller."""
    if ticket.snoozed_until is not None and ticket.snoozed_until <= now:
        ticket.list_at = ticket.due_at or now
        _wake(ticket, "time", by=SYSTEM, now=now)


def wake_by_customer(ticket: Ticket, *, now: datetime) -> None:
    """The customer wrote: nothing may stay out of sight."""
    if ticket.snoozed_until is not None:
        _wake(ticket, "customer", by=CUSTOMER, now=now)


def end_snooze(ticket: Ticket) -> None:
    """A ticket that is solved, moved or merged has nothing left to wait for; its own audit line says what happened."""
    ticket.snoozed_until = ticket.snoozed_by_id = None


def snooze_of(ticket: Ticket) -> dict[str, Any] | None:
    """For whoever may have to take back what ends the snooze."""
    if ticket.snoozed_until is None:
        return None
    return {"until": ticket.snoozed_until.isoformat(), "by_id": ticket.snoozed_by_id}


def snooze_again(ticket: Ticket, before: Mapping[str, Any] | None, *, now: datetime) -> None:
    """As `snooze_of` kept it, unless its moment has come in the meantime."""
    until = datetime.fromisoformat(before["until"]) if before else now
    if before and until > now:
        ticket.snoozed_until, ticket.snoozed_by_id = until, before["by_id"]


def hours_of(store_id: int | None) -> Hours:
    """The opening hours of the ticket's store; the central queue has the chain's time zone and no hours."""
    if store_id is None:
        return Hours(time_zone=stores.get_chain().time_zone, territory="FR")
    return stores.get_hours(store_id)


def _wake(ticket: Ticket, why: str, *, by: Actor, now: datetime) -> None:
    told = ticket.snoozed_by_id
    until = ticket.snoozed_until
    note_ticket("woke", ticket, by=by, now=now, why=why, from_until=until.isoformat() if until else None)
    end_snooze(ticket)
    ring_after_commit(BELL)
    if told is not None:
        notify(agent_ids=[told], kind=NoticeKind.WOKE, ticket_id=ticket.id, by=by, now=now, data={"why": why})
