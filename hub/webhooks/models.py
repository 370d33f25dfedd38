"""Endpoints that are told what happened, and every delivery to them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base, words
from hub.webhooks.words import WebhookState


class WebhookEndpoint(Base):
    """An address of another system. Its secret is derived from `secret_salt` and kept nowhere.

    `store_ids` empty: all stores and what belongs to none. `failing_since` and `disabled_at` are machine time.
    """

    __tablename__ = "webhook_endpoints"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    url: Mapped[str]
    secret_salt: Mapped[str]
    events: Mapped[list[Any]]
    store_ids: Mapped[list[Any]]
    is_on: Mapped[bool] = mapped_column(default=True)
    failing_since: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class WebhookDelivery(Base):
    """One fact for one endpoint, told at least once under the same `uuid`; `fact_id` None: a test.

    `body` is frozen when the fact is told. All moments are machine time.
    """

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        UniqueConstraint("endpoint_id", "fact_id"),
        Index("ix_webhook_deliveries_due", "next_attempt_at", postgresql_where="state = 'waiting'"),
        Index("ix_webhook_deliveries_log", "endpoint_id", "id"),
        Index("ix_webhook_deliveries_created", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    endpoint_id: Mapped[int] = mapped_column(ForeignKey("webhook_endpoints.id"))
    fact_id: Mapped[int | None]
    uuid: Mapped[str] = mapped_column(unique=True)
    event: Mapped[str]
    body: Mapped[str]
    state: Mapped[WebhookState] = mapped_column(words(WebhookState))
    attempt_count: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None]
    attempted_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    status: Mapped[int | None]
    answer: Mapped[str] = mapped_column(default="")
    error: Mapped[str] = mapped_column(default="")
    duration_ms: Mapped[int | None]
    created_at: Mapped[datetime]
