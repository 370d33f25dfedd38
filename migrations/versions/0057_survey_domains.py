"""Surveys learn by mail domain how long filters open links there; two more reasons of a touch."""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0054"
branch_labels = None
depends_on = None

REASONS = (
    "not_judged",
    "alone",
    "gesture",
    "button",
    "burst",
    "other_choice",
    "head",
    "mangled",
    "too_early",
    "too_fast",
    "filter_range",
    "filter_source",
    "footer",
    "contradiction",
    "answered",
    "staff",
)
NEW_REASONS = ("filter_domain", "prefetch")


def upgrade() -> None:
    op.create_table(
        "filtered_domains",
        sa.Column("domain", sa.Text, primary_key=True),
        sa.Column("touched_count", sa.BigInteger, nullable=False),
        sa.Column("filtered_count", sa.BigInteger, nullable=False),
        sa.Column("window_seconds", sa.BigInteger, nullable=False),
        sa.Column("learned_at", sa.DateTime(timezone=True), nullable=False),
    )
    _check_reasons(REASONS + NEW_REASONS)


def downgrade() -> None:
    op.execute(f"UPDATE touches SET reason = 'alone' WHERE {_among('reason', NEW_REASONS)}")
    _check_reasons(REASONS)
    op.drop_table("filtered_domains")


def _check_reasons(words: tuple[str, ...]) -> None:
    """The rows are read without shutting anybody out."""
    op.drop_constraint("ck_touches_touchreason", "touches")
    op.execute(
        f"ALTER TABLE touches ADD CONSTRAINT ck_touches_touchreason CHECK ({_among('reason', words)}) NOT VALID"
    )
    op.execute("ALTER TABLE touches VALIDATE CONSTRAINT ck_touches_touchreason")


def _among(column: str, words: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(word) for word in words)})"
