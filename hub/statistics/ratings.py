"""What customers say after their ticket was solved, by store and by the person who answered, within the reader's scope."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, false, func, or_, select

from hub.core.db import db
from hub.inbox.models import TicketRating
from hub.inbox.ratings import SCORES
from hub.staff.rules import Viewer
from hub.statistics.narrowing import narrowed
from hub.statistics.rows import Satisfaction, satisfaction_of, sum_up
from hub.statistics.rules import Filters
from hub.stores.models import Store


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
    rows = _count(filters, seen)
    by_store = [(name, now) for name, now, _ in rows if now.total]
    return TicketRatings(
        total=sum_up(now for _, now, _ in rows),
        before=sum_up(before for _, _, before in rows),
        by_store=tuple(sorted(by_store, key=lambda row: row[0] or "")),
        asked_count=_count_asked(filters, seen),
    )


def get_ratings_of(filters: Filters, *, viewer: Viewer) -> Satisfaction:
    """Of the tickets of the period that the person of the filters had answered when the question was asked."""
    seen = (*narrowed(filters, viewer, TicketRating.store_id), TicketRating.agent_id == filters.agent_id)
    return sum_up(now for _, now, _ in _count(filters, seen))


def _count(
    filters: Filters, seen: Sequence[ColumnElement[bool]]
) -> list[tuple[str | None, Satisfaction, Satisfaction]]:
    """By the name of the store: the answers of the period, and those of the one before."""
    past = filters.before()
    periods = [_answered_in(filters), _answered_in(past) if past else false()]
    counts = [
        func.count().filter(TicketRating.score == score, period) for period in periods for score in SCORES
    ]
    rows = db.session.execute(
        select(Store.name, *counts)
        .select_from(TicketRating)
        .outerjoin(Store, Store.id == TicketRating.store_id)
        .where(
            TicketRating.score.is_not(None),
            or_(*periods),
            *seen,
        )
        .group_by(TicketRating.store_id, Store.name)
    )
    return [_row(name, counted) for name, *counted in rows]


def _row(name: str | None, counted: Sequence[int]) -> tuple[str | None, Satisfaction, Satisfaction]:
    now, before = counted[: len(SCORES)], counted[len(SCORES) :]
    return name, satisfaction_of(now), satisfaction_of(before)


def _answered_in(filters: Filters) -> ColumnElement[bool]:
    return and_(TicketRating.answered_at >= filters.since, TicketRating.answered_at < filters.until)


def _count_asked(filters: Filters, seen: Sequence[ColumnElement[bool]]) -> int:
    period = (TicketRating.asked_at >= filters.since, TicketRating.asked_at < filters.until)
    return db.session.scalar(select(func.count()).select_from(TicketRating).where(*period, *seen)) or 0
