"""Orders: the events as they were received, and the order they add up to."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base, words
from hub.customers.models import Customer
from hub.orders.words import EventOutcome, OrderState
from hub.stores.models import Store


class OrderEvent(Base):
    """One message of a shop system as it came, also a refused one with its reason. Append-only.

    `event_key` identifies the event (source, external id, hash of the body): the same one is taken once.
    """

    __tablename__ = "order_events"
    __table_args__ = (
        UniqueConstraint("event_key"),
        Index("ix_order_events_received", "received_at"),
        Index("ix_order_events_refused", "received_at", "id", postgresql_where="outcome = 'refused'"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_key: Mapped[str]
    source: Mapped[str]
    external_id: Mapped[str | None] = mapped_column(index=True)
    payload: Mapped[dict[str, Any]]
    outcome: Mapped[EventOutcome] = mapped_column(words(EventOutcome))
    reason: Mapped[str | None]
    order_id: Mapped[int | None]
    received_at: Mapped[datetime]


class Order(Base):
    """The latest known state. `state_at` is the shop's `updated_at` that last won; older events change nothing.

    `event_key` is the event that last won: it decides between two events of the same moment and state.
    `promo_codes` are the codes as the customer typed them.
    """

    __tablename__ = "orders"
    __table_args__ = (
        Index("ix_orders_customer_placed", "customer_id", "placed_at"),
        Index("ix_orders_store_placed", "store_id", "placed_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    external_id: Mapped[str] = mapped_column(unique=True)
    store_id: Mapped[int] = mapped_column(ForeignKey(Store.id))
    customer_id: Mapped[int] = mapped_column(ForeignKey(Customer.id))
    state: Mapped[OrderState] = mapped_column(words(OrderState))
    placed_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
    state_at: Mapped[datetime]
    event_key: Mapped[str] = mapped_column(default="")
    total_cents: Mapped[int]
    returned_cents: Mapped[int] = mapped_column(default=0)
    currency: Mapped[str]
    promo_codes: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    created_at: Mapped[datetime]


class OrderLine(Base):
    __tablename__ = "order_lines"
    __table_args__ = (UniqueConstraint("order_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"))
    position: Mapped[int]
    sku: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    quantity: Mapped[int]
    unit_price_cents: Mapped[int]
