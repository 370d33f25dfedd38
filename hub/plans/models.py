"""Plans, their immutable versions, the customers inside, and what steps write down for others: lists, post, days of erasure."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base, words
from hub.plans.words import Arm, EnrolmentState, ExitReason, StepOutcome, Trigger, VersionState, Wait


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
    """`definition` is validated by plans/rules.py; a published version is never changed.

    A draft has the number 0 until it is published; there is one a plan at most. `from_version_id`: what it was begun from;
    `earlier`: its contents before the last changes, the newest last.
    """

    __tablename__ = "plan_versions"
    __table_args__ = (
        UniqueConstraint("plan_id", "number"),
        Index("ix_plan_versions_draft", "plan_id", unique=True, postgresql_where="state = 'draft'"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    number: Mapped[int]
    state: Mapped[VersionState] = mapped_column(words(VersionState))
    definition: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    from_version_id: Mapped[int | None] = mapped_column(ForeignKey("plan_versions.id"))
    edited_by_id: Mapped[int | None]
    edited_at: Mapped[datetime | None]
    earlier: Mapped[list[Any]] = mapped_column(default=list, server_default="[]", deferred=True)


class Enrolment(Base):
    """One passage of one customer. `due_at` (business time) is set while it waits for `step_key`.

    `anchor_at` is the moment delays are counted from; `values` holds ids the steps need (order_id, basket_id), and what the
    walk remembers (walking.py). `wait_reason`: why the step that was due has not run yet; `paused_at` since when a
    grievance makes it wait. `ended_at` is when what ended it happened; `exit_note`: when that was known, and which
    messages had left by then ({"known_at", "left": [step keys], "stopped": [step keys]}). `entered_version_id`: the version
    he entered with, once he was moved to another one. `opens_at`, `closes_at`: the window of the results, never changed after
    the entry (windows.py); without them it is `horizon_days` from the entry.
    """

    __tablename__ = "enrolments"
    __table_args__ = (
        UniqueConstraint("plan_id", "customer_id", "entry_key"),
        Index(
            "ix_enrolments_due",
            "due_at",
            "customer_id",
            "id",
            "plan_id",
            postgresql_where="state = 'waiting'",
        ),
        Index("ix_enrolments_customer", "customer_id", "entered_at"),
        Index("ix_enrolments_inside", "plan_id", "step_key", postgresql_where="state = 'waiting'"),
        Index("ix_enrolments_key", "entry_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("plan_versions.id"))
    entered_version_id: Mapped[int | None] = mapped_column(ForeignKey("plan_versions.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    entry_key: Mapped[str]
    arm: Mapped[Arm] = mapped_column(words(Arm))
    state: Mapped[EnrolmentState] = mapped_column(words(EnrolmentState))
    step_key: Mapped[str | None]
    anchor_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    wait_reason: Mapped[Wait | None] = mapped_column(words(Wait))
    values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    entered_at: Mapped[datetime]
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    exit_reason: Mapped[ExitReason | None] = mapped_column(words(ExitReason))
    exit_note: Mapped[dict[str, Any] | None]


class PlanScan(Base):
    """How far it has been looked for a plan what nobody tells. All business time.

    Everything up to `looked_until` has entered; `reaching`: until when the look under way goes, `position` what of it is done
    ({"version": id of the version, and the position of a `Batch`}). `begun_at`: when the plan was switched on.
    `seen_id`: the newest touch of a basket that was there at the last look.
    """

    __tablename__ = "plan_scans"
    __table_args__ = (Index("ix_plan_scans_due", "due_at"),)

    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id", ondelete="CASCADE"), primary_key=True)
    trigger: Mapped[Trigger] = mapped_column(words(Trigger), primary_key=True)
    begun_at: Mapped[datetime]
    looked_until: Mapped[datetime]
    reaching: Mapped[datetime | None]
    position: Mapped[dict[str, Any] | None]
    seen_id: Mapped[int | None]
    due_at: Mapped[datetime]


class PlanDay(Base):
    """How many passages of a plan with a daily limit have run, or have their place, on one day of the chain."""

    __tablename__ = "plan_days"

    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    run_count: Mapped[int]


class StepRun(Base):
    """What a step did: a message posted, a ghost of the control arm, another effect, or skipped with its reason."""

    __tablename__ = "step_runs"
    __table_args__ = (UniqueConstraint("enrolment_id", "step_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"))
    step_key: Mapped[str]
    outcome: Mapped[StepOutcome] = mapped_column(words(StepOutcome))
    reason: Mapped[str | None]
    outbound_id: Mapped[int | None]
    ran_at: Mapped[datetime]


class AudienceMember(Base):
    """A customer in a retargeting audience of a plan until `ends_at`, unless he buys or leaves the plan before.

    Who has left is no row less: whether somebody counts is asked of his passage and orders (audiences.py), so that a late
    order or an exit told late counts from when it happened.
    """

    __tablename__ = "plan_audience_members"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "step_key"),
        Index("ix_plan_audience_members_list", "plan_id", "name", "customer_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    name: Mapped[str]
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"))
    step_key: Mapped[str]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    joined_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class PostalFile(Base):
    """Letters fetched together for a mailing house; made again from its rows when it is fetched again."""

    __tablename__ = "plan_postal_files"
    __table_args__ = (Index("ix_plan_postal_files_list", "plan_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    name: Mapped[str]
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None]
    row_count: Mapped[int]


class PostalRow(Base):
    """A letter to one customer: waits for a file (`file_id` None) until `ends_at`, address and code are read when it is made."""

    __tablename__ = "plan_postal_rows"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "step_key"),
        Index("ix_plan_postal_rows_waiting", "plan_id", "name", "id", postgresql_where="file_id IS NULL"),
        Index("ix_plan_postal_rows_file", "file_id", postgresql_where="file_id IS NOT NULL"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    name: Mapped[str]
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"))
    step_key: Mapped[str]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    added_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    file_id: Mapped[int | None] = mapped_column(ForeignKey("plan_postal_files.id"))


class ErasureDate(Base):
    """The day a plan announced for the erasure of a customer; gone with any sign of life after `silent_since`."""

    __tablename__ = "plan_erasure_dates"
    __table_args__ = (Index("ix_plan_erasure_dates_due", "erasure_due_on", "customer_id"),)

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"))
    erasure_due_on: Mapped[date]
    silent_since: Mapped[datetime]
    written_at: Mapped[datetime]
