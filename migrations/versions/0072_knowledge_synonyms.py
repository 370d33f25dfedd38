"""The chain's own synonyms."""

import sqlalchemy as sa
from alembic import op

revision = "0072"
down_revision = "0070"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "knowledge_synonyms",
        sa.Column("language", sa.String(40), primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("language IN ('fr', 'en')", name="ck_knowledge_synonyms_language"),
    )


def downgrade() -> None:
    op.drop_table("knowledge_synonyms")
