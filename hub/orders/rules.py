"""Which event wins and what it means: the order is a function of its newest event, however events arrive."""

from datetime import datetime

from hub.orders.words import OrderState

RANKS = {state: rank for rank, state in enumerate(OrderState)}
ONCE = (OrderState.DELIVERED, OrderState.CANCELLED, OrderState.RETURNED)

Rank = tuple[datetime, int, str]


def rank_of(state_at: datetime, state: OrderState, event_key: str) -> Rank:
    """The higher rank wins: later told, then further on its way, then an arbitrary but fixed order."""
    return (state_at, RANKS[state], event_key)


def moment_of(*, placed_at: datetime, delivered_at: datetime | None, updated_at: datetime | None) -> datetime:
    """When the shop wrote the event; a shop without `updated_at` is read by the latest time it does give."""
    return updated_at or max(placed_at, delivered_at or placed_at)


def choose_delivered_at(
    state: OrderState, *, delivered_at: datetime | None, state_at: datetime
) -> datetime | None:
    """When it was delivered: as told; at the event itself when only the state says so; None before delivery."""
    if state is OrderState.DELIVERED:
        return delivered_at or state_at
    return delivered_at if state in ONCE else None


def happened_at(told: datetime, *, now: datetime) -> datetime:
    """What we are told now cannot have happened later than now: a shop's clock may run ahead of ours."""
    return min(told, now)
