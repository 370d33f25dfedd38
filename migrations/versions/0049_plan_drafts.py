"""Drafts of plans: one a plan, begun from a version, with its last contents and who changed it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0049"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "plan_versions", sa.Column("from_version_id", sa.BigInteger, sa.ForeignKey("plan_versions.id"))
    )
    op.add_column("plan_versions", sa.Column("edited_by_id", sa.BigInteger))
    op.add_column("plan_versions", sa.Column("edited_at", sa.DateTime(timezone=True)))
    op.add_column("plan_versions", sa.Column("earlier", JSONB, nullable=False, server_default="[]"))
    op.create_index(
        "ix_plan_versions_draft",
        "plan_versions",
        ["plan_id"],
        unique=True,
        postgresql_where=sa.text("state = 'draft'"),
    )


def downgrade() -> None:
    """Drafts stay as rows: nothing before this reads a version that is not published."""
    op.drop_index("ix_plan_versions_draft", "plan_versions")
    for column in ("earlier", "edited_at", "edited_by_id", "from_version_id"):
        op.drop_column("plan_versions", column)
