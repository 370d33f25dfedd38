"""How long until a ticket is solved, how often it comes back, and what waits for us now."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, extract, func, or_, select

from hub.core.db import db
from hub.inbox.models import Ticket
from hub.inbox.words import TicketState
from hub.staff.rules import Viewer
from hub.statistics.narrowing import narrowed_tickets
from hub.statistics.rules import Filters

SETTLED = (TicketState.SOLVED, TicketState.CLOSED)


@dataclass(frozen=True)
class Solving:
    """`seconds` are wall time from creation; None where nothing was solved."""

    count: int
    median_seconds: float | None
    p90_seconds: float | None


@dataclass(frozen=True)
class Resolution:
    """Of the period; `oldest_since` is when the customer who waits longest now wrote."""

    first: Solving
    last: Solving
    reopened_count: int
    solved_count: int
    oldest_since: datetime | None

    @property
    def reopened_share(self) -> float | None:
        return self.reopened_count / self.solved_count if self.solved_count else None


def get_resolution(filters: Filters, *, viewer: Viewer) -> Resolution:
    """First and last resolution of tickets of the period, within what the reader may see."""
    seen = narrowed_tickets(filters, viewer)
    first = _solving(Ticket.first_solved_at, filters, [*seen, _is_real(Ticket.first_solved_at)])
    settled = [*seen, Ticket.state.in_(SETTLED), _is_real(Ticket.solved_at)]
    oldest = select(func.min(Ticket.waiting_since)).where(Ticket.waiting_since.is_not(None), *seen)
    reopened = select(func.count(), func.count().filter(Ticket.reopened_count > 0)).where(
        *_within(Ticket.first_solved_at, filters), *seen, _is_real(Ticket.first_solved_at)
    )
    solved_count, reopened_count = db.session.execute(reopened).one()
    return Resolution(
        first=first,
        last=_solving(Ticket.solved_at, filters, settled),
        reopened_count=reopened_count,
        solved_count=solved_count,
        oldest_since=db.session.scalar(oldest),
    )


def _is_real(moment: Any) -> ColumnElement[bool]:
    """Spam, merged and withdrawn tickets are closed in the moment that ended them; solved ones a week later."""
    is_later: ColumnElement[bool] = Ticket.closed_at > moment
    return and_(Ticket.merged_into_id.is_(None), or_(Ticket.closed_at.is_(None), is_later))


def _within(moment: Any, filters: Filters) -> list[ColumnElement[bool]]:
    return [moment >= filters.since, moment < filters.until]


def _solving(moment: Any, filters: Filters, conditions: list[ColumnElement[bool]]) -> Solving:
    seconds = extract("epoch", moment - Ticket.created_at)
    found = select(
        func.count(),
        func.percentile_cont(0.5).within_group(seconds),
        func.percentile_cont(0.9).within_group(seconds),
    ).where(*_within(moment, filters), *conditions)
    count, median, ninth = db.session.execute(found).one()
    return Solving(count, *(None if value is None else float(value) for value in (median, ninth)))
