"""An order closes the baskets it came from, whichever of them is told first."""

from datetime import datetime

from sqlalchemy import func, or_, select, update

from hub.core.db import db
from hub.orders.behaviour.models import Basket
from hub.orders.behaviour.words import BasketState
from hub.orders.models import Order
from hub.orders.words import OrderState

LOCK_CLASS = 4_713


def lock_baskets(customer_id: int) -> None:
    """Orders and baskets of one customer wait for each other until the transaction ends: neither overlooks the other."""
    db.session.execute(select(func.pg_advisory_xact_lock(LOCK_CLASS, func.hashtext(f"c{customer_id}"))))


def close_baskets(order: Order, *, basket_key: str) -> None:
    """Close the open baskets of the order's customer, and the one it names, that were last touched before it.

    The named one becomes the customer's, if it was nobody's. What a later order has closed, told before this one, is
    this one's.
    """
    lock_baskets(order.customer_id)
    whose = Basket.customer_id == order.customer_id
    mine = or_(whose, Basket.external_id == basket_key) if basket_key else whose
    is_open = or_(
        Basket.state == BasketState.OPEN,
        (Basket.state == BasketState.ORDERED)
        & Basket.order_id.is_not(None)
        & (Basket.closed_at > order.placed_at),
    )
    closed = update(Basket).where(mine, is_open, Basket.touched_at <= order.placed_at)
    db.session.execute(
        closed.values(
            state=BasketState.ORDERED,
            order_id=order.id,
            closed_at=order.placed_at,
            customer_id=func.coalesce(Basket.customer_id, order.customer_id),
        ).execution_options(synchronize_session=False)
    )


def reopen_baskets(order: Order) -> None:
    """The order is cancelled: the baskets it closed are open again, or closed by the next order after them."""
    lock_baskets(order.customer_id)
    closed = select(Basket).where(Basket.order_id == order.id, Basket.state == BasketState.ORDERED)
    for basket in db.session.scalars(closed.order_by(Basket.id).with_for_update()):
        other = find_closing_order(
            customer_id=basket.customer_id, external_id=basket.external_id, touched_at=basket.touched_at
        )
        basket.state = BasketState.OPEN if other is None else BasketState.ORDERED
        basket.order_id, basket.closed_at = (None, None) if other is None else other[:2]
    db.session.flush()


def find_closing_order(
    *, customer_id: int | None, external_id: str, touched_at: datetime
) -> tuple[int, datetime, int] | None:
    """(id, placed at, customer) of the first order after the last touch that closes this basket; None while it is open.

    A cancelled order closes none.
    """
    named = Order.basket_key == external_id
    whose = or_(named, Order.customer_id == customer_id) if customer_id is not None else named
    found = (
        select(Order.id, Order.placed_at, Order.customer_id)
        .where(whose, Order.placed_at >= touched_at, Order.state != OrderState.CANCELLED)
        .order_by(Order.placed_at, Order.id)
        .limit(1)
    )
    row = db.session.execute(found).first()
    return (row[0], row[1], row[2]) if row else None
