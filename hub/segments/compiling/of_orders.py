"""Conditions on orders, what was bought, promo codes, visits and baskets."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Numeric, Select, cast, exists, func, join, literal, or_, select
from sqlalchemy.sql.expression import Subquery

from hub.loyalty.models import PromoCode, PromoRedemption
from hub.loyalty.words import RedemptionVerdict
from hub.orders.behaviour.models import Basket, BasketLine, Visit
from hub.orders.behaviour.words import BasketState
from hub.orders.models import Order, OrderLine
from hub.orders.products.models import Product
from hub.orders.words import OrderState
from hub.segments.compiling.frame import (
    Column,
    Frame,
    Measured,
    Members,
    Rows,
    Truth,
    choose,
    compare,
    days_of,
    happened,
    numbers,
    summed,
    texts,
)
from hub.segments.conditions.tree import Condition, Period
from hub.segments.conditions.words import Source, Test
from hub.segments.values.models import CustomerScore
from hub.stores.models import Store

NET = Order.total_cents - Order.returned_cents


def _orders(each: Condition) -> Rows:
    """Those that stand; cancelled ones only when their state is asked for."""
    return Rows(Order.__table__, Order.customer_id, Order.placed_at, _of_order(each))


def _of_order(each: Condition) -> list[Truth]:
    states = each.narrowed_to(Source.ORDER_STATE)
    where: list[Truth] = [
        Order.state == texts(states) if states else Order.state != literal(OrderState.CANCELLED.value)
    ]
    return [*where, *_in_places(Order.store_id, each)]


def _in_places(store_id: Column, each: Condition) -> list[Truth]:
    where: list[Truth] = []
    if stores := each.narrowed_to(Source.STORE):
        where.append(store_id == numbers(stores))
    if regions := each.narrowed_to(Source.REGION):
        where.append(store_id.in_(select(Store.id).where(Store.region_id == numbers(regions))))
    return where


def _placed(each: Condition, frame: Frame) -> Members:
    return happened(_orders(each), each, frame)


def _net(each: Condition, frame: Frame) -> Members:
    return summed(_orders(each), NET, each, frame)


def _average(each: Condition, frame: Frame) -> Members:
    """Who has not ordered has no average."""
    average = func.sum(NET) / func.count()
    return Members(choose(_orders(each), each, frame).having(compare(average, each)), is_measured=True)


def is_figure(each: Condition) -> bool:
    """Whether the condition asks for a figure that another one over the same orders may ask for too."""
    return each.field.key in FIGURES and each.test not in {Test.EVER, Test.NEVER}


def figure(each: Condition, frame: Frame) -> Measured:
    """The same as `orders.placed`, `.net` and `.average` say alone, from orders that are read once for all of them."""
    counted = (func.count().label("order_count"), func.sum(NET).label("net_cents"))
    chosen = choose(_orders(each), each, frame).add_columns(*counted)
    return Measured(chosen, lambda found: FIGURES[each.field.key](found, each))


def is_kept(each: Condition) -> bool:
    """Whether the figure is of a whole life: each order and each night keep it beside the scores."""
    return is_figure(each) and each.period is None and not each.only


def kept(frame: Frame) -> Select[Any]:
    """Figures of whole lives by customer, as `figure` names them; who has no row has not been counted yet."""
    score = CustomerScore
    counted = (
        func.nullif(score.order_count, 0).label("order_count"),
        cast(score.historic_cents, Numeric).label("net_cents"),
    )
    return select(score.customer_id, *counted).where(*frame.bounds.keep(score.customer_id))


def _average_passes(found: Subquery, each: Condition) -> Truth:
    return func.coalesce(compare(found.c.net_cents / found.c.order_count, each), literal(value=False))


FIGURES: Mapping[str, Callable[[Subquery, Condition], Truth]] = {
    "orders.placed": lambda found, each: compare(func.coalesce(found.c.order_count, 0), each),
    "orders.net": lambda found, each: compare(func.coalesce(found.c.net_cents, 0), each),
    "orders.average": _average_passes,
}


def _last(each: Condition, frame: Frame) -> Members:
    return _extreme(func.max(Order.placed_at), each, frame, is_simple=each.test in {Test.IN_LAST, Test.SINCE})


def _first(each: Condition, frame: Frame) -> Members:
    return _extreme(
        func.min(Order.placed_at), each, frame, is_simple=each.test in {Test.BEFORE_LAST, Test.UNTIL}
    )


def _extreme(moment: Column, each: Condition, frame: Frame, *, is_simple: bool) -> Members:
    """The latest is after a moment when any is: then only orders after it are read; the first likewise before one."""
    chosen = choose(_orders(each), each, frame)
    if not is_simple:
        return Members(chosen.having(frame.is_at(moment, each)), is_measured=True)
    if each.test in {Test.SINCE, Test.UNTIL}:
        first, last = days_of(each)
        return Members(chosen.where(*frame.within(Order.placed_at, Period(first_on=first, last_on=last))))
    return Members(chosen.where(frame.is_at(Order.placed_at, each)))


def _products(each: Condition, sku: Column) -> list[Truth]:
    where: list[Truth] = []
    if skus := each.narrowed_to(Source.SKU):
        where.append(sku == texts(skus))
    for source, column in ((Source.FAMILY, Product.family), (Source.RANGE, Product.range)):
        if chosen := each.narrowed_to(source):
            where.append(sku.in_(select(Product.sku).where(column == texts(chosen))))
    return where


def _bought(each: Condition, frame: Frame) -> Members:
    """Counted in orders that hold such an article."""
    source = join(Order, OrderLine, OrderLine.order_id == Order.id)
    where = [*_of_order(each), *_products(each, OrderLine.sku)]
    return happened(Rows(source, Order.customer_id, Order.placed_at, where, Order.id), each, frame)


def _promo(each: Condition, frame: Frame) -> Members:
    """Codes that were good, on orders that stand."""
    redeemed = PromoRedemption
    where: list[Truth] = [redeemed.verdict == RedemptionVerdict.VALID, redeemed.cancelled_at.is_(None)]
    if pools := each.narrowed_to(Source.POOL):
        where.append(redeemed.code_id.in_(select(PromoCode.id).where(PromoCode.pool_id == numbers(pools))))
    return happened(Rows(redeemed.__table__, redeemed.customer_id, redeemed.redeemed_at, where), each, frame)


def _visits(each: Condition, frame: Frame) -> Members:
    where: list[Truth] = []
    if kinds := each.narrowed_to(Source.VISIT_KIND):
        where.append(Visit.kind == texts(kinds))
    if skus := each.narrowed_to(Source.SKU):
        where.append(Visit.sku == texts(skus))
    if families := each.narrowed_to(Source.FAMILY):
        of_family = select(Product.sku).where(Product.family == texts(families))
        where.append(or_(Visit.family == texts(families), Visit.sku.in_(of_family)))
    return happened(Rows(Visit.__table__, Visit.customer_id, Visit.visited_at, where), each, frame)


def _baskets(each: Condition, frame: Frame) -> Members:
    """Open ones with something in them, by the moment they were last touched."""
    inside: Any = (BasketLine.basket_id == Basket.id,)
    if skus := each.narrowed_to(Source.SKU):
        inside = (*inside, BasketLine.sku == texts(skus))
    where: list[Truth] = [Basket.state == BasketState.OPEN, exists().where(*inside)]
    return happened(Rows(Basket.__table__, Basket.customer_id, Basket.touched_at, where), each, frame)


OF_ORDERS: Mapping[str, Callable[[Condition, Frame], Members]] = {
    "orders.placed": _placed,
    "orders.net": _net,
    "orders.average": _average,
    "orders.last": _last,
    "orders.first": _first,
    "orders.promo": _promo,
    "products.bought": _bought,
    "visits.made": _visits,
    "baskets.left": _baskets,
}
