"""The inbox's own work: warn before a deadline, say that one has passed, close what was solved a week ago."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from hub.core import clock
from hub.core.actor import SYSTEM
from hub.core.apart import do_each, is_free
from hub.core.batches import among
from hub.core.db import db, transaction
from hub.inbox.actions.acknowledging import lock_addresses
from hub.inbox.actions.events import move_state
from hub.inbox.actions.warning import watch_deadline
from hub.inbox.directory import Directory
from hub.inbox.models import Ticket
from hub.inbox.states import CLOSES_AFTER
from hub.inbox.words import TicketState

BATCH = 100
KIND = "tickets"


def work_tickets(wake: Callable[[], None]) -> int:
    """One batch of due tickets; returns how many were handled. One that fails is put off and stops no other."""
    with transaction():
        now, machine_now = clock.business_now(), clock.machine_now()
        place = Directory()
        due = select(Ticket).where(_is_due(now), _is_free(machine_now)).order_by(Ticket.id).limit(BATCH)
        is_full = False
        if place.alerts.has_delay_notice:
            ids = _lock_addresses(due)
            due, is_full = due.where(among(Ticket.id, ids)), len(ids) == BATCH
        tickets = db.session.scalars(
            due.with_for_update(skip_locked=True).execution_options(populate_existing=True)
        ).all()
        if tickets and (is_full or len(tickets) == BATCH):
            wake()

        def look_at(ticket: Ticket) -> None:
            if ticket.state is TicketState.SOLVED:
                _close(ticket, now=now)
            else:
                watch_deadline(ticket, directory=place, now=now, machine_now=machine_now)

        do_each(KIND, tickets, look_at, id_of=lambda ticket: ticket.id, machine_now=machine_now)
    return len(tickets)


def _lock_addresses(due: Select[Ticket]) -> list[int]:
    """Hold the addresses of people who may be told of a delay; returns the ids of the tickets.

    Before any ticket is locked, as sorting mail does it: it holds an address and then takes tickets.
    """
    rows = db.session.execute(due.with_only_columns(Ticket.id, Ticket.requester_address)).all()
    lock_addresses(address for _, address in rows)
    return [ticket_id for ticket_id, _ in rows]


def has_due() -> bool:
    """Whether a ticket is to be warned about or closed now."""
    due = select(Ticket.id).where(_is_due(clock.business_now()), _is_free(clock.machine_now()))
    return db.session.scalar(due.limit(1)) is not None


def next_due_at() -> datetime | None:
    """Business time of the next warning, deadline or closing; what is put off comes by machine time."""
    is_waiting = Ticket.waiting_since.is_not(None)
    moments = [
        _first(Ticket.warn_at, is_waiting, Ticket.warn_at.is_not(None)),
        _first(Ticket.due_at, is_waiting, Ticket.missed_at.is_(None), Ticket.due_at.is_not(None)),
    ]
    solved = _first(Ticket.solved_at, Ticket.state == TicketState.SOLVED, Ticket.solved_at.is_not(None))
    if solved is not None:
        moments.append(solved + CLOSES_AFTER)
    return min((moment for moment in moments if moment is not None), default=None)


def _first(column: InstrumentedAttribute[datetime | None], *where: ColumnElement[bool]) -> datetime | None:
    """The earliest, by the column's index: a minimum beside what is put off would look at every row."""
    free = _is_free(clock.machine_now())
    return db.session.scalar(select(column).where(*where, free).order_by(column).limit(1))


def _is_free(machine_now: datetime) -> ColumnElement[bool]:
    return is_free(KIND, Ticket.id, machine_now=machine_now)


def _is_due(now: datetime) -> ColumnElement[bool]:
    is_waiting = Ticket.waiting_since.is_not(None)
    return or_(
        is_waiting & (Ticket.warn_at <= now),
        is_waiting & Ticket.missed_at.is_(None) & (Ticket.due_at <= now),
        (Ticket.state == TicketState.SOLVED) & (Ticket.solved_at <= now - CLOSES_AFTER),
    )


def _close(ticket: Ticket, *, now: datetime) -> None:
    move_state(ticket, TicketState.CLOSED, by=SYSTEM, now=now, action="closed")
    ticket.closed_at = now
