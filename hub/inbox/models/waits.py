"""The waits of customers and the targets they are measured against."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base, words
from hub.core.words import Channel
from hub.inbox.words import (
    DropReason,
    Priority,
    WaitKind,
)


class ReplyWait(Base):
    """One wait of a customer: from the oldest unanswered message to the first public message of a person.

    Open while `ended_at` and `dropped_at` are None. `seconds` is wall time, `business_seconds` counts the store's
    opening hours (None when no hours are known), `target_seconds` was frozen at the start (business seconds).
    """

    __tablename__ = "reply_waits"
    __table_args__ = (
        Index(
            "ix_reply_waits_open",
            "ticket_id",
            unique=True,
            postgresql_where="ended_at IS NULL AND dropped_at IS NULL",
        ),
        Index("ix_reply_waits_ended", "ended_at", "store_id", postgresql_where="ended_at IS NOT NULL"),
        Index("ix_reply_waits_dropped", "dropped_at", postgresql_where="dropped_at IS NOT NULL"),
        Index("ix_reply_waits_transferred", "ticket_id", postgresql_where="is_transferred"),
        Index("ix_reply_waits_ticket", "ticket_id", "started_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    store_id: Mapped[int | None] = mapped_column(ForeignKey("stores.id"))
    channel: Mapped[Channel] = mapped_column(words(Channel))
    reason_id: Mapped[int | None]
    kind: Mapped[WaitKind] = mapped_column(words(WaitKind))
    started_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    target_seconds: Mapped[int]
    ended_at: Mapped[datetime | None]
    agent_id: Mapped[int | None]
    is_transferred: Mapped[bool] = mapped_column(default=False)
    seconds: Mapped[int | None]
    business_seconds: Mapped[int | None]
    dropped_at: Mapped[datetime | None]
    drop_reason: Mapped[DropReason | None] = mapped_column(words(DropReason))


class ReplyTarget(Base):
    """Target of a channel and priority in business seconds of the store, for the first and the next reply."""

    __tablename__ = "reply_targets"
    __table_args__ = (UniqueConstraint("channel", "priority"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[Channel] = mapped_column(words(Channel))
    priority: Mapped[Priority] = mapped_column(words(Priority))
    first_seconds: Mapped[int]
    next_seconds: Mapped[int]
