"""What products are handed out as: frozen rows."""

from dataclasses import dataclass

from hub.orders.rows import FieldError


@dataclass(frozen=True)
class ProductRow:
    """`complements` are skus, the best one first; a page of products has them empty."""

    id: int
    sku: str
    name: str
    family: str
    range: str
    range_position: int | None
    life_days: int | None
    cycle_days: int | None
    next_sku: str
    price_cents: int | None
    url: str
    image_url: str
    is_active: bool
    sort_key: str
    complements: tuple[str, ...] = ()


@dataclass(frozen=True)
class RefusedProduct:
    """`position`: its place in what was handed in, from 0 (a file: the row below the headings)."""

    position: int
    sku: str
    error: FieldError


@dataclass(frozen=True)
class ProductsTaken:
    """Adds up: new + known + refused = those handed in."""

    new_count: int
    known_count: int
    refused: tuple[RefusedProduct, ...] = ()
