"""Replays: one row a run of a version on the past, with how far it is and what came of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base, words
from hub.plans.models import Plan, PlanVersion
from hub.plans.replay.words import ReplayState


class Replay(Base):
    """`definition` is the version as it was when somebody asked: a draft goes on being edited meanwhile. `digest` names it.

    `since` to `until` is the past that is replayed (business time). `rates`: those a marketer typed in. `done_count` of
    `total_count` occurrences are through; `tables` hold what came of them, and `result` what is reckoned from that at
    the end. `lease_until` is machine time: a worker that died gives its replay free.
    """

    __tablename__ = "plan_replays"
    __table_args__ = (
        Index("ix_plan_replays_plan", "plan_id", "id"),
        Index("ix_plan_replays_due", "id", postgresql_where="state IN ('waiting', 'running')"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey(Plan.id))
    version_id: Mapped[int | None] = mapped_column(ForeignKey(PlanVersion.id, ondelete="SET NULL"))
    version_number: Mapped[int]
    is_draft: Mapped[bool]
    definition: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    digest: Mapped[str]
    days: Mapped[int]
    since: Mapped[datetime]
    until: Mapped[datetime]
    rates: Mapped[dict[str, Any]]
    state: Mapped[ReplayState] = mapped_column(words(ReplayState))
    done_count: Mapped[int] = mapped_column(server_default="0")
    total_count: Mapped[int | None]
    tables: Mapped[dict[str, Any]] = mapped_column(deferred=True, server_default="{}")
    result: Mapped[dict[str, Any]] = mapped_column(deferred=True, server_default="{}")
    error: Mapped[str] = mapped_column(server_default="")
    attempt_count: Mapped[int] = mapped_column(server_default="0")
    lease_until: Mapped[datetime | None]
    asked_by_id: Mapped[int | None]
    asked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
