"""Orders by the name of their customer, for who stands at the door with a parcel and no number."""

import re
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import case, or_, select

from hub.core.db import db
from hub.core.text import fold
from hub.customers.models import Customer
from hub.orders.models import Order
from hub.orders.words import OrderState

SHORTEST_NAME = 3
ON_THEIR_WAY = (OrderState.PLACED, OrderState.PAID, OrderState.SHIPPED, OrderState.READY)


def list_order_ids_by_name(
    name: str, *, since: datetime, store_ids: Collection[int] | None, limit: int
) -> list[int]:
    """Placed since then, in these stores (None: in all): every word begins a word of the customer's name.

    Those on their way first, then the newest. Nothing for fewer than three letters.
    """
    words = re.sub(r"[\\%_]", "", fold(name)).split()
    if len("".join(words)) < SHORTEST_NAME:
        return []
    begins = [or_(Customer.sort_key.like(f"{word}%"), Customer.sort_key.like(f"% {word}%")) for word in words]
    is_over = case((Order.state.in_(ON_THEIR_WAY), 0), else_=1)
    found = (
        select(Order.id)
        .join(Customer, Customer.id == Order.customer_id)
        .where(Order.placed_at >= since, *begins)
        .order_by(is_over, Order.placed_at.desc(), Order.id.desc())
        .limit(limit)
    )
    if store_ids is not None:
        found = found.where(Order.store_id.in_(store_ids))
    return list(db.session.scalars(found))
