"""Baskets with their lines, visitors of the sites, and the pages they visited."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base, words
from hub.customers.models import Customer
from hub.orders.behaviour.words import BasketState, Device, PageKind


class Basket(Base):
    """The latest known state of a basket: a function of its newest event and of the orders of its customer.

    `touched_at` is the shop's `updated_at` that last won; `event_key` (rank of its state, hash) decides between two events
    of one moment. `state` is ordered when the shop said so, or when an order came after the last touch (`order_id`).
    `customer_id` is None for a visitor nobody knows yet. `total_cents` is what the lines come to unless the shop says.
    `clears_at`: when the shop will empty it, if it says so.
    """

    __tablename__ = "baskets"
    __table_args__ = (
        Index("ix_baskets_customer_touched", "customer_id", "touched_at"),
        Index("ix_baskets_open_touched", "touched_at", "id", postgresql_where="state = 'open'"),
        Index("ix_baskets_visitor", "visitor_id", postgresql_where="visitor_id IS NOT NULL"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    external_id: Mapped[str] = mapped_column(unique=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey(Customer.id))
    visitor_id: Mapped[str | None]
    state: Mapped[BasketState] = mapped_column(words(BasketState))
    device: Mapped[Device | None] = mapped_column(words(Device))
    checkout_url: Mapped[str] = mapped_column(default="", server_default="")
    total_cents: Mapped[int]
    currency: Mapped[str]
    order_id: Mapped[int | None]
    event_key: Mapped[str]
    touched_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    clears_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class BasketTouch(Base):
    """What a basket was from one touch to the next: one row an event, so that the past can be asked as it was then.

    `state` is what the shop said; whether an order had closed it by some moment, orders know.
    """

    __tablename__ = "basket_touches"
    __table_args__ = (
        UniqueConstraint("basket_id", "touched_at", "event_key"),
        Index(
            "ix_basket_touches_left",
            "touched_at",
            "basket_id",
            postgresql_where="state = 'open' AND line_count > 0",
        ),
        Index("ix_basket_touches_purge", "touched_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    basket_id: Mapped[int] = mapped_column(ForeignKey("baskets.id", ondelete="CASCADE"))
    touched_at: Mapped[datetime]
    event_key: Mapped[str]
    state: Mapped[BasketState] = mapped_column(words(BasketState))
    device: Mapped[Device | None] = mapped_column(words(Device))
    total_cents: Mapped[int]
    line_count: Mapped[int]


class BasketLine(Base):
    __tablename__ = "basket_lines"
    __table_args__ = (UniqueConstraint("basket_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    basket_id: Mapped[int] = mapped_column(ForeignKey("baskets.id", ondelete="CASCADE"))
    position: Mapped[int]
    sku: Mapped[str]
    name: Mapped[str] = mapped_column(default="")
    quantity: Mapped[int]
    unit_price_cents: Mapped[int]


class Visitor(Base):
    """A browser that agreed to be recognised: `visitor_id` was drawn by the script (or the shop) and says nothing.

    `customer_id` is whom it belongs to since `linked_at`: what it does from then on is that customer's.
    """

    __tablename__ = "visitors"

    visitor_id: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey(Customer.id), index=True)
    linked_at: Mapped[datetime | None]
    first_seen_at: Mapped[datetime]


class Visit(Base):
    """One page that was visited; `visit_key` makes the same visit told twice one row.

    Not a fact: there are hundreds a customer, nothing hangs on a single one, and they go after a while.
    """

    __tablename__ = "visits"
    __table_args__ = (
        Index("ix_visits_customer_visited", "customer_id", "visited_at"),
        Index(
            "ix_visits_visitor",
            "visitor_id",
            postgresql_where="visitor_id IS NOT NULL",
        ),
        Index("ix_visits_visited", "visited_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_key: Mapped[str] = mapped_column(unique=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey(Customer.id))
    visitor_id: Mapped[str | None]
    kind: Mapped[PageKind] = mapped_column(words(PageKind))
    sku: Mapped[str | None]
    family: Mapped[str | None]
    visited_at: Mapped[datetime]
