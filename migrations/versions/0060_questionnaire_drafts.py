"""Drafts of questionnaires: their earlier contents, to be taken back to, and who changed them last."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0060"
down_revision = "0062"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("questionnaires", sa.Column("earlier", JSONB, nullable=False, server_default="[]"))
    op.add_column("questionnaires", sa.Column("draft_changed_by_id", sa.BigInteger))


def downgrade() -> None:
    op.drop_column("questionnaires", "draft_changed_by_id")
    op.drop_column("questionnaires", "earlier")
