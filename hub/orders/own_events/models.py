"""Events as other systems told them, also refused ones with their reason."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base, words
from hub.customers.models import Customer
from hub.orders.words import EventOutcome


class OwnEvent(Base):
    """One event. `event_key` (source and its id, else a hash of the body) makes the same one told twice one row.

    Taken: `name`, `customer_id`, `values` and `happened_at` are set. Refused: `payload` is what came, `reason` what was wrong.
    """

    __tablename__ = "own_events"
    __table_args__ = (
        Index("ix_own_events_customer", "customer_id", "happened_at"),
        Index("ix_own_events_name", "name", "happened_at", postgresql_where="outcome = 'taken'"),
        Index("ix_own_events_refused", "received_at", "id", postgresql_where="outcome = 'refused'"),
        Index("ix_own_events_received", "received_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_key: Mapped[str] = mapped_column(unique=True)
    source: Mapped[str]
    name: Mapped[str]
    customer_id: Mapped[int | None] = mapped_column(ForeignKey(Customer.id))
    values: Mapped[dict[str, Any]]
    payload: Mapped[dict[str, Any]]
    outcome: Mapped[EventOutcome] = mapped_column(words(EventOutcome))
    reason: Mapped[str | None]
    happened_at: Mapped[datetime]
    received_at: Mapped[datetime]
