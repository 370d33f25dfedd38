"""Where the knowledge base is missed, as figures: tickets solved without an article, and searches in vain."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from hub.knowledge.gaps import count_searches, list_searches
from hub.knowledge.rows import Gap
from hub.knowledge.words import SearchPlace
from hub.staff.rules import Viewer
from hub.staff.words import Permission
from hub.statistics.measuring.door import open_look
from hub.statistics.narrowing import narrowed
from hub.statistics.rows import Missed
from hub.statistics.rules import Filters
from hub.stores.models import Store
from hub.stores.queries import StoreRow, get_stores

if TYPE_CHECKING:
    from hub.statistics.measuring.look import Look

MOST_WORDS = 20
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Alone:
    """Tickets of one store (None: the central queue) and one reason."""

    store_id: int | None
    reason_id: int | None
    missed: Missed


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
    look = open_look(filters, viewer=viewer)
    look.read(look.of_help(), *([look.before.of_help()] if look.before else []))
    groups = list_alone(look)
    reasons, stores = (
        missed_by(groups, lambda each: each.reason_id),
        missed_by(groups, lambda each: each.store_id),
    )
    rows = get_stores([each for each in stores if each])
    return KnowledgeGaps(
        total=_sum(groups),
        before=_sum(list_alone(look.before)) if look.before else None,
        by_reason=tuple(sorted(reasons.items(), key=lambda each: (-each[1].count, each[0] or 0))),
        by_store=tuple(
            sorted(
                ((rows[key] if key else None, missed) for key, missed in stores.items()),
                key=lambda each: each[0].name if each[0] else "",
            )
        ),
        searches=_searches(filters, viewer, now) if may_tell_searches(filters, viewer) else None,
    )


def list_alone(look: "Look") -> list[Alone]:
    """Solved for good without an article or a standard reply."""
    return [
        Alone(store or None, reason or None, Missed(count, total))
        for store, reason, count, total in look.count_alone()
    ]


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
        found[key(each)] = found.get(key(each), Missed()) + each.missed
    return found


def _sum(groups: Iterable[Alone]) -> Missed:
    return sum((each.missed for each in groups), Missed())
