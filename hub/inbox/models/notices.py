"""What a person is told: mentions, news of followed tickets, snoozes that woke, and whatever others add."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base


class Notice(Base):
    """One line of a person's notices. `kind` is plain text, so that slices may add kinds without a migration.

    While it is unread, the same kind about the same ticket stays one line and moves up. `data` holds ids and words of
    our own, nothing a customer wrote. `happened_at` is business time.
    """

    __tablename__ = "notices"
    __table_args__ = (
        Index("ix_notices_agent", "agent_id", "happened_at", "id"),
        Index(
            "ix_notices_unread",
            "agent_id",
            "kind",
            "ticket_id",
            unique=True,
            postgresql_where="read_at IS NULL",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"))
    kind: Mapped[str]
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    by_id: Mapped[int | None]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    happened_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
