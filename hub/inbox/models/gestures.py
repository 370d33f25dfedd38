"""Gestures of goodwill: what the chain gives a customer to make good, who allowed it, what it costs."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base, words
from hub.inbox.words import GestureKind, GestureState


class Gesture(Base):
    """A voucher or a refund of one ticket. `store_id` bears the cost: the store that had the ticket when it was asked.

    `order_id`: the order it was given for, whatever order the ticket is about later; what is paid back of an order is
    counted over all its tickets. `key` makes a form sent twice one gesture. A voucher has its code from a promo pool; a refund is made outside and
    then noted as done.
    """

    __tablename__ = "gestures"
    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="amount"),
        Index("ix_gestures_ticket", "ticket_id", "id"),
        Index("ix_gestures_order", "order_id", "id", postgresql_where="order_id IS NOT NULL"),
        Index("ix_gestures_todo", "store_id", "id", postgresql_where="state IN ('asked', 'granted')"),
        Index("ix_gestures_decided", "decided_at", "store_id", postgresql_where="decided_at IS NOT NULL"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str | None] = mapped_column(unique=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    store_id: Mapped[int | None] = mapped_column(ForeignKey("stores.id"))
    reason_id: Mapped[int | None] = mapped_column(ForeignKey("reasons.id"))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"))
    kind: Mapped[GestureKind] = mapped_column(words(GestureKind))
    state: Mapped[GestureState] = mapped_column(words(GestureState))
    amount_cents: Mapped[int]
    currency: Mapped[str]
    text: Mapped[str]
    pool_key: Mapped[str | None]
    code: Mapped[str | None]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("agents.id"))
    asked_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    decided_at: Mapped[datetime | None]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    done_at: Mapped[datetime | None]
