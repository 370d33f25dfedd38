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

    `event_key` identifies the event (source, external id, hash of the body): the same one is taken once. `state` is what
    it told of the order, None of a refused one; it stays when the payload is emptied.
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
    state: Mapped[str | None]
    outcome: Mapped[EventOutcome] = mapped_column(words(EventOutcome))
    reason: Mapped[str | None]
    order_id: Mapped[int | None]
    received_at: Mapped[datetime]


class Order(Base):
    """The latest known state. `state_at` is the shop's `updated_at` that last won; older events change nothing.

    `event_key` is the event that last won: it decides between two events of the same moment and state.
    `promo_codes` are the codes as the customer typed them. `returned_cents` is the larger of what the order's events say
    (`told_returned_cents`) and what its returns come to; returns of everything make the `state` returned, whatever the
    newest event said (`told_rank`: the place of that state among the states). `basket_key` is the basket it came from, as the shop calls it.
    """

    __tablename__ = "orders"
    __table_args__ = (
        Index("ix_orders_customer_placed", "customer_id", "placed_at"),
        Index("ix_orders_store_placed", "store_id", "placed_at"),
        Index(
            "ix_orders_segments",
            "placed_at",
            postgresql_include=["customer_id", "state", "store_id", "total_cents", "returned_cents"],
        ),
        Index("ix_orders_basket", "basket_key", postgresql_where="basket_key IS NOT NULL"),
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
    told_rank: Mapped[int | None]
    told_returned_cents: Mapped[int | None]
    basket_key: Mapped[str | None]
    created_at: Mapped[datetime]


class OrderLine(Base):
    __tablename__ = "order_lines"
    __table_args__ = (
        UniqueConstraint("order_id", "position"),
        Index("ix_order_lines_sku", "sku", postgresql_include=["order_id"]),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"))
    position: Mapped[int]
    sku: Mapped[str]
    name: Mapped[str]
    quantity: Mapped[int]
    unit_price_cents: Mapped[int]


class OrderReturn(Base):
    """What came back of an order, told by itself: kept also before its order is known (`order_id` None).

    `lines` is a list of {"sku", "quantity", "amount_cents"}; `told_at` the time of its newest event, `event_key` decides
    between two of one moment.
    """

    __tablename__ = "order_returns"

    id: Mapped[int] = mapped_column(primary_key=True)
    external_id: Mapped[str] = mapped_column(unique=True)
    order_number: Mapped[str] = mapped_column(index=True)
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), index=True)
    amount_cents: Mapped[int]
    lines: Mapped[list[Any]]
    source: Mapped[str]
    event_key: Mapped[str]
    returned_at: Mapped[datetime]
    told_at: Mapped[datetime]
    created_at: Mapped[datetime]
