"""Files of the tills as they came, how far they are, and the rows that could not be taken."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base, words
from hub.orders.till_files.words import TillFileState
from hub.stores.models import Store


class TillFile(Base):
    """One file. `mapping` is column place to what it holds; `store_id` where no column says; `position` tickets done.

    `sha256` names the content on the shelf: the same one handed in again is the same file. Counts are of rows (lines),
    but `ticket_count`, and add up: taken + unchanged + stale + anonymous + refused = rows. `lease_until` is machine time.
    """

    __tablename__ = "till_files"
    __table_args__ = (
        UniqueConstraint("sha256"),
        Index("ix_till_files_waiting", "id", postgresql_where="state = 'waiting'"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    sha256: Mapped[str]
    state: Mapped[TillFileState] = mapped_column(words(TillFileState))
    mapping: Mapped[dict[str, Any]]
    store_id: Mapped[int | None] = mapped_column(ForeignKey(Store.id))
    source: Mapped[str]
    position: Mapped[int] = mapped_column(default=0)
    ticket_count: Mapped[int] = mapped_column(default=0)
    row_count: Mapped[int] = mapped_column(default=0)
    taken_count: Mapped[int] = mapped_column(default=0)
    unchanged_count: Mapped[int] = mapped_column(default=0)
    anonymous_count: Mapped[int] = mapped_column(default=0)
    refused_count: Mapped[int] = mapped_column(default=0)
    late_count: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(default="")
    lease_until: Mapped[datetime | None]
    created_by_id: Mapped[int | None]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class TillRefusal(Base):
    """One row that could not be taken, as it came, and why. `reason` is JSON: [{field, text, values}]."""

    __tablename__ = "till_refusals"
    __table_args__ = (UniqueConstraint("till_file_id", "row_number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    till_file_id: Mapped[int] = mapped_column(ForeignKey("till_files.id", ondelete="CASCADE"))
    row_number: Mapped[int]
    row: Mapped[dict[str, Any]]
    reason: Mapped[str]
