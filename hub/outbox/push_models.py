"""Browsers that people let us alert, and the alerts on their way to them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base


class PushSubscription(Base):
    """One browser of a person (W3C Push API): where to deliver, and the browser's keys to encrypt for.

    `server_key` is our public key at the time: a browser accepts alerts signed by that key alone. Machine time.
    """

    __tablename__ = "push_subscriptions"

    id: Mapped[int] = mapped_column(primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"), index=True)
    endpoint: Mapped[str] = mapped_column(unique=True)
    p256dh: Mapped[str]
    auth: Mapped[str]
    server_key: Mapped[str]
    created_at: Mapped[datetime]


class PushMessage(Base):
    """An alert for one browser until it was delivered or given up; `key` makes one of two. Machine time.

    `payload` holds words of our own and numbers, nothing a customer wrote.
    """

    __tablename__ = "push_messages"
    __table_args__ = (
        UniqueConstraint("subscription_id", "key"),
        Index("ix_push_messages_due", "next_attempt_at", postgresql_where="ended_at IS NULL"),
        Index("ix_push_messages_ended", "ended_at", postgresql_where="ended_at IS NOT NULL"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subscription_id: Mapped[int] = mapped_column(ForeignKey("push_subscriptions.id", ondelete="CASCADE"))
    key: Mapped[str]
    payload: Mapped[dict[str, Any]]
    attempt_count: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    error: Mapped[str | None]
