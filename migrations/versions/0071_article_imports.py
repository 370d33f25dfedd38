"""Articles brought in from files, and where each came from."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0071"
down_revision = "0065"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("articles", sa.Column("source", sa.Text))
    op.create_unique_constraint("uq_articles_source", "articles", ["source"])
    op.create_table(
        "article_imports",
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("file_name", sa.Text, nullable=False),
        sa.Column("rows", JSONB, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.BigInteger),
        sa.Column("applied_at", sa.DateTime(timezone=True)),
    )


def downgrade() -> None:
    op.drop_table("article_imports")
    op.drop_constraint("uq_articles_source", "articles")
    op.drop_column("articles", "source")
