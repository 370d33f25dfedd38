"""What customers say after their ticket was solved, by store and by the person who answered, within the reader's scope."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select

from hub.core.db import db
from hub.inbox.models import TicketRating
from hub.inbox.ratings import SCORES
from hub.staff.rules import Viewer
from hub.statistics.narrowing import narrowed
from hub.statistics.rows import Satisfaction, satisfaction_of, sum_up
from hub.statistics.rules import Filters
from hub.stores.queries import get_stores


@dataclass(frozen=True)
class TicketRatings:
    """`asked_count` are the questions of the period; `by_store` in alphabetical order, None for the central queue."""

    total: Satisfaction
    before: Satisfaction
    by_store: tuple[tuple[str | None, Satisfaction], ...]
    asked_count: int


def get_ticket_ratings(filters: Filters, *, viewer: Viewer) -> TicketRatings:
    """Answers of the period: each ticket counts once, with its last answer."""
    seen = narrowed(filters, viewer, TicketRating.store_id)
    groups = _count(filters, seen, TicketRating.store_id)
    names = {
        row.id: row.name for row in get_stores([store_id for store_id, _ in groups if store_id]).values()
    }
    by_store = [(names.get(store_id) if store_id else None, found) for store_id, found in groups]
    return TicketRatings(
        total=sum_up(found for _, found in groups),
        before=sum_up(found for _, found in _count(filters.before(), seen, TicketRating.store_id)),
        by_store=tuple(sorted(by_store, key=lambda row: row[0] or "")),
        asked_count=_count_asked(filters, seen),
    )


def _answered_in(filters: Filters) -> tuple[ColumnElement[bool], ...]:
    answered_at = TicketRating.answered_at
    return TicketRating.score.is_not(None), answered_at >= filters.since, answered_at < filters.until


def _counts() -> list[ColumnElement[int]]:
    return [func.count().filter(TicketRating.score == score) for score in SCORES]


def _count(
    filters: Filters, seen: Sequence[ColumnElement[bool]], by: Any
) -> list[tuple[int | None, Satisfaction]]:
    rows = db.session.execute(select(by, *_counts()).where(*_answered_in(filters), *seen).group_by(by))
    return [(row[0], satisfaction_of(row[1:])) for row in rows]


def _count_asked(filters: Filters, seen: Sequence[ColumnElement[bool]]) -> int:
    period = (TicketRating.asked_at >= filters.since, TicketRating.asked_at < filters.until)
    return db.session.scalar(select(func.count()).select_from(TicketRating).where(*period, *seen)) or 0
