"""What of the base went into answers, how much of it was edited, whether the ticket was solved; where stores may add."""

import sqlalchemy as sa
from alembic import op

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "standard_replies",
        sa.Column("may_stores_add", sa.Boolean, nullable=False, server_default=sa.true()),
    )
    op.alter_column("standard_replies", "may_stores_add", server_default=None)
    op.create_table(
        "knowledge_uses",
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("ticket_id", sa.BigInteger, nullable=False),
        sa.Column("message_id", sa.BigInteger, nullable=False),
        sa.Column("article_id", sa.BigInteger, sa.ForeignKey("articles.id")),
        sa.Column("standard_reply_id", sa.BigInteger, sa.ForeignKey("standard_replies.id")),
        sa.Column("likeness", sa.BigInteger, nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("solved_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("message_id", "article_id"),
        sa.UniqueConstraint("message_id", "standard_reply_id"),
    )
    op.create_index("ix_knowledge_uses_ticket", "knowledge_uses", ["ticket_id"])
    op.create_index("ix_knowledge_uses_article", "knowledge_uses", ["article_id", "used_at"])
    op.create_index("ix_knowledge_uses_reply", "knowledge_uses", ["standard_reply_id", "used_at"])


def downgrade() -> None:
    op.drop_table("knowledge_uses")
    op.drop_column("standard_replies", "may_stores_add")
