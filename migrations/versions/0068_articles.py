"""What an article is about and where it applies, when it is read again, what readers say of it, and its files."""

import sqlalchemy as sa
from alembic import op

revision = "0068"
down_revision = "0079"
branch_labels = None
depends_on = None

STATES = ("draft", "internal", "published", "archived")
REASONS = ("unclear", "incomplete", "outdated", "elsewhere")


def upgrade() -> None:
    op.add_column("articles", sa.Column("review_on", sa.Date))
    op.add_column("articles", sa.Column("review_told_on", sa.Date))
    op.create_index("ix_articles_review_on", "articles", ["review_on"])
    _belong("article_reasons", "reason_id", "reasons")
    _belong("article_stores", "store_id", "stores")
    op.create_table(
        "article_products",
        _article(primary_key=True),
        sa.Column("sku", sa.Text, primary_key=True),
    )
    op.create_table(
        "article_states",
        sa.Column("id", sa.BigInteger, primary_key=True),
        _article(),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("agent_id", sa.BigInteger),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"state IN {STATES}", name="ck_article_states_state"),
    )
    op.create_index("ix_article_states_article_id", "article_states", ["article_id"])
    op.execute(
        "INSERT INTO article_states (article_id, state, began_at)"
        " SELECT id, 'draft', created_at FROM articles WHERE state = 'draft'"
        " UNION ALL SELECT id, 'published', published_at FROM articles WHERE published_at IS NOT NULL"
        " UNION ALL SELECT id, state, updated_at FROM articles WHERE state IN ('internal', 'archived')"
    )
    _add_votes()
    _add_files()


def downgrade() -> None:
    for table in (
        "article_files",
        "article_votes",
        "article_states",
        "article_products",
        "article_stores",
        "article_reasons",
    ):
        op.drop_table(table)
    op.drop_index("ix_articles_review_on", "articles")
    op.drop_column("articles", "review_told_on")
    op.drop_column("articles", "review_on")


def _article(*, primary_key: bool = False) -> sa.Column[int]:
    return sa.Column(
        "article_id", sa.BigInteger, sa.ForeignKey("articles.id"), nullable=False, primary_key=primary_key
    )


def _belong(table: str, column: str, to: str) -> None:
    op.create_table(
        table,
        _article(primary_key=True),
        sa.Column(column, sa.BigInteger, sa.ForeignKey(f"{to}.id"), primary_key=True),
    )
    op.create_index(f"ix_{table}_{column}", table, [column])


def _add_votes() -> None:
    op.create_table(
        "article_votes",
        sa.Column("id", sa.BigInteger, primary_key=True),
        _article(),
        sa.Column("version_number", sa.BigInteger, nullable=False),
        sa.Column("is_helpful", sa.Boolean, nullable=False),
        sa.Column("reason", sa.String(40)),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("agent_id", sa.BigInteger),
        sa.Column("voted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"reason IN {REASONS}", name="ck_article_votes_reason"),
        sa.UniqueConstraint("article_id", "version_number", "agent_id"),
    )
    op.create_index("ix_article_votes_voted_at", "article_votes", ["voted_at"])


def _add_files() -> None:
    op.create_table(
        "article_files",
        sa.Column("id", sa.BigInteger, primary_key=True),
        _article(),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("agent_id", sa.BigInteger),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_article_files_article_id", "article_files", ["article_id"])
    op.create_index("ix_article_files_sha256", "article_files", ["sha256"])
