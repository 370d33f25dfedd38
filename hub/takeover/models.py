"""Takeovers with what they found, and which ticket came from where."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base, words
from hub.takeover.words import TakeoverSource, TakeoverState


class Takeover(Base):
    """One file that was uploaded. `mapping` says which of its groups is which store ({"groups": {name: store id}}).

    `position` of `total` parts (customers, then tickets) are read or done. `lease_until` is machine time.
    `attempt_count`: how often a worker began since the last progress; `suspect`: the part it was alone with.
    """

    __tablename__ = "takeovers"
    __table_args__ = (
        Index("ix_takeovers_due", "lease_until", postgresql_where="state IN ('checking', 'running')"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[TakeoverSource] = mapped_column(words(TakeoverSource))
    file_name: Mapped[str]
    sha256: Mapped[str]
    state: Mapped[TakeoverState] = mapped_column(words(TakeoverState))
    mapping: Mapped[dict[str, Any]]
    report: Mapped[dict[str, Any]]
    position: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(default="")
    attempt_count: Mapped[int] = mapped_column(default=0, server_default="0")
    suspect: Mapped[int | None]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    lease_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class TakeoverProblem(Base):
    """A row that could not be taken, with the reason; the same one again is one."""

    __tablename__ = "takeover_problems"
    __table_args__ = (UniqueConstraint("takeover_id", "kind", "external_id", "reason"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    takeover_id: Mapped[int] = mapped_column(ForeignKey("takeovers.id"))
    kind: Mapped[str]
    external_id: Mapped[str]
    reason: Mapped[str]
    row: Mapped[dict[str, Any]]


class TakenTicket(Base):
    """Which ticket of ours a ticket of theirs became: it is taken over once."""

    __tablename__ = "taken_tickets"
    __table_args__ = (UniqueConstraint("source", "external_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[TakeoverSource] = mapped_column(words(TakeoverSource))
    external_id: Mapped[str]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
