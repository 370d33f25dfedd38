"""Figures of this moment, asked of the tickets themselves whatever the period: who waits, who is late, since when."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from hub.core.db import db
from hub.core.errors import Invalid
from hub.core.text import N_
from hub.core.words import Channel
from hub.inbox.models import Ticket
from hub.staff.rules import Viewer
from hub.statistics.measuring.figures import Figure
from hub.statistics.narrowing import narrowed_tickets
from hub.statistics.rules import Filters
from hub.statistics.words import Dimension
from hub.stores.models import Store

COLUMNS: dict[Dimension, Any] = {
    Dimension.STORE: Ticket.store_id,
    Dimension.REGION: Store.region_id,
    Dimension.CHANNEL: Ticket.channel,
    Dimension.REASON: Ticket.reason_id,
    Dimension.AGENT: Ticket.assignee_id,
}


@dataclass(frozen=True)
class Waiting:
    """Of one group: how many customers wait, how many are late, and when the first of them wrote."""

    group: Any
    count: int
    late_count: int
    oldest_since: datetime | None


def list_waiting(filters: Filters, by: Dimension | None, *, viewer: Viewer, now: datetime) -> list[Waiting]:
    """Raises Invalid where a group is no matter of this moment."""
    if by is not None and by not in COLUMNS:
        raise Invalid(N_("What waits now cannot be shown by this. Please choose another breakdown."))
    figures = (func.count(), func.count().filter(Ticket.due_at < now), func.min(Ticket.waiting_since))
    waiting = (Ticket.waiting_since.is_not(None), *narrowed_tickets(filters, viewer))
    if by is None:
        return [Waiting(None, *db.session.execute(select(*figures).where(*waiting)).one())]
    found = select(COLUMNS[by], *figures).select_from(Ticket)
    if by is Dimension.REGION:
        found = found.outerjoin(Store, Store.id == Ticket.store_id)
    rows = db.session.execute(found.where(*waiting).group_by(COLUMNS[by]).order_by(COLUMNS[by]))
    return [Waiting(Channel(row[0]) if by is Dimension.CHANNEL else row[0], *row[1:]) for row in rows]


def find_oldest_since(filters: Filters, *, viewer: Viewer) -> datetime | None:
    """When the customer who waits longest now wrote."""
    waiting = (Ticket.waiting_since.is_not(None), *narrowed_tickets(filters, viewer))
    return db.session.scalar(select(func.min(Ticket.waiting_since)).where(*waiting))


def count_waiting(filters: Filters, by: Dimension | None, *, viewer: Viewer, now: datetime) -> list[Figure]:
    rows = list_waiting(filters, by, viewer=viewer, now=now)
    return [Figure(row.group, row.count, row.count) for row in rows]


def count_late(filters: Filters, by: Dimension | None, *, viewer: Viewer, now: datetime) -> list[Figure]:
    """Of so many who wait."""
    rows = list_waiting(filters, by, viewer=viewer, now=now)
    return [Figure(row.group, row.late_count, row.count) for row in rows]


def find_oldest(filters: Filters, by: Dimension | None, *, viewer: Viewer, now: datetime) -> list[Figure]:
    """Seconds, day and night."""
    rows = list_waiting(filters, by, viewer=viewer, now=now)
    return [
        Figure(row.group, (now - row.oldest_since).total_seconds() if row.oldest_since else None, row.count)
        for row in rows
    ]
