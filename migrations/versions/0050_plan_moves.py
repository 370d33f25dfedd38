"""Moves of the people inside a plan to another version."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plan_moves",
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("plan_id", sa.BigInteger, sa.ForeignKey("plans.id", ondelete="CASCADE"), nullable=False),
        sa.Column("version_id", sa.BigInteger, sa.ForeignKey("plan_versions.id"), nullable=False),
        sa.Column("asked_by_id", sa.BigInteger),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_id", sa.BigInteger, nullable=False),
        sa.Column("moved_count", sa.BigInteger, nullable=False),
        sa.Column("ended_count", sa.BigInteger, nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
    )
    op.create_index(
        "ix_plan_moves_open",
        "plan_moves",
        ["plan_id"],
        unique=True,
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.create_index("ix_plan_moves_plan", "plan_moves", ["plan_id", "id"])


def downgrade() -> None:
    op.drop_table("plan_moves")
