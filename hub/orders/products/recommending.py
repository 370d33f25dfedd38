"""Recommendations for many customers in a few statements, as far as was known at some moment."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on

from hub.core.batches import among, table_of
from hub.core.questions import Question, Rows, all_of, answered, ask_together
from hub.orders.as_of import counted_at, kept_at
from hub.orders.models import Order, OrderLine, OrderReturn
from hub.orders.products.choosing import Bought, Buyer, Recommended, Shelf, recommend_to
from hub.orders.products.models import Product
from hub.orders.products.queries import ask_complements, ask_products, product_row
from hub.orders.products.rows import ProductRow
from hub.orders.products.words import Why

__all__ = ["Recommended", "Why", "recommend", "recommend_second_purchase"]

LIMIT = 3
EACH_RANGE = 50
"""Of each range of a family so many are looked at, the cheapest first."""
FAVOURITES = 50
SOLD_LATELY = 2_000
"""Orders in which the favourites are looked for."""


def recommend(
    customer_ids: Collection[int],
    whys: Sequence[Why],
    *,
    at: datetime,
    orders: Mapping[int, int] | None = None,
    limit: int = LIMIT,
) -> dict[int, tuple[Recommended, ...]]:
    """By customer at most `limit` products with their reasons, those of the first of `whys` first; () where nothing suits.

    `orders`: customer to the order it is about; for who is not in it, everything he bought by `at`. Products are as they
    are now: their past is not kept. Four statements at most, however many customers.
    """
    return ask_recommended(customer_ids, whys, at=at, orders=orders, limit=limit).ask()


def ask_recommended(
    customer_ids: Collection[int],
    whys: Sequence[Why],
    *,
    at: datetime,
    orders: Mapping[int, int] | None = None,
    limit: int = LIMIT,
) -> Question[dict[int, tuple[Recommended, ...]]]:
    """See `recommend`."""
    asked = orders or {}

    def read(known: tuple[Mapping[int, Sequence[Bought]], Shelf]) -> dict[int, tuple[Recommended, ...]]:
        bought, shelf = known
        return {
            customer_id: recommend_to(
                Buyer(
                    bought=bought.get(customer_id, ()),
                    basis=frozenset({asked[customer_id]}) if customer_id in asked else None,
                ),
                shelf,
                whys,
                at=at,
                limit=limit,
            )
            for customer_id in customer_ids
        }

    return _ask_known(customer_ids, whys, at=at).then(read)


def recommend_second_purchase(
    customer_ids: Collection[int], *, at: datetime, average_cents: int, limit: int = LIMIT
) -> dict[int, tuple[Recommended, ...]]:
    """After the first order, by its amount: the premium range above `average_cents`, the standard range below.

    Who has not ordered by `at` gets what others buy most of the standard range.
    """
    whys = (Why.SECOND_PREMIUM,)
    (bought, shelf), first = ask_together(
        _ask_known(customer_ids, whys, at=at), _ask_first(customer_ids, at=at)
    )
    return {
        customer_id: recommend_to(
            Buyer(
                bought=bought.get(customer_id, ()),
                basis=frozenset({first[customer_id][0]}) if customer_id in first else None,
                is_above=customer_id in first and first[customer_id][1] > average_cents,
            ),
            shelf,
            whys,
            at=at,
            limit=limit,
        )
        for customer_id in customer_ids
    }


def _ask_known(
    customer_ids: Collection[int], whys: Collection[Why], *, at: datetime
) -> Question[tuple[Mapping[int, Sequence[Bought]], Shelf]]:
    """What they bought, and what they may be offered for it."""
    found = (
        select(
            Order.customer_id,
            Order.id,
            Order.placed_at,
            kept_at(at).label("is_kept"),
            OrderLine.sku,
            OrderLine.quantity,
        )
        .join(OrderLine, OrderLine.order_id == Order.id)
        .where(among(Order.customer_id, customer_ids), counted_at(at), OrderLine.sku != "")
        .order_by(Order.customer_id, Order.placed_at.desc(), Order.id.desc(), OrderLine.position)
    )

    def onward(rows: Rows) -> Question[tuple[Mapping[int, Sequence[Bought]], Shelf]]:
        back = _ask_back({row.id for row in rows}, at=at)
        shelf = _ask_shelf({row.sku for row in rows}, whys, at=at)
        return all_of(back, shelf).then(lambda known: (_bought(rows, known[0]), known[1]))

    return Question((found,), list[Any]).followed_by(onward)


def _bought(rows: Rows, back: Mapping[tuple[int, str], int]) -> dict[int, list[Bought]]:
    """Newest first, lines in their order. What came back piece by piece is not kept once all of it did."""
    bought: dict[int, list[Bought]] = {}
    for row in rows:
        is_kept = row.is_kept and back.get((row.id, row.sku), 0) < row.quantity
        bought.setdefault(row.customer_id, []).append(Bought(row.id, row.sku, row.placed_at, is_kept))
    return bought


def _ask_back(order_ids: Collection[int], *, at: datetime) -> Question[dict[tuple[int, str], int]]:
    """By order and sku, how many pieces had come back."""
    if not order_ids:
        return answered({})
    found = select(OrderReturn.order_id, OrderReturn.lines).where(
        among(OrderReturn.order_id, order_ids), OrderReturn.returned_at <= at
    )

    def read(rows: Rows) -> dict[tuple[int, str], int]:
        count: dict[tuple[int, str], int] = {}
        for order_id, lines in rows:
            for line in lines:
                key = (order_id, str(line["sku"]))
                count[key] = count.get(key, 0) + int(line["quantity"])
        return count

    return Question((found,), read)


def _ask_shelf(skus: Collection[str], whys: Collection[Why], *, at: datetime) -> Question[Shelf]:
    """What who bought these may be offered for these reasons, and nothing that is not asked for."""
    is_second = Why.SECOND_PREMIUM in whys or Why.SECOND_STANDARD in whys
    is_of_family = is_second or Why.BETTER_RANGE in whys or Why.RENEWAL in whys
    complements = ask_complements(skus) if Why.COMPLEMENT in whys or is_second else answered({})

    def onward(found: tuple[Mapping[str, Sequence[str]], Mapping[str, ProductRow]]) -> Question[Shelf]:
        complements, own = found
        others = {other for each in complements.values() for other in each} - own.keys()
        families = {row.family for row in own.values()} - {""}
        return all_of(
            ask_products(others),
            _ask_families(families if is_of_family else ()),
            _ask_favourites(at) if is_second else answered(()),
        ).followed_by(lambda more: _ask_following(whys, complements, {**own, **more[0]}, more[1:]))

    return all_of(complements, ask_products(skus)).followed_by(onward)


def _ask_following(
    whys: Collection[Why],
    complements: Mapping[str, Sequence[str]],
    products: Mapping[str, ProductRow],
    more: tuple[Mapping[str, Sequence[ProductRow]], Sequence[ProductRow]],
) -> Question[Shelf]:
    """With what follows a product that is used up."""
    following = {row.next_sku for row in products.values() if row.next_sku} - products.keys()
    asked = ask_products(following if Why.NEXT_OF_CYCLE in whys else ())
    return asked.then(
        lambda found: Shelf(
            products={**products, **found}, complements=complements, families=more[0], favourites=more[1]
        )
    )


def _ask_families(families: Collection[str]) -> Question[dict[str, list[ProductRow]]]:
    """Products still sold, by family: the cheapest of each range."""
    if not families:
        return answered({})
    place = func.row_number().over(
        partition_by=(Product.family, Product.range_position),
        order_by=(Product.price_cents.asc().nulls_last(), Product.sku),
    )
    numbered = (
        select(*table_of(Product).c, place.label("place"))
        .where(among(Product.family, families), Product.is_active)
        .subquery()
    )

    def read(rows: Rows) -> dict[str, list[ProductRow]]:
        found: dict[str, list[ProductRow]] = {}
        for row in rows:
            found.setdefault(row.family, []).append(product_row(row))
        return found

    return Question((select(numbered).where(numbered.c.place <= EACH_RANGE),), read)


def _ask_favourites(at: datetime) -> Question[list[ProductRow]]:
    """What the last orders before then had most, among what is still sold."""
    latest = (
        select(Order.id).where(counted_at(at)).order_by(Order.placed_at.desc()).limit(SOLD_LATELY).subquery()
    )
    counted = (
        select(OrderLine.sku, func.count().label("lines"))
        .join(latest, latest.c.id == OrderLine.order_id)
        .group_by(OrderLine.sku)
        .subquery()
    )
    found = (
        select(*table_of(Product).c)
        .join(counted, counted.c.sku == Product.sku)
        .where(Product.is_active)
        .order_by(counted.c.lines.desc(), Product.sku)
        .limit(FAVOURITES)
    )
    return Question((found,), lambda rows: [product_row(row) for row in rows])


def _ask_first(customer_ids: Collection[int], *, at: datetime) -> Question[dict[int, tuple[int, int]]]:
    """By customer the first order that counts: (id, cents net of returns)."""
    found = (
        select(Order.customer_id, Order.id, (Order.total_cents - Order.returned_cents).label("net_cents"))
        .where(among(Order.customer_id, customer_ids), counted_at(at))
        .ext(distinct_on(Order.customer_id))
        .order_by(Order.customer_id, Order.placed_at, Order.id)
    )
    return Question((found,), lambda rows: {row.customer_id: (row.id, row.net_cents) for row in rows})
