"""What plans recall of orders, for many customers at once, as it was known at some moment: the last one and averages."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on

from hub.core.batches import among
from hub.core.db import db
from hub.orders.as_of import counted_at
from hub.orders.models import Order
from hub.orders.queries import AVERAGE_OVER, get_orders
from hub.orders.rows import OrderRow

NET = Order.total_cents - Order.returned_cents


def list_last_orders(customer_ids: Collection[int], *, at: datetime) -> dict[int, OrderRow]:
    """By customer the order placed last of those not cancelled by then, with its lines; who has none is left out.

    Three statements, however many customers. State and returns are those of today.
    """
    found = (
        select(Order.id)
        .where(among(Order.customer_id, customer_ids), counted_at(at))
        .ext(distinct_on(Order.customer_id))
        .order_by(Order.customer_id, Order.placed_at.desc(), Order.id.desc())
    )
    orders = get_orders(list(db.session.scalars(found)))
    return {row.customer_id: row for row in orders.values()}


def get_own_averages(
    customer_ids: Collection[int], *, at: datetime, without: Collection[int] = ()
) -> dict[int, int]:
    """By customer the mean of the orders placed by then, cents net of returns; who has none is left out.

    `without`: ids of orders that are left out, so that an order can be held against those before it.
    """
    found = select(Order.customer_id, func.avg(NET)).where(
        among(Order.customer_id, customer_ids), counted_at(at)
    )
    if without:
        found = found.where(~among(Order.id, without))
    return {row[0]: round(row[1]) for row in db.session.execute(found.group_by(Order.customer_id))}


def get_chain_average(at: datetime) -> int:
    """The mean of the last 5,000 orders placed by then, cents net of returns; 0 without any."""
    net = NET.label("net_cents")
    last = select(net).where(counted_at(at)).order_by(Order.placed_at.desc()).limit(AVERAGE_OVER).subquery()
    mean = db.session.scalar(select(func.avg(last.c.net_cents)))
    return round(mean) if mean is not None else 0
