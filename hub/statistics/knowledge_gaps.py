"""Where the knowledge base is missed, as figures: tickets solved without an article, and searches in vain."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from hub.core.intervals import Interval, wilson
from hub.knowledge.gaps import count_searches, list_searches
from hub.knowledge.rows import Gap
from hub.knowledge.words import SearchPlace
from hub.staff.rules import Viewer
from hub.staff.words import Permission
from hub.statistics.narrowing import narrowed
from hub.statistics.rules import FEW_TICKETS, Filters
from hub.statistics.unanswered import Alone, count_without_article
from hub.stores.models import Store
from hub.stores.queries import StoreRow, get_stores

MOST_WORDS = 20
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Missed:
    """`count` of `total`: tickets without an article, or searches that found nothing."""

    count: int = 0
    total: int = 0

    @property
    def interval(self) -> Interval | None:
        return wilson(self.count, self.total)

    @property
    def share(self) -> float | None:
        return self.count / self.total if self.total else None

    @property
    def is_few(self) -> bool:
        return self.total < FEW_TICKETS

    def __add__(self, other: "Missed") -> "Missed":
        return Missed(self.count + other.count, self.total + other.total)


@dataclass(frozen=True)
class Searches:
    """By place, and what was searched in vain most; searches know no store."""

    total: Missed
    before: Missed | None
    by_place: tuple[tuple[SearchPlace, Missed], ...]
    words: tuple[Gap, ...]


@dataclass(frozen=True)
class KnowledgeGaps:
    """`by_reason` most without an article first, None: no reason; `by_store` by name, None: the central queue.

    `searches` is None where they cannot be told: within some stores, reasons or channels.
    """

    total: Missed
    before: Missed | None
    by_reason: tuple[tuple[int | None, Missed], ...]
    by_store: tuple[tuple[StoreRow | None, Missed], ...]
    searches: Searches | None


def get_knowledge_gaps(filters: Filters, *, viewer: Viewer, now: datetime) -> KnowledgeGaps:
    """Of the period, within what the reader may see."""
    groups, past = count_without_article(filters, viewer=viewer), filters.before()
    reasons, stores = (
        missed_by(groups, lambda each: each.reason_id),
        missed_by(groups, lambda each: each.store_id),
    )
    rows = get_stores([each for each in stores if each])
    return KnowledgeGaps(
        total=_sum(groups),
        before=_sum(count_without_article(past, viewer=viewer)) if past else None,
        by_reason=tuple(sorted(reasons.items(), key=lambda each: (-each[1].count, each[0] or 0))),
        by_store=tuple(
            sorted(
                ((rows[key] if key else None, missed) for key, missed in stores.items()),
                key=lambda each: each[0].name if each[0] else "",
            )
        ),
        searches=_searches(filters, viewer, now) if may_tell_searches(filters, viewer) else None,
    )


def may_tell_searches(filters: Filters, viewer: Viewer) -> bool:
    """Searches know neither store nor reason."""
    asked = (filters.channel, filters.reason_id, filters.agent_id)
    return not narrowed(filters, viewer, Store.id) and asked == (None, None, None)


def _searches(filters: Filters, viewer: Viewer, now: datetime) -> Searches:
    """Words may name somebody: they are shown to who reads the knowledge base."""
    found, past = count_searches(since=filters.since, until=filters.until), filters.before()
    words = (
        list_searches(since=filters.since, until=filters.until, now=now)
        if viewer.may(Permission.READ_KNOWLEDGE)
        else []
    )
    return Searches(
        total=_all(found),
        before=_all(count_searches(since=past.since, until=past.until)) if past else None,
        by_place=tuple((place, Missed(*found[place])) for place in SearchPlace if place in found),
        words=tuple(each for each in words if each.is_empty)[:MOST_WORDS],
    )


def _all(found: dict[str, tuple[int, int]]) -> Missed:
    return sum((Missed(*each) for each in found.values()), Missed())


def missed_by(groups: Iterable[Alone], key: Callable[[Alone], Key]) -> dict[Key, Missed]:
    found: dict[Key, Missed] = {}
    for each in groups:
        found[key(each)] = found.get(key(each), Missed()) + Missed(each.count, each.total)
    return found


def _sum(groups: Iterable[Alone]) -> Missed:
    return sum((Missed(each.count, each.total) for each in groups), Missed())
