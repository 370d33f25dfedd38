"""Audits of the base, repairs in bulk with what was there before, runs of the archive, and when each happens."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base


class QualitySettings(Base):
    """One row: when the base is audited and who is told, and after how many months a silent customer is archived.

    `agent_ids` are people of the staff; moments are business time.
    """

    __tablename__ = "quality_settings"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    is_audit_on: Mapped[bool]
    every_months: Mapped[int]
    next_audit_at: Mapped[datetime]
    agent_ids: Mapped[list[Any]]
    inactive_months: Mapped[int]
    is_archive_on: Mapped[bool]
    archive_months: Mapped[int]
    next_archive_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class QualityAudit(Base):
    """The counts of every report at one moment; `counts` by report key. The latest before it tells the trend.

    `is_done`: False while a job counts one report after the other.
    """

    __tablename__ = "quality_audits"

    id: Mapped[int] = mapped_column(primary_key=True)
    is_planned: Mapped[bool]
    made_at: Mapped[datetime] = mapped_column(index=True)
    made_by_id: Mapped[int | None]
    customer_count: Mapped[int]
    counts: Mapped[dict[str, Any]]
    is_done: Mapped[bool] = mapped_column(default=True, server_default="true")


class QualityRepair(Base):
    """One repair of many customers; undone as a whole, where nobody changed the field since."""

    __tablename__ = "quality_repairs"

    id: Mapped[int] = mapped_column(primary_key=True)
    report: Mapped[str]
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None]
    change_count: Mapped[int]
    refused_count: Mapped[int] = mapped_column(default=0)
    undone_at: Mapped[datetime | None]
    undone_count: Mapped[int | None]


class QualityChange(Base):
    """What a repair wrote: the field of a customer, as it was and as it is. Goes with the customer's data."""

    __tablename__ = "quality_changes"
    __table_args__ = (Index("ix_quality_changes_repair", "repair_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    repair_id: Mapped[int] = mapped_column(ForeignKey("quality_repairs.id", ondelete="CASCADE"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    field: Mapped[str]
    before: Mapped[str]
    after: Mapped[str]


class ArchiveRun(Base):
    """One archiving of silent customers; `customers.archive_run_id` names it, so that it can be undone."""

    __tablename__ = "archive_runs"

    id: Mapped[int] = mapped_column(primary_key=True)
    is_planned: Mapped[bool]
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None]
    months: Mapped[int]
    archived_count: Mapped[int] = mapped_column(default=0)
    undone_at: Mapped[datetime | None]
    undone_count: Mapped[int | None]
