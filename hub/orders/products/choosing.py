"""Which products suit a customer, from what he bought and what products know of each other: pure, in a stable order."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import zip_longest

from hub.orders.products.rows import ProductRow
from hub.orders.products.rules import PREMIUM
from hub.orders.products.words import Why


@dataclass(frozen=True)
class Bought:
    """A line of an order that counts. `is_kept`: it has not come back."""

    order_id: int
    sku: str
    bought_at: datetime
    is_kept: bool = True


@dataclass(frozen=True)
class Recommended:
    """`because_sku`: the bought product it follows from, "" where none. `due_at`: when its life or cycle ends."""

    product: ProductRow
    why: Why
    because_sku: str = ""
    due_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """What the chain sells. `products` by sku; `families` the active ones of a family; `favourites` sold most, best first."""

    products: Mapping[str, ProductRow] = field(default_factory=dict)
    complements: Mapping[str, Sequence[str]] = field(default_factory=dict)
    families: Mapping[str, Sequence[ProductRow]] = field(default_factory=dict)
    favourites: Sequence[ProductRow] = ()

    def sold(self, sku: str) -> ProductRow | None:
        """The product, if it is known and still sold."""
        found = self.products.get(sku)
        return found if found is not None and found.is_active else None


@dataclass(frozen=True, kw_only=True)
class Buyer:
    """`bought` newest first. `basis`: the orders it is about, None for all. `is_above`: his amount is above the average."""

    bought: Sequence[Bought]
    basis: frozenset[int] | None = None
    is_above: bool = False

    @property
    def owned(self) -> frozenset[str]:
        """Also what was sent back: nobody wants it offered again."""
        return frozenset(each.sku for each in self.bought)

    def starting(self) -> list[Bought]:
        """What recommendations start from: kept, of the orders asked for, each product once, newest first."""
        asked = (each for each in self.bought if self.basis is None or each.order_id in self.basis)
        latest: dict[str, Bought] = {}
        for each in asked:
            if each.is_kept:
                latest.setdefault(each.sku, each)
        return list(latest.values())


def recommend_to(
    buyer: Buyer, shelf: Shelf, whys: Iterable[Why], *, at: datetime, limit: int
) -> tuple[Recommended, ...]:
    """At most `limit`, in the order of `whys`, each product once. Never one he owns, never one that is not sold any more.

    The one thing that may be bought again is what is used up: the same product at the end of its cycle.
    """
    found: dict[str, Recommended] = {}
    for why in whys:
        for each in _CHOICES[why](buyer, shelf, at):
            is_again = why is Why.NEXT_OF_CYCLE and each.product.sku == each.because_sku
            if each.product.is_active and (is_again or each.product.sku not in buyer.owned):
                found.setdefault(each.product.sku, each)
    return tuple(found.values())[:limit]


def _complements(buyer: Buyer, shelf: Shelf, _: datetime) -> Iterator[Recommended]:
    """The best complement of each product first, then the second of each."""
    lists = [
        [
            Recommended(product, Why.COMPLEMENT, each.sku)
            for sku in shelf.complements.get(each.sku, ())
            if sku not in buyer.owned and (product := shelf.sold(sku)) is not None
        ]
        for each in buyer.starting()
    ]
    for in_one_place in zip_longest(*lists):
        yield from filter(None, in_one_place)


def _better(buyer: Buyer, shelf: Shelf, _: datetime) -> Iterator[Recommended]:
    """The nearest better range of the family that has something he does not own; within it the cheapest step."""
    for each in buyer.starting():
        mine = shelf.products.get(each.sku)
        if mine is None or mine.range_position is None or not mine.family:
            continue
        above = [
            row
            for row in shelf.families.get(mine.family, ())
            if (row.range_position or 0) > mine.range_position and row.sku not in buyer.owned
        ]
        nearest = min((row.range_position or 0 for row in above), default=0)
        for row in sorted(above, key=_price_key):
            if row.range_position == nearest:
                yield Recommended(row, Why.BETTER_RANGE, each.sku)


def _renewals(buyer: Buyer, shelf: Shelf, at: datetime) -> Iterator[Recommended]:
    """Once its life is over and nothing of its family was bought since: its like in the same range, else above it."""
    seen: set[str] = set()
    for each in buyer.starting():
        mine = shelf.products.get(each.sku)
        if mine is None or not mine.family or mine.family in seen:
            continue
        seen.add(mine.family)
        if mine.life_days is None or (due_at := each.bought_at + timedelta(days=mine.life_days)) > at:
            continue
        place = mine.range_position or 0
        alike = [row for row in shelf.families.get(mine.family, ()) if (row.range_position or 0) >= place]
        for row in sorted(alike, key=lambda row: (row.range_position or 0, *_price_key(row))):
            yield Recommended(row, Why.RENEWAL, each.sku, due_at)


def _next(buyer: Buyer, shelf: Shelf, at: datetime) -> Iterator[Recommended]:
    """What follows in the cycle; the same again once it is used up, where nothing follows."""
    for each in buyer.starting():
        mine = shelf.products.get(each.sku)
        if mine is None or mine.cycle_days is None:
            continue
        due_at = each.bought_at + timedelta(days=mine.cycle_days)
        product = shelf.sold(mine.next_sku or mine.sku)
        if product is not None and (product.sku != mine.sku or due_at <= at):
            yield Recommended(product, Why.NEXT_OF_CYCLE, each.sku, due_at)


def _second(buyer: Buyer, shelf: Shelf, at: datetime) -> Iterator[Recommended]:
    """Premium products above the average basket, the others below it; where there is no premium one, the others."""
    candidates = list(_around(buyer, shelf, at))
    if buyer.is_above:
        for row, because in candidates:
            if is_premium(row):
                yield Recommended(row, Why.SECOND_PREMIUM, because)
    for row, because in candidates:
        if not is_premium(row):
            yield Recommended(row, Why.SECOND_STANDARD, because)


def _around(buyer: Buyer, shelf: Shelf, at: datetime) -> Iterator[tuple[ProductRow, str]]:
    """What completes the purchase, then its family, then what others buy most."""
    for each in _complements(buyer, shelf, at):
        yield each.product, each.because_sku
    for mine in buyer.starting():
        known = shelf.products.get(mine.sku)
        for row in sorted(shelf.families.get(known.family, ()) if known else (), key=_price_key):
            yield row, mine.sku
    for row in shelf.favourites:
        yield row, ""


def is_premium(product: ProductRow) -> bool:
    """A range at or above premium; of a product without a known range nobody says so."""
    return product.range_position is not None and product.range_position >= PREMIUM


def _price_key(row: ProductRow) -> tuple[bool, int, str]:
    return (row.price_cents is None, row.price_cents or 0, row.sku)


_CHOICES = {
    Why.COMPLEMENT: _complements,
    Why.BETTER_RANGE: _better,
    Why.RENEWAL: _renewals,
    Why.NEXT_OF_CYCLE: _next,
    Why.SECOND_PREMIUM: _second,
    Why.SECOND_STANDARD: _second,
}
