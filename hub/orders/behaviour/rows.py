"""What baskets and visits are handed out as: frozen rows."""

from dataclasses import dataclass
from datetime import datetime

from hub.orders.behaviour.words import BasketState, Device, PageKind
from hub.orders.rows import FieldError
from hub.orders.words import EventOutcome


@dataclass(frozen=True)
class BasketLineRow:
    """`family`, `url` and `image_url` are those of the product, empty when it is not known here."""

    position: int
    sku: str
    name: str
    quantity: int
    unit_price_cents: int
    family: str = ""
    url: str = ""
    image_url: str = ""


@dataclass(frozen=True)
class BasketRow:
    id: int
    external_id: str
    customer_id: int | None
    visitor_id: str | None
    state: BasketState
    device: Device | None
    checkout_url: str
    total_cents: int
    currency: str
    order_id: int | None
    touched_at: datetime
    closed_at: datetime | None
    lines: tuple[BasketLineRow, ...]


@dataclass(frozen=True)
class VisitRow:
    """`product_name` is "" when the page was about no product known here."""

    id: int
    kind: PageKind
    sku: str | None
    family: str | None
    product_name: str
    visited_at: datetime


@dataclass(frozen=True)
class TakenBasket:
    """What became of an event of a basket; `errors` when it was refused."""

    outcome: EventOutcome
    basket: BasketRow | None
    errors: tuple[FieldError, ...] = ()


@dataclass(frozen=True)
class RefusedVisit:
    """`position`: its place in the batch, from 0."""

    position: int
    errors: tuple[FieldError, ...]


@dataclass(frozen=True)
class VisitsTaken:
    """Adds up: taken + unchanged (told before) + refused = those of the batch."""

    taken_count: int
    unchanged_count: int
    refused: tuple[RefusedVisit, ...] = ()
