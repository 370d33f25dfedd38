"""What customers say after their ticket was solved, by store, within the reader's scope."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hub.staff.rules import Viewer
from hub.statistics.measuring.door import open_look
from hub.statistics.rows import Satisfaction, satisfaction_of, sum_up
from hub.statistics.rules import Filters
from hub.statistics.words import Dimension, Subject
from hub.stores.queries import StoreRow, get_stores

if TYPE_CHECKING:
    from hub.statistics.measuring.look import Look, Need


@dataclass(frozen=True)
class TicketRatings:
    """`asked_count` are the questions of the period; `by_store` in alphabetical order, None for the central queue."""

    total: Satisfaction
    before: Satisfaction
    by_store: tuple[tuple[StoreRow | None, Satisfaction], ...]
    asked_count: int


def get_ticket_ratings(filters: Filters, *, viewer: Viewer, look: "Look | None" = None) -> TicketRatings:
    """Answers of the period: each ticket counts once, with its last answer."""
    look = look or open_look(filters, viewer=viewer)
    look.read(*needs_of_ratings(look))
    by_store = _by_store(look)
    (asked,) = look.measure("ticket_asked")
    return TicketRatings(
        total=sum_up(each for _, each in by_store),
        before=_sum(look.before) if look.before else sum_up([]),
        by_store=by_store,
        asked_count=asked.count,
    )


def needs_of_ratings(look: "Look") -> "list[Need]":
    return [look.of_ratings(Dimension.STORE), *([look.before.of_ratings()] if look.before else [])]


def _sum(look: "Look") -> Satisfaction:
    from hub.statistics.measuring.ratings import count_ratings

    return sum_up(satisfaction_of(counts) for _, counts in count_ratings(look.frame(Subject.RATINGS)))


def _by_store(look: "Look") -> tuple[tuple[StoreRow | None, Satisfaction], ...]:
    from hub.statistics.measuring.ratings import count_ratings

    found = count_ratings(look.frame(Subject.RATINGS), Dimension.STORE)
    houses = get_stores([store_id for store_id, _ in found if isinstance(store_id, int)])
    rows = [
        (houses[store_id] if isinstance(store_id, int) else None, satisfaction_of(counts))
        for store_id, counts in found
    ]
    return tuple(sorted(rows, key=lambda row: row[0].name if row[0] else ""))
