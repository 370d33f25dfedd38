"""What happened: append-only rows that feed the customer's timeline, the switchboard and the statistics.

A fact carries ids and numbers, never words a customer wrote. Each recorded fact also gets a row in the fact queue,
removed once every wire of the switchboard has had its effect.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, insert
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base, db, ring_after_commit

BELL = "facts"


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Base of all facts: the class name in the past tense is the kind, the fields are ids and numbers."""

    customer_id: int | None = None

    @classmethod
    def kind(cls) -> str:
        return cls.__name__


class FactRow(Base):
    """One thing that happened; never changed, never deleted but by retention."""

    __tablename__ = "facts"
    __table_args__ = (
        Index("ix_facts_customer_timeline", "customer_id", "happened_at", "id"),
        Index("ix_facts_kind_happened", "kind", "happened_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    customer_id: Mapped[int | None]
    happened_at: Mapped[datetime]
    data: Mapped[dict[str, Any]]


class FactQueueRow(Base):
    """A fact whose wires have not all had their effect yet. `next_attempt_at` is machine time."""

    __tablename__ = "fact_queue"

    fact_id: Mapped[int] = mapped_column(ForeignKey("facts.id", ondelete="CASCADE"), primary_key=True)
    next_attempt_at: Mapped[datetime | None] = mapped_column(index=True)
    attempt_count: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]


class WireEffect(Base):
    """Written in the same transaction as the effect of a wire: at least once from the queue, once in effect."""

    __tablename__ = "wire_effects"
    __table_args__ = (UniqueConstraint("fact_id", "wire"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    fact_id: Mapped[int] = mapped_column(ForeignKey("facts.id", ondelete="CASCADE"))
    wire: Mapped[str]
    done_at: Mapped[datetime]


def record(fact: Fact, *, now: datetime) -> int:
    """Append the fact in the caller's transaction and ring for the switchboard. Returns its id.

    `now` is business time: when it happened.
    """
    data = asdict(fact)
    customer_id = data.pop("customer_id")
    row = FactRow(kind=fact.kind(), customer_id=customer_id, happened_at=now, data=data)
    db.session.add(row)
    db.session.flush()
    db.session.add(FactQueueRow(fact_id=row.id, attempt_count=0))
    ring_after_commit(BELL)
    return row.id


def record_many(facts: Sequence[Fact], *, now: datetime) -> None:
    """Append many facts with two statements; the rest as `record`."""
    if not facts:
        return
    rows = []
    for fact in facts:
        data = asdict(fact)
        customer_id = data.pop("customer_id")
        rows.append({"kind": fact.kind(), "customer_id": customer_id, "happened_at": now, "data": data})
    ids = db.session.scalars(insert(FactRow).returning(FactRow.id), rows)
    db.session.execute(insert(FactQueueRow), [{"fact_id": fact_id, "attempt_count": 0} for fact_id in ids])
    ring_after_commit(BELL)
