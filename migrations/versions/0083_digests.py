"""Digests as they were told, and who does not want one by mail."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0083"
down_revision = "0080"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "digests",
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("agent_id", sa.BigInteger, nullable=False),
        sa.Column("period", sa.String(40), nullable=False),
        sa.Column("since_on", sa.Date, nullable=False),
        sa.Column("until_on", sa.Date, nullable=False),
        sa.Column("content", JSONB, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_digests_agent_id_agents")),
        sa.UniqueConstraint(
            "agent_id", "period", "since_on", name=op.f("uq_digests_agent_id_period_since_on")
        ),
        sa.CheckConstraint("period IN ('week', 'month')", name=op.f("ck_digests_period")),
    )
    op.add_column(
        "alert_choices", sa.Column("has_digest", sa.Boolean, nullable=False, server_default=sa.true())
    )
    op.alter_column("alert_choices", "has_digest", server_default=None)


def downgrade() -> None:
    op.drop_column("alert_choices", "has_digest")
    op.drop_table("digests")
