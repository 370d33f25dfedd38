"""Replays of plans: a version run on the past, with its progress and what came of it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0047"
down_revision = "0048"
branch_labels = None
depends_on = None

STATES = ("waiting", "running", "done", "failed", "stopped")


def upgrade() -> None:
    moment, words = sa.DateTime(timezone=True), postgresql.JSONB(astext_type=sa.Text())
    state = sa.Enum(*STATES, name="replaystate", native_enum=False, create_constraint=True, length=40)
    op.create_table(
        "plan_replays",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("version_id", sa.BigInteger(), nullable=True),
        sa.Column("version_number", sa.BigInteger(), nullable=False),
        sa.Column("is_draft", sa.Boolean(), nullable=False),
        sa.Column("definition", words, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("days", sa.BigInteger(), nullable=False),
        sa.Column("since", moment, nullable=False),
        sa.Column("until", moment, nullable=False),
        sa.Column("rates", words, nullable=False),
        sa.Column("state", state, nullable=False),
        sa.Column("done_count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("total_count", sa.BigInteger(), nullable=True),
        sa.Column("tables", words, server_default="{}", nullable=False),
        sa.Column("result", words, server_default="{}", nullable=False),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("attempt_count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("lease_until", moment, nullable=True),
        sa.Column("asked_by_id", sa.BigInteger(), nullable=True),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("ended_at", moment, nullable=True),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_plan_replays_plan_id")),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["plan_versions.id"],
            name=op.f("fk_plan_replays_version_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_replays")),
    )
    op.create_index("ix_plan_replays_plan", "plan_replays", ["plan_id", "id"])
    op.create_index(
        "ix_plan_replays_due",
        "plan_replays",
        ["id"],
        postgresql_where="state IN ('waiting', 'running')",
    )


def downgrade() -> None:
    op.drop_table("plan_replays")
