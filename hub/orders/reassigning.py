"""What the orders room gives from one customer to another: orders, baskets, visits, events."""

from hub.customers.merging.journal import Journal
from hub.customers.merging.owning import owned
from hub.orders.behaviour.models import Basket, Visit, Visitor
from hub.orders.models import Order
from hub.orders.own_events.models import OwnEvent

OWNED = (owned(Order), owned(Basket), owned(Visitor), owned(Visit), owned(OwnEvent))


def reassign(merge: Journal) -> int:
    """Returns how many rows were given."""
    return merge.give(OWNED)
