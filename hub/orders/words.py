"""Words of the orders room."""

from enum import StrEnum


class OrderState(StrEnum):
    """In the order an order goes through them; cancelled and returned may come at any time."""

    PLACED = "placed"
    PAID = "paid"
    SHIPPED = "shipped"
    READY = "ready"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    RETURNED = "returned"


class EventOutcome(StrEnum):
    """What became of an event as it was received."""

    TAKEN = "taken"
    UNCHANGED = "unchanged"
    STALE = "stale"
    REFUSED = "refused"
