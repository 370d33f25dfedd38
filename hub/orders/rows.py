"""What the orders room hands out: frozen rows instead of ORM objects."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.customers.rows import Elsewhere
from hub.orders.words import EventOutcome, OrderState


@dataclass(frozen=True)
class LineRow:
    position: int
    sku: str
    name: str
    quantity: int
    unit_price_cents: int
    family: str = ""


@dataclass(frozen=True)
class OrderRow:
    """The latest known state of an order, lines in their order."""

    id: int
    external_id: str
    store_id: int
    customer_id: int
    state: OrderState
    placed_at: datetime
    delivered_at: datetime | None
    total_cents: int
    returned_cents: int
    currency: str
    lines: tuple[LineRow, ...]
    promo_codes: tuple[str, ...] = ()
    state_at: datetime | None = None

    def is_known_at(self, at: datetime) -> bool:
        """Whether its state was told by then."""
        return self.state_at is None or self.state_at <= at

    @property
    def net_cents(self) -> int:
        """What is left of it after returns; nothing of a cancelled one."""
        return 0 if self.state is OrderState.CANCELLED else self.total_cents - self.returned_cents

    def net_cents_at(self, at: datetime) -> int:
        """The same as it was told by then: a cancellation counts from its moment."""
        return self.net_cents if self.is_known_at(at) else self.total_cents - self.returned_cents


@dataclass(frozen=True)
class ReturnLine:
    sku: str
    quantity: int
    amount_cents: int


@dataclass(frozen=True)
class ReturnRow:
    """What came back; `order_id` is None while its order is not known yet."""

    id: int
    external_id: str
    order_number: str
    order_id: int | None
    amount_cents: int
    returned_at: datetime
    lines: tuple[ReturnLine, ...]


@dataclass(frozen=True)
class FieldError:
    """One thing to correct: `field` is the dotted path in the payload, `text` an English msgid with its `values`."""

    field: str
    text: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Taken:
    """What became of an event. `elsewhere`: addresses that belong to another customer and stayed there."""

    order_id: int | None
    outcome: EventOutcome
    order: OrderRow | None
    errors: tuple[FieldError, ...] = ()
    elsewhere: tuple[Elsewhere, ...] = ()


@dataclass(frozen=True)
class RefusedEvent:
    """An event that could not be taken, as it came and why."""

    id: int
    source: str
    external_id: str | None
    received_at: datetime
    errors: tuple[FieldError, ...]
    payload: Mapping[str, Any]


@dataclass(frozen=True)
class TakenReturn:
    """What became of a return; `order` is None while it waits for its order."""

    outcome: EventOutcome
    returned: ReturnRow | None
    order: OrderRow | None
    errors: tuple[FieldError, ...] = ()
