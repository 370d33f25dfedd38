"""Recommendations for many customers in a few statements, as far as was known at some moment."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from hub.core.batches import among
from hub.core.db import db
from hub.orders.as_of import counted_at, kept_at
from hub.orders.models import Order, OrderLine, OrderReturn
from hub.orders.products.choosing import Bought, Buyer, Recommended, Shelf, recommend_to
from hub.orders.products.models import Product
from hub.orders.products.queries import get_products, list_complements, product_row
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
    are now: their past is not kept. Six statements at most, however many customers.
    """
    bought = _list_bought(customer_ids, at=at)
    shelf = _fill(bought, whys, at=at)
    asked = orders or {}
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


def recommend_second_purchase(
    customer_ids: Collection[int], *, at: datetime, average_cents: int, limit: int = LIMIT
) -> dict[int, tuple[Recommended, ...]]:
    """After the first order, by its amount: the premium range above `average_cents`, the standard range below.

    Who has not ordered by `at` gets what others buy most of the standard range.
    """
    bought = _list_bought(customer_ids, at=at)
    whys = (Why.SECOND_PREMIUM,)
    shelf = _fill(bought, whys, at=at)
    first = _list_first(customer_ids, at=at)
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


def _list_bought(customer_ids: Collection[int], *, at: datetime) -> dict[int, list[Bought]]:
    """Newest first, lines in their order. What came back piece by piece is not kept once all of it did."""
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
    rows = db.session.execute(found).all()
    back = _count_back({row.id for row in rows}, at=at)
    bought: dict[int, list[Bought]] = {}
    for row in rows:
        is_kept = row.is_kept and back.get((row.id, row.sku), 0) < row.quantity
        bought.setdefault(row.customer_id, []).append(Bought(row.id, row.sku, row.placed_at, is_kept))
    return bought


def _count_back(order_ids: Collection[int], *, at: datetime) -> dict[tuple[int, str], int]:
    """By order and sku, how many pieces had come back."""
    found = select(OrderReturn.order_id, OrderReturn.lines).where(
        among(OrderReturn.order_id, order_ids), OrderReturn.returned_at <= at
    )
    count: dict[tuple[int, str], int] = {}
    for order_id, lines in db.session.execute(found):
        for line in lines:
            key = (order_id, str(line["sku"]))
            count[key] = count.get(key, 0) + int(line["quantity"])
    return count


def _fill(bought: Mapping[int, Sequence[Bought]], whys: Collection[Why], *, at: datetime) -> Shelf:
    """What these customers may be offered for these reasons, and nothing that is not asked for."""
    skus = {each.sku for rows in bought.values() for each in rows}
    is_second = Why.SECOND_PREMIUM in whys or Why.SECOND_STANDARD in whys
    complements = list_complements(skus) if Why.COMPLEMENT in whys or is_second else {}
    products = get_products(skus | {other for others in complements.values() for other in others})
    following = {row.next_sku for row in products.values() if row.next_sku} - products.keys()
    if Why.NEXT_OF_CYCLE in whys and following:
        products = products | get_products(following)
    families = {products[sku].family for sku in skus & products.keys()} - {""}
    is_of_family = is_second or Why.BETTER_RANGE in whys or Why.RENEWAL in whys
    return Shelf(
        products=products,
        complements=complements,
        families=_list_families(families) if is_of_family and families else {},
        favourites=_list_favourites(at) if is_second else (),
    )


def _list_families(families: Collection[str]) -> dict[str, list[ProductRow]]:
    """Products still sold, by family: the cheapest of each range."""
    place = func.row_number().over(
        partition_by=(Product.family, Product.range_position),
        order_by=(Product.price_cents.asc().nulls_last(), Product.sku),
    )
    numbered = (
        select(Product, place.label("place"))
        .where(among(Product.family, families), Product.is_active)
        .subquery()
    )
    row_of = aliased(Product, numbered)
    found: dict[str, list[ProductRow]] = {}
    for row in db.session.scalars(select(row_of).where(numbered.c.place <= EACH_RANGE)):
        found.setdefault(row.family, []).append(product_row(row))
    return found


def _list_favourites(at: datetime) -> list[ProductRow]:
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
        select(Product)
        .join(counted, counted.c.sku == Product.sku)
        .where(Product.is_active)
        .order_by(counted.c.lines.desc(), Product.sku)
        .limit(FAVOURITES)
    )
    return [product_row(row) for row in db.session.scalars(found)]


def _list_first(customer_ids: Collection[int], *, at: datetime) -> dict[int, tuple[int, int]]:
    """By customer the first order that counts: (id, cents net of returns)."""
    found = (
        select(Order.customer_id, Order.id, (Order.total_cents - Order.returned_cents).label("net_cents"))
        .where(among(Order.customer_id, customer_ids), counted_at(at))
        .ext(distinct_on(Order.customer_id))
        .order_by(Order.customer_id, Order.placed_at, Order.id)
    )
    return {row.customer_id: (row.id, row.net_cents) for row in db.session.execute(found)}
