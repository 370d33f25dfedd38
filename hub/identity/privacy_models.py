"""Requests of customers about their data, erasures under way, terms of retention, remarks of the register."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base, words
from hub.customers.models import Customer
from hub.identity.privacy_words import ErasureState, RequestKind, RequestState


class PrivacyRequest(Base):
    """What a customer asked for; `due_on` is one month later (GDPR art. 12). `refusal` is our reason, none of his words."""

    __tablename__ = "privacy_requests"
    __table_args__ = (Index("ix_privacy_requests_list", "state", "due_on", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey(Customer.id), index=True)
    kind: Mapped[RequestKind] = mapped_column(words(RequestKind))
    state: Mapped[RequestState] = mapped_column(words(RequestState))
    received_on: Mapped[date]
    due_on: Mapped[date]
    refusal: Mapped[str] = mapped_column(default="")
    noted_at: Mapped[datetime]
    noted_by_id: Mapped[int | None]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None]


class Erasure(Base):
    """The erasure of one customer, room by room; `step` is the number of rooms done.

    `traces_sealed` holds, encrypted and until the end only, the names and addresses to look for.
    """

    __tablename__ = "erasures"
    __table_args__ = (
        Index("ix_erasures_due", "id", postgresql_where="state <> 'done'"),
        Index("uq_erasures_under_way", "customer_id", unique=True, postgresql_where="state <> 'done'"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey(Customer.id))
    request_id: Mapped[int | None] = mapped_column(ForeignKey("privacy_requests.id"))
    state: Mapped[ErasureState] = mapped_column(words(ErasureState))
    step: Mapped[int] = mapped_column(default=0)
    traces_sealed: Mapped[str] = mapped_column(default="")
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    is_planned: Mapped[bool] = mapped_column(default=False)
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int | None]
    ended_at: Mapped[datetime | None]


class RetentionRule(Base):
    """How long a kind of data is kept, once somebody said so; without a row the default stands, and is off."""

    __tablename__ = "retention_rules"

    kind: Mapped[str] = mapped_column(primary_key=True)
    months: Mapped[int]
    is_on: Mapped[bool]
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int | None]


class RetentionRun(Base):
    """What one night removed of one kind: rows older than `before_at`, the oldest from `oldest_at`."""

    __tablename__ = "retention_runs"
    __table_args__ = (Index("ix_retention_runs_list", "started_at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    started_at: Mapped[datetime]
    before_at: Mapped[datetime]
    oldest_at: Mapped[datetime | None]
    row_count: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None]


class ProcessingRemark(Base):
    """What the administrator adds to one line of the register of processing."""

    __tablename__ = "processing_remarks"

    key: Mapped[str] = mapped_column(primary_key=True)
    remark: Mapped[str]
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int | None]
