"""The scores of customers: stage, RFM, churn, value; the path they took, the runs and fits behind them, cohorts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

TABLES = (
    "value_months",
    "cohort_cells",
    "churn_samples",
    "value_fits",
    "segment_settings",
    "score_runs",
    "customer_buying",
    "customer_score_changes",
    "customer_scores",
)


def upgrade() -> None:
    """The next night fills them. A call may be asked for by the hub itself."""
    op.alter_column("call_tasks", "created_by_id", nullable=True)
    op.create_table(
        "customer_scores",
        sa.Column("customer_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "prospect",
                "new",
                "occasional",
                "regular",
                "ambassador",
                "lapsed",
                "former",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("r", sa.SmallInteger(), nullable=True),
        sa.Column("f", sa.SmallInteger(), nullable=True),
        sa.Column("m", sa.SmallInteger(), nullable=True),
        sa.Column(
            "rfm_segment",
            sa.Enum(
                "champions",
                "loyal",
                "potential",
                "new",
                "promising",
                "need_attention",
                "about_to_sleep",
                "at_risk",
                "cannot_lose",
                "dormant",
                "lost",
                name="rfmsegment",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("churn_points", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("churn_why", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("historic_cents", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("predicted_cents", sa.BigInteger(), nullable=True),
        sa.Column("expected_orders", sa.Double(), nullable=True),
        sa.Column("order_count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("orders_12_months", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("value_12_months_cents", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("window_cents", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("cycle_days", sa.Double(), nullable=True),
        sa.Column("used_cycle_days", sa.Double(), nullable=True),
        sa.Column("first_order_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_order_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tier", sa.Text(), nullable=True),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_customer_scores")),
    )
    op.create_table(
        "customer_score_changes",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("from_stage", sa.Text(), nullable=False),
        sa.Column("to_stage", sa.Text(), nullable=False),
        sa.Column("from_segment", sa.Text(), nullable=True),
        sa.Column("to_segment", sa.Text(), nullable=True),
        sa.Column("from_tier", sa.Text(), nullable=True),
        sa.Column("to_tier", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_score_changes")),
    )
    op.create_index(
        "ix_customer_score_changes_customer",
        "customer_score_changes",
        ["customer_id", "changed_at", "id"],
        unique=False,
    )
    op.create_index("ix_customer_score_changes_moved", "customer_score_changes", ["changed_at"], unique=False)
    op.create_table(
        "customer_buying",
        sa.Column("customer_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("first_order_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_order_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("order_count", sa.BigInteger(), nullable=False),
        sa.Column("historic_cents", sa.BigInteger(), nullable=False),
        sa.Column("orders_12_months", sa.BigInteger(), nullable=False),
        sa.Column("value_12_months_cents", sa.BigInteger(), nullable=False),
        sa.Column("window_orders", sa.BigInteger(), nullable=False),
        sa.Column("window_cents", sa.BigInteger(), nullable=False),
        sa.Column("cycle_days", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_customer_buying")),
        prefixes=["UNLOGGED"],
    )
    op.create_table(
        "score_runs",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "summing",
                "measuring",
                "scoring",
                "done",
                name="runstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("is_silent", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("after_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("last_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("customer_count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("changed_count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("yardsticks", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_runs")),
    )
    op.create_index("ix_score_runs_as_of", "score_runs", ["as_of"], unique=False)
    op.create_table(
        "segment_settings",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("values", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agent_id", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segment_settings")),
    )
    op.create_table(
        "value_fits",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "fitted",
                "failed",
                name="fitstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("customer_count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("repeat_count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("r", sa.Double(), nullable=True),
        sa.Column("alpha", sa.Double(), nullable=True),
        sa.Column("a", sa.Double(), nullable=True),
        sa.Column("b", sa.Double(), nullable=True),
        sa.Column("p", sa.Double(), nullable=True),
        sa.Column("q", sa.Double(), nullable=True),
        sa.Column("v", sa.Double(), nullable=True),
        sa.Column("holdout", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("after_id", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_value_fits")),
    )
    op.create_table(
        "churn_samples",
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("band_count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("taken_on", "customer_id", name=op.f("pk_churn_samples")),
    )
    op.create_index(op.f("ix_churn_samples_customer_id"), "churn_samples", ["customer_id"], unique=False)
    op.create_table(
        "cohort_cells",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("cohort_on", sa.Date(), nullable=False),
        sa.Column("store_id", sa.BigInteger(), nullable=False),
        sa.Column("family", sa.Text(), nullable=False),
        sa.Column("month_number", sa.BigInteger(), nullable=False),
        sa.Column("customer_count", sa.BigInteger(), nullable=False),
        sa.Column("active_count", sa.BigInteger(), nullable=False),
        sa.Column("net_cents", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohort_cells")),
        sa.UniqueConstraint(
            "cohort_on",
            "store_id",
            "family",
            "month_number",
            name=op.f("uq_cohort_cells_cohort_on_store_id_family_month_number"),
        ),
    )
    op.create_table(
        "value_months",
        sa.Column("month_on", sa.Date(), nullable=False),
        sa.Column("customer_count", sa.BigInteger(), nullable=False),
        sa.Column("net_cents", sa.BigInteger(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("month_on", name=op.f("pk_value_months")),
    )
    op.create_index(
        "ix_orders_value",
        "orders",
        ["customer_id", "placed_at"],
        unique=False,
        postgresql_include=["total_cents", "returned_cents"],
        postgresql_where=sa.text("state <> 'cancelled'"),
    )


def downgrade() -> None:
    """All of it can be made anew from the orders, but for the settings and the path."""
    op.execute(
        "DELETE FROM call_attempts WHERE task_id IN (SELECT id FROM call_tasks WHERE created_by_id IS NULL)"
    )
    op.execute("DELETE FROM call_tasks WHERE created_by_id IS NULL")
    op.alter_column("call_tasks", "created_by_id", nullable=False)
    op.drop_index("ix_orders_value", table_name="orders")
    for table in TABLES:
        op.drop_table(table)
