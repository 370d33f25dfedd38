"""What gestures of goodwill cost, by store, within the reader's scope."""

from dataclasses import dataclass

from sqlalchemy import func, select

from hub.core.db import db
from hub.inbox.models import Gesture
from hub.inbox.words import GestureKind, GestureState
from hub.staff.rules import Viewer
from hub.statistics.narrowing import narrowed
from hub.statistics.rules import Filters
from hub.stores.queries import get_chain, get_stores

GIVEN = (GestureState.GRANTED, GestureState.DONE)


@dataclass(frozen=True)
class GestureCost:
    """`name` None is the central queue. Cents of the chain's currency; a voucher counts when it is given."""

    name: str | None
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
    is_given = Gesture.state.in_(GIVEN)
    figures = [
        aggregate.filter(is_given, Gesture.kind == kind)
        for kind in (GestureKind.VOUCHER, GestureKind.REFUND)
        for aggregate in (func.count(), func.sum(Gesture.amount_cents))
    ]
    found = select(
        Gesture.store_id, *figures, func.count().filter(Gesture.state == GestureState.REFUSED)
    ).where(Gesture.decided_at >= filters.since, Gesture.decided_at < filters.until)
    found = found.where(*narrowed(filters, viewer, Gesture.store_id))
    rows = db.session.execute(found.group_by(Gesture.store_id)).all()
    names = {row.id: row.name for row in get_stores([row[0] for row in rows if row[0]]).values()}
    costs = [
        GestureCost(names.get(row[0]) if row[0] else None, *(int(each or 0) for each in row[1:]))
        for row in rows
    ]
    return GestureCosts(
        filters=filters,
        total=_sum(costs),
        by_store=tuple(sorted(costs, key=lambda row: row.name or "")),
        currency=get_chain().currency,
    )


def _sum(costs: list[GestureCost]) -> GestureCost:
    return GestureCost(
        None,
        sum(row.voucher_count for row in costs),
        sum(row.voucher_cents for row in costs),
        sum(row.refund_count for row in costs),
        sum(row.refund_cents for row in costs),
        sum(row.refused_count for row in costs),
    )
