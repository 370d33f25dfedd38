"""How many orders several customers have, in one statement."""

from collections.abc import Collection

from sqlalchemy import func, select

from hub.core.batches import among
from hub.core.db import db
from hub.orders.models import Order


def count_orders_of(customer_ids: Collection[int]) -> dict[int, int]:
    """By customer, cancelled orders too; who has none has 0."""
    counted = select(Order.customer_id, func.count().label("orders")).group_by(Order.customer_id)
    rows = db.session.execute(counted.where(among(Order.customer_id, customer_ids)))
    return dict.fromkeys(customer_ids, 0) | {row.customer_id: row.orders for row in rows}
