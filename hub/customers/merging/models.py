"""Merges of two customers and what each did, row by row."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base, words
from hub.core.words import ActorKind
from hub.customers.merging.words import NoteKind
from hub.customers.models import Customer


class CustomerMerge(Base):
    """One customer made part of another. `fields` is {name: {"kept": id, "values": {id: value}}}, as words.

    `batch_id` is the first merge of several done at once (its own for one). `forgotten_at`: the journal is gone
    (too old, or erased), so it cannot be undone any more.
    """

    __tablename__ = "customer_merges"
    __table_args__ = (
        Index("ix_customer_merges_standing", "merged_id", unique=True, postgresql_where="undone_at IS NULL"),
        Index("ix_customer_merges_survivor", "survivor_id", "id"),
        Index("ix_customer_merges_batch", "batch_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int | None]
    survivor_id: Mapped[int] = mapped_column(ForeignKey(Customer.id))
    merged_id: Mapped[int] = mapped_column(ForeignKey(Customer.id))
    points: Mapped[int | None]
    reasons: Mapped[list[Any]] = mapped_column(default=list)
    fields: Mapped[dict[str, Any]] = mapped_column(default=dict)
    actor_kind: Mapped[ActorKind] = mapped_column(words(ActorKind))
    agent_id: Mapped[int | None]
    merged_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None]
    forgotten_at: Mapped[datetime | None]


class MergeNote(Base):
    """What a merge did to one row of one table. MOVED: `row_id` had another customer. CHANGED: the columns of `before`
    became those of `after`. REMOVED and ADDED: the whole row in `before` or `after`.
    """

    __tablename__ = "customer_merge_notes"
    __table_args__ = (Index("ix_customer_merge_notes_merge", "merge_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    merge_id: Mapped[int] = mapped_column(ForeignKey(CustomerMerge.id, ondelete="CASCADE"))
    kind: Mapped[NoteKind] = mapped_column(words(NoteKind))
    table_name: Mapped[str]
    row_id: Mapped[int | None]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
