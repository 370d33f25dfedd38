"""Results of very large plans are kept, and refusals are found by their time."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0042"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kept_plan_results",
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("entries", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sized_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plans.id"], name=op.f("fk_kept_plan_results_plan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("plan_id", name=op.f("pk_kept_plan_results")),
    )
    op.create_index(
        "ix_consent_entries_refusals",
        "consent_entries",
        ["happened_at"],
        unique=False,
        postgresql_where="action = 'withdrawn' AND actor_kind = 'customer'",
    )


def downgrade() -> None:
    op.drop_index("ix_consent_entries_refusals", table_name="consent_entries")
    op.drop_table("kept_plan_results")
