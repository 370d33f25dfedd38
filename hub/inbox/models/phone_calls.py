"""Telephone calls of customers, and the line each store is called on."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base, words
from hub.inbox.words import PhoneCallState, RecordingState


class PhoneLine(Base):
    """How a store is called: `number` is the provider's that customers dial, `rings_at` the telephone behind it.

    Without a row a store is called on its own number, and nothing rings behind it but the answering machine.
    """

    __tablename__ = "phone_lines"

    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"), primary_key=True)
    number: Mapped[str | None] = mapped_column(unique=True)
    rings_at: Mapped[str | None]
    ring_seconds: Mapped[int]


class PhoneCall(Base):
    """One call of a customer, known by the provider's `sid`. `caller` is None when the number is hidden or erased.

    What is known is only ever added to (inbox/phone_rules.py), so that callbacks may come twice, late and in any order:
    `is_dialled` (a telephone of the store rings), `has_dial_failed`, `is_answered_by_us` (it sent the call back, so that
    our own machine is what answered), `answered_at`, `ended_at`, `recording_sid`; `state` follows from them. `look_at` is machine time: when the worker looks at the call by itself, for a recording to fetch
    or a callback that never came. `ticket_id` is where it was noted, by us when it was missed, by an agent otherwise.
    """

    __tablename__ = "phone_calls"
    __table_args__ = (
        Index("ix_phone_calls_live", "store_id", "id", postgresql_where="ended_at IS NULL"),
        Index("ix_phone_calls_look", "look_at", postgresql_where="look_at IS NOT NULL"),
        Index("ix_phone_calls_caller", "caller", "store_id", postgresql_where="caller IS NOT NULL"),
        Index("ix_phone_calls_customer", "customer_id", postgresql_where="customer_id IS NOT NULL"),
        Index("ix_phone_calls_ticket", "ticket_id", postgresql_where="ticket_id IS NOT NULL"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sid: Mapped[str] = mapped_column(unique=True)
    called: Mapped[str]
    caller: Mapped[str | None]
    store_id: Mapped[int | None] = mapped_column(ForeignKey("stores.id"))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    state: Mapped[PhoneCallState] = mapped_column(words(PhoneCallState))
    is_dialled: Mapped[bool] = mapped_column(default=False)
    has_dial_failed: Mapped[bool] = mapped_column(default=False)
    is_answered_by_us: Mapped[bool] = mapped_column(default=False, server_default="false")
    started_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    duration_seconds: Mapped[int] = mapped_column(default=0)
    recording_sid: Mapped[str | None]
    recording_seconds: Mapped[int] = mapped_column(default=0)
    recording_state: Mapped[RecordingState | None] = mapped_column(words(RecordingState))
    file_sha256: Mapped[str | None]
    attempt_count: Mapped[int] = mapped_column(default=0)
    look_at: Mapped[datetime | None]
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"))
