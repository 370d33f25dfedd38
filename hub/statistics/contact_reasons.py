"""Why customers write: tickets by contact reason and by store, for each thousand orders, and what grew."""

from dataclasses import dataclass
from typing import Any

from hub.staff.rules import Viewer
from hub.statistics.measuring.door import open_look
from hub.statistics.measuring.figures import Figure
from hub.statistics.rules import Filters, has_grown, is_few_to_compare, sides
from hub.statistics.words import Dimension
from hub.stores.queries import StoreRow, get_stores

MOST_GROWING = 5


@dataclass(frozen=True)
class ReasonCount:
    """Tickets of one reason, without those below it; `reason_id` None has no reason yet, `before` None compares nothing.

    `over` are those of the days that are over, which are compared. `has_grown`: by more than chance explains.
    """

    reason_id: int | None
    count: int
    share: float
    rate: Figure
    over: int
    before: int | None
    has_grown: bool

    @property
    def change(self) -> int | None:
        """None of tickets without a reason: they get theirs when they are solved, so that the latest ones have none."""
        return None if self.before is None or self.reason_id is None else self.over - self.before

    @property
    def is_few(self) -> bool:
        return self.before is not None and is_few_to_compare(self.over, self.before)


@dataclass(frozen=True)
class StoreRate:
    """`row` None is the central queue."""

    row: StoreRow | None
    rate: Figure


@dataclass(frozen=True)
class ContactReasons:
    """Reasons with the most tickets first and those without one last; stores in the order of names.

    `over` is of the days that are over: what is set beside `before`.
    """

    total: Figure
    over: Figure | None
    before: Figure | None
    reasons: tuple[ReasonCount, ...]
    by_store: tuple[StoreRate, ...]

    @property
    def growing(self) -> list[ReasonCount]:
        """Those that grew most, by tickets; too few are in no list."""
        grown = [row for row in self.reasons if row.change is not None and row.has_grown and not row.is_few]
        return sorted(grown, key=lambda row: -(row.change or 0))[:MOST_GROWING]

    @property
    def unnamed_count(self) -> int:
        return sum(row.count for row in self.reasons if row.reason_id is None)


def get_contact_reasons(filters: Filters, *, viewer: Viewer) -> ContactReasons:
    """As the reader sees them."""
    look = open_look(filters, viewer=viewer)
    earlier, by = look.before, (Dimension.REASON, Dimension.STORE)
    before = [earlier.of_tickets(Dimension.REASON), earlier.of_orders()] if earlier else []
    look.read(look.of_tickets(*by), look.of_orders(*by), *before)
    (total,), whole = look.measure("contact_rate"), look.over()
    return ContactReasons(
        total=total,
        over=whole.measure("contact_rate")[0] if whole else None,
        before=earlier.measure("contact_rate")[0] if earlier else None,
        reasons=_reasons(
            look.measure("contact_rate", Dimension.REASON),
            whole.measure("tickets", Dimension.REASON) if whole else (),
            earlier.measure("tickets", Dimension.REASON) if earlier else None,
            total,
            filters,
        ),
        by_store=_stores(look.measure("contact_rate", Dimension.STORE)),
    )


def _reasons(
    now: tuple[Figure, ...],
    over: tuple[Figure, ...],
    before: tuple[Figure, ...] | None,
    total: Figure,
    filters: Filters,
) -> tuple[ReasonCount, ...]:
    """Also reasons that nobody writes about any more."""
    these: dict[Any, Figure] = {each.group: each for each in now}
    whole: dict[Any, int] = {each.group: each.count for each in over}
    earlier: dict[Any, int] = {each.group: each.count for each in before or ()}
    days = tuple(each.days for each in sides("tickets", filters) or (filters, filters))
    found = []
    for group in these.keys() | earlier.keys():
        rate = these.get(group) or Figure(group, None if total.value is None else 0, 0)
        then = None if before is None else earlier.get(group, 0)
        count, share = whole.get(group, 0), rate.count / total.count if total.count else 0.0
        grown = then is not None and has_grown(count, then, days)
        found.append(ReasonCount(group, rate.count, share, rate, count, then, grown))
    return tuple(sorted(found, key=lambda row: (row.reason_id is None, -row.count, row.reason_id or 0)))


def _stores(figures: tuple[Figure, ...]) -> tuple[StoreRate, ...]:
    counted: list[tuple[Any, Figure]] = [(each.group, each) for each in figures]
    houses = get_stores([store_id for store_id, _ in counted if store_id])
    found = [StoreRate(houses[store_id] if store_id else None, each) for store_id, each in counted]
    return tuple(sorted(found, key=lambda each: (each.row is None, each.row.name if each.row else "")))
