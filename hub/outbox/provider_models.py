"""What mail providers reported by webhook, kept as it came before it has its effect."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base, words
from hub.outbox.provider_words import DeliveryState, MailProvider
from hub.outbox.words import ReceiptKind


class ProviderDelivery(Base):
    """One event of a mail provider. The same event twice is one row; `state` tells what came of it and `reason` why.

    `payload_hash` tells a repetition from somebody who uses a seen event id or token for other words.
    `received_at` is business time, `next_attempt_at` machine time while the effect is still to come.
    """

    __tablename__ = "provider_deliveries"
    __table_args__ = (
        UniqueConstraint("provider", "event_id"),
        Index("ix_provider_deliveries_token", "provider", "token", unique=True),
        Index("ix_provider_deliveries_stored", "next_attempt_at", postgresql_where="state = 'stored'"),
        Index("ix_provider_deliveries_unmatched", "id", postgresql_where="state = 'unmatched'"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    provider: Mapped[MailProvider] = mapped_column(words(MailProvider))
    event_id: Mapped[str]
    token: Mapped[str | None]
    event_kind: Mapped[str]
    recipient: Mapped[str | None]
    payload: Mapped[dict[str, Any]]
    payload_hash: Mapped[str]
    state: Mapped[DeliveryState] = mapped_column(words(DeliveryState))
    reason: Mapped[str] = mapped_column(default="")
    receipt_kind: Mapped[ReceiptKind | None] = mapped_column(words(ReceiptKind))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("outbound_messages.id"), index=True)
    received_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]
    next_attempt_at: Mapped[datetime | None]
