"""Plans, their immutable versions, and the customers inside."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base, words
from hub.plans.words import Arm, EnrolmentState, ExitReason, StepOutcome, VersionState


class Plan(Base):
    """`priority`: the lower number gets the last place under a cap. `control_percent` is 0 for service plans."""

    __tablename__ = "plans"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    name_fr: Mapped[str]
    name_en: Mapped[str]
    priority: Mapped[int]
    control_percent: Mapped[int]
    is_on: Mapped[bool] = mapped_column(default=False)
    published_version_id: Mapped[int | None]
    created_at: Mapped[datetime]


class PlanVersion(Base):
    """`definition` is validated by plans/rules.py; a published version is never changed."""

    __tablename__ = "plan_versions"
    __table_args__ = (UniqueConstraint("plan_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    number: Mapped[int]
    state: Mapped[VersionState] = mapped_column(words(VersionState))
    definition: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]


class Enrolment(Base):
    """One passage of one customer. `due_at` (business time) is set while it waits for `step_key`.

    `anchor_at` is the moment delays are counted from; `values` holds ids the steps need (order_id, invitation_id).
    """

    __tablename__ = "enrolments"
    __table_args__ = (
        UniqueConstraint("plan_id", "customer_id", "entry_key"),
        Index("ix_enrolments_due", "due_at", postgresql_where="state = 'waiting'"),
        Index("ix_enrolments_customer", "customer_id", "entered_at"),
        Index("ix_enrolments_inside", "plan_id", "step_key", postgresql_where="state = 'waiting'"),
        Index("ix_enrolments_key", "entry_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("plan_versions.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    entry_key: Mapped[str]
    arm: Mapped[Arm] = mapped_column(words(Arm))
    state: Mapped[EnrolmentState] = mapped_column(words(EnrolmentState))
    step_key: Mapped[str | None]
    anchor_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    entered_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    exit_reason: Mapped[ExitReason | None] = mapped_column(words(ExitReason))


class StepRun(Base):
    """What a step did: a message posted, a ghost send of the control arm, or skipped with its reason."""

    __tablename__ = "step_runs"
    __table_args__ = (UniqueConstraint("enrolment_id", "step_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"))
    step_key: Mapped[str]
    outcome: Mapped[StepOutcome] = mapped_column(words(StepOutcome))
    reason: Mapped[str | None]
    outbound_id: Mapped[int | None]
    ran_at: Mapped[datetime]
