"""Known orders."""

from datetime import timedelta

from sqlalchemy.orm import Session

from hub.orders.models import Order, OrderLine
from hub.orders.words import OrderState
from tests.conftest import TUESDAY


def make_order(
    session: Session, *, customer_id: int, store_id: int, external_id: str = "A1001", **fields: object
) -> Order:
    """Delivered on Tuesday 10:00, placed two days before."""
    row = Order(
        **{
            "external_id": external_id,
            "store_id": store_id,
            "customer_id": customer_id,
            "state": OrderState.DELIVERED,
            "placed_at": TUESDAY - timedelta(days=2),
            "delivered_at": TUESDAY,
            "state_at": TUESDAY,
            "total_cents": 8990,
            "returned_cents": 0,
            "currency": "EUR",
            "created_at": TUESDAY - timedelta(days=2),
            **fields,
        }
    )
    session.add(row)
    session.flush()
    session.add(
        OrderLine(
            order_id=row.id,
            position=1,
            sku="LAMPE-01",
            name="Lampe Aurore",
            quantity=1,
            unit_price_cents=8990,
        )
    )
    session.flush()
    return row
