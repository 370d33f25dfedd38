"""The scores of customers, how they came to them, and the runs and fits they rest on."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Double, Index, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base, words
from hub.orders.models import Order
from hub.segments.values.words import FitState, RfmSegment, RunState, Stage


class CustomerScore(Base):
    """One row a customer, made from orders and messages; it can be thrown away and made anew.

    No foreign key: a night writes a million of these, and each check would lock a customer. `r`, `f`, `m` and
    `rfm_segment` are None without an order in the window. Money is net of returns, in cents of the chain's currency;
    cancelled orders count nowhere. `churn_points` is 0 or less; `churn_why` is a list of {"rule", "points", and the
    rule's figures}. `cycle_days` is the customer's own median gap, None under three days with an order;
    `used_cycle_days` the one the score is counted by.
    `predicted_cents` and `expected_orders` are those of the next 12 months, None without a fit. `computed_at`: business
    time at which the row took these values.
    """

    __tablename__ = "customer_scores"

    customer_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    stage: Mapped[Stage] = mapped_column(words(Stage))
    r: Mapped[int | None] = mapped_column(SmallInteger)
    f: Mapped[int | None] = mapped_column(SmallInteger)
    m: Mapped[int | None] = mapped_column(SmallInteger)
    rfm_segment: Mapped[RfmSegment | None] = mapped_column(words(RfmSegment))
    churn_points: Mapped[int] = mapped_column(server_default="0")
    churn_why: Mapped[list[Any]] = mapped_column(server_default="[]")
    historic_cents: Mapped[int] = mapped_column(server_default="0")
    predicted_cents: Mapped[int | None]
    expected_orders: Mapped[float | None] = mapped_column(Double)
    order_count: Mapped[int] = mapped_column(server_default="0")
    orders_12_months: Mapped[int] = mapped_column(server_default="0")
    value_12_months_cents: Mapped[int] = mapped_column(server_default="0")
    window_cents: Mapped[int] = mapped_column(server_default="0")
    cycle_days: Mapped[float | None] = mapped_column(Double)
    used_cycle_days: Mapped[float | None] = mapped_column(Double)
    first_order_at: Mapped[datetime | None]
    last_order_at: Mapped[datetime | None]
    tier: Mapped[str | None]
    computed_at: Mapped[datetime]


class ScoreChange(Base):
    """The path of a customer: from which stage, named segment and tier to which. The first known one is no change."""

    __tablename__ = "customer_score_changes"
    __table_args__ = (
        Index("ix_customer_score_changes_customer", "customer_id", "changed_at", "id"),
        Index("ix_customer_score_changes_moved", "changed_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int]
    changed_at: Mapped[datetime]
    from_stage: Mapped[str]
    to_stage: Mapped[str]
    from_segment: Mapped[str | None]
    to_segment: Mapped[str | None]
    from_tier: Mapped[str | None]
    to_tier: Mapped[str | None]


class CustomerBuying(Base):
    """What a night adds up from the orders before it scores anybody; not logged, as it is made anew each night.

    `cycle_days` is in days of the chain's time zone, None under three days with an order; `window_` is the RFM window.
    """

    __tablename__ = "customer_buying"
    __table_args__ = ({"prefixes": ["UNLOGGED"]},)

    customer_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    first_order_at: Mapped[datetime]
    last_order_at: Mapped[datetime]
    order_count: Mapped[int]
    historic_cents: Mapped[int]
    orders_12_months: Mapped[int]
    value_12_months_cents: Mapped[int]
    window_orders: Mapped[int]
    window_cents: Mapped[int]
    cycle_days: Mapped[float | None] = mapped_column(Double)


class ScoreRun(Base):
    """One nightly computation. `as_of` is the business time it was made for; `yardsticks` are the borders it drew,
    by which orders of the next day are measured too. `after_id` is the last customer scored.
    """

    __tablename__ = "score_runs"
    __table_args__ = (Index("ix_score_runs_as_of", "as_of"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    as_of: Mapped[datetime]
    state: Mapped[RunState] = mapped_column(words(RunState))
    is_silent: Mapped[bool] = mapped_column(server_default="false")
    after_id: Mapped[int] = mapped_column(server_default="0")
    last_id: Mapped[int] = mapped_column(server_default="0")
    customer_count: Mapped[int] = mapped_column(server_default="0")
    changed_count: Mapped[int] = mapped_column(server_default="0")
    yardsticks: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class SegmentSettings(Base):
    """The chain's definitions, a row each time they are changed; the latest counts."""

    __tablename__ = "segment_settings"

    id: Mapped[int] = mapped_column(primary_key=True)
    values: Mapped[dict[str, Any]]
    changed_at: Mapped[datetime]
    agent_id: Mapped[int | None]


class ValueFit(Base):
    """One fit of BG/NBD and gamma-gamma on the chain's orders, with its error on a held-out period.

    `holdout` holds the days, the customers, and the errors of the model and of a naive guess.
    """

    __tablename__ = "value_fits"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[FitState] = mapped_column(words(FitState))
    asked_at: Mapped[datetime]
    fitted_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(server_default="")
    customer_count: Mapped[int] = mapped_column(server_default="0")
    repeat_count: Mapped[int] = mapped_column(server_default="0")
    r: Mapped[float | None] = mapped_column(Double)
    alpha: Mapped[float | None] = mapped_column(Double)
    a: Mapped[float | None] = mapped_column(Double)
    b: Mapped[float | None] = mapped_column(Double)
    p: Mapped[float | None] = mapped_column(Double)
    q: Mapped[float | None] = mapped_column(Double)
    v: Mapped[float | None] = mapped_column(Double)
    holdout: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    after_id: Mapped[int | None]


class ChurnSample(Base):
    """What some customers of each band had as a score on a day, so that it can be seen later who bought since."""

    __tablename__ = "churn_samples"

    taken_on: Mapped[date] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, index=True)
    taken_at: Mapped[datetime]
    points: Mapped[int]
    band_count: Mapped[int]


class CohortCell(Base):
    """Customers of one first-order month, store and family of the first product, in one month of their life.

    `month_number` 0 is the month of the first order; `active_count` bought in that month; `net_cents` is what they
    spent in it, net of returns. `customer_count` is the size of the cohort, the same in each of its months.
    """

    __tablename__ = "cohort_cells"
    __table_args__ = (UniqueConstraint("cohort_on", "store_id", "family", "month_number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_on: Mapped[date]
    store_id: Mapped[int]
    family: Mapped[str]
    month_number: Mapped[int]
    customer_count: Mapped[int]
    active_count: Mapped[int]
    net_cents: Mapped[int]


class ValueMonth(Base):
    """Net revenue and buyers of the 12 months before the end of a month (or before the night, for the current one)."""

    __tablename__ = "value_months"

    month_on: Mapped[date] = mapped_column(primary_key=True)
    customer_count: Mapped[int]
    net_cents: Mapped[int]
    computed_at: Mapped[datetime]


ORDERS_BY_CUSTOMER = Index(
    "ix_orders_value",
    Order.customer_id,
    Order.placed_at,
    postgresql_include=["total_cents", "returned_cents"],
    postgresql_where="state <> 'cancelled'",
)
"""The night reads this index from end to end instead of the orders: customer by customer, in the order of purchase."""
