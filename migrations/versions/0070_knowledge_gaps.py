"""What editors said of gaps of the knowledge base; searches nobody opened an answer of."""

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0069"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "knowledge_gap_marks",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("agent_id", sa.BigInteger),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('open', 'done', 'aside')", name="ck_knowledge_gap_marks_state"),
    )
    op.create_index("ix_search_logs_since", "search_logs", ["searched_at"])


def downgrade() -> None:
    op.drop_index("ix_search_logs_since", "search_logs")
    op.drop_table("knowledge_gap_marks")
