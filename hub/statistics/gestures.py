"""What gestures of goodwill cost, by store, within the reader's scope."""

from collections.abc import Mapping
from dataclasses import dataclass

from hub.staff.rules import Viewer
from hub.statistics.measuring.door import open_look
from hub.statistics.measuring.figures import Group
from hub.statistics.rules import Filters
from hub.statistics.words import Subject
from hub.stores.queries import StoreRow, get_chain, get_stores


@dataclass(frozen=True)
class GestureCost:
    """`store` None is the central queue. Cents of the chain's currency; a voucher counts when it is given."""

    store: StoreRow | None
    voucher_count: int
    voucher_cents: int
    refund_count: int
    refund_cents: int
    refused_count: int

    @property
    def cents(self) -> int:
        return self.voucher_cents + self.refund_cents


@dataclass(frozen=True)
class GestureCosts:
    filters: Filters
    total: GestureCost
    by_store: tuple[GestureCost, ...]
    currency: str


def get_gesture_costs(filters: Filters, *, viewer: Viewer) -> GestureCosts:
    """Gestures decided in the period."""
    from hub.statistics.measuring.gestures import tally

    sums = tally(open_look(filters, viewer=viewer).frame(Subject.GESTURES))
    houses = get_stores([store_id for store_id in sums if isinstance(store_id, int)])
    costs = [
        GestureCost(_house(houses, store_id), *vouchers, *refunds, refused)
        for store_id, (vouchers, refunds, refused) in sums.items()
    ]
    return GestureCosts(
        filters=filters,
        total=_sum(costs),
        by_store=tuple(sorted(costs, key=lambda row: row.store.name if row.store else "")),
        currency=get_chain().currency,
    )


def _house(houses: Mapping[int, StoreRow], store_id: Group) -> StoreRow | None:
    return houses[store_id] if isinstance(store_id, int) else None


def _sum(costs: list[GestureCost]) -> GestureCost:
    return GestureCost(
        None,
        sum(row.voucher_count for row in costs),
        sum(row.voucher_cents for row in costs),
        sum(row.refund_count for row in costs),
        sum(row.refund_cents for row in costs),
        sum(row.refused_count for row in costs),
    )
