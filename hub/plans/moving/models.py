"""Moves of the people inside a plan to another version, and how far they have come."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base
from hub.plans.models import Plan, PlanVersion


class PlanMove(Base):
    """Everybody inside comes to `version_id`. `last_id`: the passage up to which the present round has come.

    `moved_count` go on in the new version, `ended_count` found no step left there. One a plan is under way at most.
    """

    __tablename__ = "plan_moves"
    __table_args__ = (
        Index("ix_plan_moves_open", "plan_id", unique=True, postgresql_where="finished_at IS NULL"),
        Index("ix_plan_moves_plan", "plan_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey(Plan.id, ondelete="CASCADE"))
    version_id: Mapped[int] = mapped_column(ForeignKey(PlanVersion.id))
    asked_by_id: Mapped[int | None]
    asked_at: Mapped[datetime]
    last_id: Mapped[int] = mapped_column(default=0)
    moved_count: Mapped[int] = mapped_column(default=0)
    ended_count: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None]
