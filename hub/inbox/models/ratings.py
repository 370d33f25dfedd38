"""What customers say of a ticket after it was solved."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base


class TicketRating(Base):
    """The question of one ticket: asked once, answered or not. `score` 3 very satisfied, 2 satisfied, 1 not satisfied.

    `agent_id` wrote the last public answer before the question; `store_id` had the ticket then. `message_key` is that of
    the mail in the door out, so that it can be taken back while it waits.
    """

    __tablename__ = "ticket_ratings"
    __table_args__ = (
        CheckConstraint("score BETWEEN 1 AND 3", name="score"),
        Index("ix_ticket_ratings_answered", "answered_at", "store_id", postgresql_where="score IS NOT NULL"),
        Index("ix_ticket_ratings_asked", "asked_at", "store_id"),
        Index("ix_ticket_ratings_customer", "customer_id", "asked_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), unique=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    store_id: Mapped[int | None] = mapped_column(ForeignKey("stores.id"))
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    message_key: Mapped[str]
    asked_at: Mapped[datetime]
    score: Mapped[int | None]
    comment: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None]
