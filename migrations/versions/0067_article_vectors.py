"""What articles mean, as vectors."""

import sqlalchemy as sa
from alembic import op

revision = "0067"
down_revision = "0061"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "article_vectors",
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("article_id", sa.BigInteger, sa.ForeignKey("articles.id"), nullable=False),
        sa.Column("part", sa.BigInteger, nullable=False),
        sa.Column("version_number", sa.BigInteger, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("vector", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("article_id", "part"),
    )


def downgrade() -> None:
    op.drop_table("article_vectors")
