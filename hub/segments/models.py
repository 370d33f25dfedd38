"""Saved segments, the members of static ones, their sizes by day, who uses them, files made of them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base, words
from hub.segments.words import FileKind, SegmentKind, WorkState
from hub.staff.models import Agent


class Segment(Base):
    """`definition` is a tree (conditions/reading.py). `customer_count` was right at `counted_at` (business time).

    `work_state` is that of the count or refresh asked for last, done by a job; `lease_until` is machine time.
    `revision` grows with each change: nobody overwrites what he has not seen.
    """

    __tablename__ = "segments"
    __table_args__ = (
        Index("ix_segments_work", "id", postgresql_where="work_state IN ('waiting', 'running')"),
        Index("ix_segments_list", "sort_key", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    sort_key: Mapped[str]
    description: Mapped[str] = mapped_column(default="", server_default="")
    kind: Mapped[SegmentKind] = mapped_column(words(SegmentKind))
    definition: Mapped[dict[str, Any]]
    revision: Mapped[int] = mapped_column(default=1, server_default="1")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey(Agent.id))
    customer_count: Mapped[int | None]
    counted_at: Mapped[datetime | None]
    refreshed_at: Mapped[datetime | None]
    work_state: Mapped[WorkState] = mapped_column(words(WorkState), server_default=WorkState.DONE.value)
    lease_until: Mapped[datetime | None]
    attempt_count: Mapped[int] = mapped_column(default=0, server_default="0")
    error: Mapped[str] = mapped_column(default="", server_default="")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]


class SegmentMember(Base):
    """A customer whom a static segment keeps. Members go with an erasure and follow a merge."""

    __tablename__ = "segment_members"
    __table_args__ = (Index("ix_segment_members_customer_id", "customer_id"),)

    segment_id: Mapped[int] = mapped_column(ForeignKey("segments.id", ondelete="CASCADE"), primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), primary_key=True)


class SegmentSize(Base):
    """How many it held on a day of the chain: the last count of that day."""

    __tablename__ = "segment_sizes"

    segment_id: Mapped[int] = mapped_column(ForeignKey("segments.id", ondelete="CASCADE"), primary_key=True)
    counted_on: Mapped[date] = mapped_column(primary_key=True)
    customer_count: Mapped[int]


class SegmentUse(Base):
    """Something that looks at a segment: another one, or a plan or campaign upstairs, which says so itself."""

    __tablename__ = "segment_uses"
    __table_args__ = (UniqueConstraint("source_kind", "source_id", "segment_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    segment_id: Mapped[int] = mapped_column(ForeignKey("segments.id"), index=True)
    source_kind: Mapped[str]
    source_id: Mapped[int]
    name: Mapped[str]


class SegmentFile(Base):
    """A file made of the members, on the shelf of files until `ends_at` (business time). `lease_until` is machine time."""

    __tablename__ = "segment_files"
    __table_args__ = (
        Index("ix_segment_files_work", "id", postgresql_where="state IN ('waiting', 'running')"),
        Index("ix_segment_files_ends", "ends_at", postgresql_where="file_sha256 IS NOT NULL"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    segment_id: Mapped[int] = mapped_column(ForeignKey("segments.id", ondelete="CASCADE"), index=True)
    kind: Mapped[FileKind] = mapped_column(words(FileKind))
    state: Mapped[WorkState] = mapped_column(words(WorkState))
    language: Mapped[str]
    asked_by_id: Mapped[int | None]
    asked_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    ends_at: Mapped[datetime]
    row_count: Mapped[int | None]
    file_sha256: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    attempt_count: Mapped[int] = mapped_column(default=0, server_default="0")
    error: Mapped[str] = mapped_column(default="", server_default="")
