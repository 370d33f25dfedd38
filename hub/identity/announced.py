"""Erasures that plans announced: what the night would do, and what it does. A sign of life takes the day away."""

from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import exists, select

from hub.core.actor import SYSTEM
from hub.core.batches import among
from hub.core.db import db
from hub.customers.listed import is_here
from hub.customers.models import Customer
from hub.identity.erasing import ask_erasure
from hub.identity.merging import hold_customers
from hub.identity.removing import EXAMPLES, Found
from hub.inbox.models import Ticket
from hub.inbox.words import TicketState
from hub.plans import erasure_dates
from hub.plans.erasure_dates import DueErasure
from hub.plans.looking.life import list_alive

FEW = 100
NOON = time(12)
"""A day as a moment that is the same day in every zone of the chain."""
_OPEN = (TicketState.NEW, TicketState.OPEN, TicketState.PENDING)


def find_announced() -> Found:
    """The dry run: customers with a day, and the next of these days. Nothing is changed."""
    count, first_on = erasure_dates.count_announced()
    examples = [(row.customer_id, _moment(row)) for row in erasure_dates.list_announced(EXAMPLES)]
    first_at = datetime.combine(first_on, NOON, UTC) if first_on else None
    return Found("customers", count, first_at, tuple(examples))


def _moment(row: DueErasure) -> datetime:
    return datetime.combine(row.due_on, NOON, UTC)


def has_due(night: datetime) -> bool:
    """Whether somebody's day was over when the night began; `night` is aware, in the chain's zone."""
    return erasure_dates.has_due(_day_before(night), before=night)


def _day_before(night: datetime) -> date:
    return night.date() - timedelta(days=1)


def erase_announced(night: datetime, *, now: datetime) -> int:
    """Have a batch erased: who showed no sign of life, has no open ticket and is still here. Returns how many."""
    due = erasure_dates.take_due(_day_before(night), before=night, limit=FEW)
    hold_customers([row.customer_id for row in due])
    alive = _list_alive(due, now)
    erasure_dates.call_off(alive, now=now)
    silent = [row.customer_id for row in due if row.customer_id not in alive]
    here = set(db.session.scalars(select(Customer.id).where(among(Customer.id, silent), is_here())))
    for customer_id in sorted(here):
        ask_erasure(customer_id, by=SYSTEM, now=now, is_planned=True)
    erasure_dates.forget(silent)
    return len(here)


def _list_alive(due: list[DueErasure], now: datetime) -> set[int]:
    signs = list_alive([(row.customer_id, row.silent_since, now) for row in due])
    waits = exists().where(Ticket.customer_id == Customer.id, Ticket.state.in_(_OPEN))
    asking = select(Customer.id).where(among(Customer.id, [row.customer_id for row in due]), waits)
    alive = {row.customer_id for row, is_alive in zip(due, signs, strict=True) if is_alive}
    return alive | set(db.session.scalars(asking))
