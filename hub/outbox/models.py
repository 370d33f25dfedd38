"""Outbound messages, the attempts to send them, receipts and holds."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base, words
from hub.core.words import Channel, Language, Purpose
from hub.outbox.words import AttemptOutcome, BlockReason, MessageState, ReceiptKind, SendQueue

GIVEN_UP = "state IN ('blocked', 'expired', 'failed', 'unknown')"
LOOKED_AT = (
    Index(
        "ix_outbound_messages_pressure",
        "accepted_at",
        "customer_id",
        "channel",
        "purpose",
        postgresql_where="state IN ('accepted', 'delivered')",
    ),
    Index(
        "ix_outbound_messages_capped",
        "counted_at",
        "channel",
        "purpose",
        "customer_id",
        postgresql_where="purpose IN ('survey', 'promotion', 'newsletter')",
    ),
    Index(
        "ix_outbound_messages_not_sent",
        "id",
        "reason",
        "channel",
        "purpose",
        postgresql_where=f"{GIVEN_UP} OR (state = 'waiting' AND reason IS NOT NULL)",
    ),
    Index(
        "ix_outbound_messages_ended_unsent",
        "ended_at",
        "reason",
        "channel",
        "purpose",
        postgresql_where=GIVEN_UP,
    ),
    Index(
        "ix_outbound_messages_came_back",
        text("coalesce(accepted_at, ended_at)"),
        postgresql_where="state IN ('bounced', 'failed', 'expired', 'unknown')",
    ),
    Index("ix_outbound_messages_unknown", "id", postgresql_where="state = 'unknown' AND settled_at IS NULL"),
    Index(
        "ix_outbound_messages_phone_expiry",
        "expires_at",
        postgresql_where="state = 'waiting' AND channel IN ('sms', 'whatsapp')",
    ),
    Index(
        "ix_outbound_messages_phone_reference",
        "provider_reference",
        postgresql_where="channel IN ('sms', 'whatsapp')",
    ),
)
"""For the pages of the marketer, the administrator and statistics: each holds only the rows that its page reads."""


class OutboundMessage(Base):
    """One message to one address. `key` makes posting it twice post it once.

    What is frozen is the template version and the values, not the rendered body. `due_at` and `expires_at` are
    business time, `next_attempt_at` and `lease_until` machine time. `stop_if` is asked of orders just before the
    provider is called: {"purchase_since": iso time, "order_cancelled": order id}. `priority`: the smaller goes first
    when the cap leaves room for one (order in plans.md). `counted_at` is set while the message fills a cap.
    `is_opening_measured`: the customer or the chain let us know of its opening when it left; `refused_at`: he refused
    further ones because of it. Figures read both, so that no later choice, erasure or term changes what they said.
    `settled_at`: a person has decided that a message of unknown outcome is left as it is. `segment_count` and the price
    (millionths of `price_currency`) are those of a phone message: expected when it leaves, the provider's once it says.
    `attachments` name files of the shelf ({name, media_type, size_bytes, sha256}), read when the mail is written.
    """

    __tablename__ = "outbound_messages"
    __table_args__ = (
        Index(
            "ix_outbound_messages_due",
            "queue",
            "due_at",
            postgresql_where="state = 'waiting'",
        ),
        Index(
            "ix_outbound_messages_lease", "lease_until", postgresql_where="state IN ('claimed', 'calling')"
        ),
        Index("ix_outbound_messages_customer", "customer_id", "created_at", "id"),
        Index("ix_outbound_messages_source", "source_kind", "source_id"),
        Index("ix_outbound_messages_caps", "customer_id", "channel", "purpose", "counted_at"),
        *LOOKED_AT,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(unique=True)
    key: Mapped[str] = mapped_column(unique=True)
    queue: Mapped[SendQueue] = mapped_column(words(SendQueue))
    channel: Mapped[Channel] = mapped_column(words(Channel))
    purpose: Mapped[Purpose] = mapped_column(words(Purpose))
    theme: Mapped[str] = mapped_column(default="", server_default="")
    state: Mapped[MessageState] = mapped_column(words(MessageState))
    reason: Mapped[BlockReason | None] = mapped_column(words(BlockReason))
    reason_detail: Mapped[str | None]
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    store_id: Mapped[int | None] = mapped_column(ForeignKey("stores.id"))
    agent_id: Mapped[int | None]
    recipient: Mapped[str | None]
    recipient_name: Mapped[str] = mapped_column(default="")
    sender_name: Mapped[str] = mapped_column(default="")
    sender_address: Mapped[str | None]
    reply_to: Mapped[str | None]
    language: Mapped[Language] = mapped_column(words(Language))
    template_version_id: Mapped[int] = mapped_column(ForeignKey("template_versions.id"))
    values: Mapped[dict[str, Any]]
    headers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    attachments: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    message_id: Mapped[str] = mapped_column(unique=True)
    source_kind: Mapped[str | None]
    source_id: Mapped[int | None]
    stop_if: Mapped[dict[str, Any]] = mapped_column(default=dict)
    priority: Mapped[int] = mapped_column(default=100)
    is_measured: Mapped[bool] = mapped_column(default=True, server_default="true")
    is_opening_measured: Mapped[bool] = mapped_column(default=False, server_default="false")
    due_at: Mapped[datetime]
    counted_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    next_attempt_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    lease_token: Mapped[str | None]
    attempt_count: Mapped[int] = mapped_column(default=0)
    provider_reference: Mapped[str | None]
    created_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    refused_at: Mapped[datetime | None]
    segment_count: Mapped[int | None]
    price_micros: Mapped[int | None]
    price_currency: Mapped[str | None]


class DeliveryAttempt(Base):
    """One call of a provider. Times are machine time."""

    __tablename__ = "delivery_attempts"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("outbound_messages.id"), index=True)
    outcome: Mapped[AttemptOutcome] = mapped_column(words(AttemptOutcome))
    detail: Mapped[str] = mapped_column(default="")
    attempted_at: Mapped[datetime]


class DeliveryReceipt(Base):
    """What a provider or a delivery report said later; the same one is kept once."""

    __tablename__ = "delivery_receipts"
    __table_args__ = (UniqueConstraint("message_id", "reference"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("outbound_messages.id"))
    kind: Mapped[ReceiptKind] = mapped_column(words(ReceiptKind))
    status: Mapped[str] = mapped_column(default="")
    reference: Mapped[str]
    received_at: Mapped[datetime]


class Hold(Base):
    """A customer to whom a purpose must wait, put by an upstairs room (an open grievance) and lifted by it."""

    __tablename__ = "holds"
    __table_args__ = (
        UniqueConstraint("source_kind", "source_id", "purpose"),
        Index("ix_holds_open", "customer_id", "purpose", postgresql_where="lifted_at IS NULL"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    purpose: Mapped[Purpose] = mapped_column(words(Purpose))
    reason: Mapped[str]
    source_kind: Mapped[str]
    source_id: Mapped[int]
    put_at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]


class SenderPause(Base):
    """The circuit breaker of a provider: when errors are about us, the channel waits and the administrator is told.

    Once it is over (`resumes_at`, business time) and not yet ended, one message is tried: the worker that tries it
    holds the row until `probe_until` (machine time). What the provider says of it ends the pause or opens another.
    """

    __tablename__ = "sender_pauses"

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[Channel] = mapped_column(words(Channel))
    detail: Mapped[str]
    paused_at: Mapped[datetime]
    resumes_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    probe_until: Mapped[datetime | None]


class DomainThrottle(Base):
    """How many messages may leave for a receiving domain right now: a bucket of tokens. `filled_at` is machine time."""

    __tablename__ = "domain_throttles"

    domain: Mapped[str] = mapped_column(primary_key=True)
    tokens: Mapped[float]
    filled_at: Mapped[datetime]


class AddressPause(Base):
    """An address that refused 3 of the last 5 messages for now (full, greylisted): it waits, a reply does not.

    Kept as a keyed hash like a suppression. Times are business time.
    """

    __tablename__ = "address_pauses"

    id: Mapped[int] = mapped_column(primary_key=True)
    address_hash: Mapped[str] = mapped_column(unique=True)
    paused_at: Mapped[datetime]
    resumes_at: Mapped[datetime]


class PhoneSession(Base):
    """When a phone last wrote to us by a channel: WhatsApp lets us answer freely for 24 hours. Business time.

    Kept as a keyed hash like a suppression.
    """

    __tablename__ = "phone_sessions"
    __table_args__ = (UniqueConstraint("address_hash", "channel"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    address_hash: Mapped[str]
    channel: Mapped[Channel] = mapped_column(words(Channel))
    last_inbound_at: Mapped[datetime]
