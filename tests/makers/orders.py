"""Known orders."""

from datetime import timedelta
from typing import Any

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


def an_event(**changes: Any) -> dict[str, Any]:
    """What the shop posts when Dora's order is delivered in Lyon; `customer` is merged, the rest replaced."""
    customer = {
        "email": "dora@client.example",
        "phone": "06 12 34 56 78",
        "title": "Mme",
        "first_name": "DORA",
        "last_name": "lefèvre",
        "birth_date": "1980-05-17",
        "postcode": "69003",
        "country": "FR",
        "company": "",
        "language": "fr-FR",
        "loyalty_card": "C-77",
        "consents": [],
        **changes.pop("customer", {}),
    }
    return {
        "external_id": "A1001",
        "store": "LYO",
        "customer": customer,
        "placed_at": "2026-03-01T10:00:00+01:00",
        "delivered_at": "2026-03-03T09:30:00+01:00",
        "updated_at": "2026-03-03T09:31:00+01:00",
        "state": "delivered",
        "total_cents": 8990,
        "returned_cents": 0,
        "currency": "EUR",
        "lines": [{"sku": "LAMPE-01", "name": "Lampe Aurore", "quantity": 1, "unit_price_cents": 8990}],
        **changes,
    }
