"""What happens to orders, as facts. Each is recorded once per order, when it first becomes true."""

from dataclasses import dataclass

from hub.core.facts import Fact


@dataclass(frozen=True, kw_only=True)
class OrderFact(Fact):
    """The order, and the store it belongs to."""

    order_id: int
    store_id: int


class OrderPlaced(OrderFact):
    """The shop told us of the order for the first time. Happened when it was placed."""


class OrderPaid(OrderFact):
    """The shop says it is paid; told beside whatever else changed."""


class OrderShipped(OrderFact):
    """It is on its way to the customer."""


class OrderReady(OrderFact):
    """It can be collected."""


class OrderDelivered(OrderFact):
    """Happened when it was delivered; also when the first we hear of the order is its delivery."""


class OrderCancelled(OrderFact):
    """Happened when the shop changed it."""


class OrderReturned(OrderFact):
    """The whole order came back."""


class OrderChanged(OrderFact):
    """Anything else that staff could notice: lines, amounts, store, customer, another state."""


@dataclass(frozen=True, kw_only=True)
class OrderRedated(OrderFact):
    """The shop says another moment of its placing: `gone` are those of before, in seconds since 1970.

    It happened to figures, not to the customer: it names none.
    """

    gone: tuple[int, ...]


class CustomerFirstOrdered(OrderFact):
    """The first order of the customer, once in a customer's life; a cancelled one does not count."""


@dataclass(frozen=True, kw_only=True)
class BasketChanged(Fact):
    """A basket that was known before, of a customer we know, was touched, emptied or ordered: `state` says which."""

    basket_id: int
    state: str
