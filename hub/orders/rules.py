"""Which event wins and what it means: the order is a function of its newest event, however events arrive."""

from datetime import datetime, timedelta

from hub.orders.words import OrderState

RANKS = {state: rank for rank, state in enumerate(OrderState)}
ONCE = (OrderState.DELIVERED, OrderState.CANCELLED, OrderState.RETURNED)

MOST_AHEAD = timedelta(days=1)

Rank = tuple[datetime, int, str]


def rank_of(state_at: datetime, state: OrderState, event_key: str) -> Rank:
    """The higher rank wins: later told, then further on its way, then an arbitrary but fixed order."""
    return (state_at, RANKS[state], event_key)


def moment_of(*, placed_at: datetime, delivered_at: datetime | None, updated_at: datetime | None) -> datetime:
    """What the event says of its own time; a shop without `updated_at` is read by the latest time it does give."""
    return updated_at or max(placed_at, delivered_at or placed_at)


def state_moment(told_at: datetime, *, updated_at: datetime | None, received_at: datetime) -> datetime:
    """What the order's events are compared by: the shop's own `updated_at`, else when we were told."""
    return updated_at or max(told_at, received_at)


def is_too_far_ahead(moment: datetime | None, *, now: datetime) -> bool:
    """A clock may run a little ahead; a time of next year would let no later event of the order win."""
    return moment is not None and moment > now + MOST_AHEAD


def choose_delivered_at(
    state: OrderState, *, delivered_at: datetime | None, told_at: datetime
) -> datetime | None:
    """When it was delivered: as told; at the event itself when only the state says so; None before delivery."""
    if state is OrderState.DELIVERED:
        return delivered_at or told_at
    return delivered_at if state in ONCE else None


def happened_at(told: datetime, *, now: datetime) -> datetime:
    """What we are told now cannot have happened later than now: a shop's clock may run ahead of ours."""
    return min(told, now)


def settle_state(told: OrderState, *, total_cents: int, came_back_cents: int) -> OrderState:
    """What the newest event said, or returned when what came back covers the whole order; a cancelled one stays so."""
    is_all_back = 0 < total_cents <= came_back_cents
    return OrderState.RETURNED if is_all_back and told is not OrderState.CANCELLED else told


def settle_returned(told_cents: int, *, total_cents: int, came_back_cents: int) -> int:
    """What came back in cents: the larger of the order's own word and of its returns, and never more than the order.

    A shop may tell the same return both ways, so the two are not added up; one that takes a return off the total too
    would else make the net value negative.
    """
    return min(max(told_cents, came_back_cents), total_cents)


def plain_number(number: str) -> str:
    """An order number without outer spaces and the # some shops write before it."""
    return number.strip().lstrip("#")


def is_late(happened_at: datetime, *, now: datetime, days: int) -> bool:
    """Whether this is told so long afterwards that it counts in the figures and starts nothing any more."""
    return now - happened_at > timedelta(days=days)
