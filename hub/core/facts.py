"""What happened: append-only rows that feed the customer's timeline, the switchboard and the statistics.

A fact carries ids and numbers, never words a customer wrote. Each recorded fact also gets a row in the fact queue,
removed once every wire of the switchboard has had its effect.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import JSONB
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


# One statement for any number of facts: each is appended and queued for the switchboard.
RECORD = text("""
    WITH told AS (
        INSERT INTO facts (kind, customer_id, happened_at, data)
        SELECT kind, customer_id, happened_at, data
        FROM jsonb_to_recordset(:rows)
            AS row (kind text, customer_id bigint, happened_at timestamptz, data jsonb)
        RETURNING id
    )
    INSERT INTO fact_queue (fact_id, attempt_count) SELECT id, 0 FROM told RETURNING fact_id
""").bindparams(bindparam("rows", type_=JSONB))

# For a room that says what happened in the very statement that makes it happen: reads a part called `news` (position,
# kind, customer_id, happened_at, data) before it. The room rings `BELL` afterwards.
TELL_NEWS = """told AS (
        INSERT INTO facts (kind, customer_id, happened_at, data)
        SELECT kind, customer_id, happened_at, data FROM news ORDER BY position
        RETURNING id
    ), queued AS (
        INSERT INTO fact_queue (fact_id, attempt_count) SELECT id, 0 FROM told
    )"""


def record(fact: Fact, *, now: datetime) -> int:
    """Append the fact in the caller's transaction and ring for the switchboard. Returns its id.

    `now` is business time: when it happened.
    """
    return record_many([fact], now=now)[0]


def record_many(facts: Sequence[Fact], *, now: datetime) -> list[int]:
    """As `record`, in one round trip for all of them."""
    if not facts:
        return []
    ids = db.session.scalars(RECORD, {"rows": [_row_of(fact, now) for fact in facts]}).all()
    ring_after_commit(BELL)
    return list(ids)


def _row_of(fact: Fact, now: datetime) -> dict[str, Any]:
    data = dict(vars(fact))
    customer_id = data.pop("customer_id")
    return {"kind": fact.kind(), "customer_id": customer_id, "happened_at": now.isoformat(), "data": data}


def get_queue() -> tuple[int, datetime | None]:
    """How many facts have wires without effect yet, and when the oldest of them happened (business time)."""
    oldest = select(func.min(FactQueueRow.fact_id)).scalar_subquery()
    happened_at = select(FactRow.happened_at).where(FactRow.id == oldest).scalar_subquery()
    found = db.session.execute(select(func.count(), happened_at).select_from(FactQueueRow)).one()
    return found[0], found[1]


def count_queued() -> int:
    """Facts whose wires have not all had their effect yet."""
    return db.session.scalar(select(func.count()).select_from(FactQueueRow)) or 0
