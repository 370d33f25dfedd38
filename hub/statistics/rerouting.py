"""The re-route rate: of the tickets whose store the hub found, how many a person moved to another one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hub.core.intervals import Interval, wilson
from hub.inbox.words import RouteSource
from hub.staff.rules import Viewer
from hub.statistics.measuring.door import open_look
from hub.statistics.rules import Filters
from hub.statistics.words import Subject
from hub.stores.queries import get_stores

if TYPE_CHECKING:
    from hub.statistics.measuring.look import Look

BY_PEOPLE = frozenset({RouteSource.STORE_COUNTER, RouteSource.AGENT})
"""Sources by which a person chose the first store: the hub found nothing that could be wrong."""


@dataclass(frozen=True)
class Routed:
    """Tickets of one group whose store the hub found, and how many of them were moved."""

    count: int
    moved_count: int

    @property
    def interval(self) -> Interval | None:
        return wilson(self.moved_count, self.count)


@dataclass(frozen=True)
class StoreRouted:
    """By the store a ticket was first put in."""

    store_id: int
    code: str
    name: str
    routed: Routed


@dataclass(frozen=True)
class Rerouting:
    """`central_count`: tickets that the hub put in the central queue because nothing named a store."""

    filters: Filters
    total: Routed
    before: Routed
    central_count: int
    by_source: tuple[tuple[RouteSource, Routed], ...]
    by_store: tuple[StoreRouted, ...]


Group = tuple[RouteSource, int | None, int, int]


def get_rerouting(filters: Filters, *, viewer: Viewer) -> Rerouting:
    """Tickets that came in the period, by the source and the store that were found first."""
    look = open_look(filters, viewer=viewer)
    look.read(look.of_routes(), *([look.before.of_routes()] if look.before else []))
    groups = _groups(look)
    found = [each for each in groups if each[1] is not None]
    houses = get_stores({each[1] for each in found if each[1]})
    by_store = [
        StoreRouted(store_id, houses[store_id].code, houses[store_id].name, _sum(found, store_id=store_id))
        for store_id in houses
    ]
    sources = [source for source in RouteSource if any(each[0] is source for each in found)]
    return Rerouting(
        filters=filters,
        total=_sum(found),
        before=_sum(each for each in (_groups(look.before) if look.before else []) if each[1] is not None),
        central_count=sum(each[2] for each in groups if each[1] is None),
        by_source=tuple((source, _sum(found, source=source)) for source in sources),
        by_store=tuple(sorted(by_store, key=lambda row: row.name)),
    )


def _groups(look: "Look") -> list[Group]:
    """(first source, first store, tickets, moved)."""
    from hub.statistics.measuring.routes import tally

    counted = tally(look.frame(Subject.ROUTES))
    return [(source, store_id or None, *counts) for (source, store_id), counts in counted.items()]


def _sum(
    groups: Iterable[Group] | Sequence[Group],
    *,
    source: RouteSource | None = None,
    store_id: int | None = None,
) -> Routed:
    chosen = [
        each
        for each in groups
        if (source is None or each[0] is source) and (store_id is None or each[1] == store_id)
    ]
    return Routed(sum(each[2] for each in chosen), sum(each[3] for each in chosen))
