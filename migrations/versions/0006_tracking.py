"""Tracked links, clicks with their signals, openings."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_OPENERS = ("program", "apple", "gmail", "yahoo", "machine")


def _words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    """Clicks, openings by message and by template version."""
    op.create_table(
        "link_clicks",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("link_count", sa.BigInteger(), nullable=False),
        sa.Column("clicked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("method", sa.Text(), nullable=True),
        sa.Column("user_agent", sa.Text(), nullable=True),
        sa.Column("source_hash", sa.Text(), nullable=True),
        sa.Column("network", sa.Text(), nullable=True),
        sa.Column("label", _words("visitor", "human", "machine"), nullable=False),
        sa.Column(
            "sign",
            _words("sign", "none", "head", "too_early", "agent", "network", "all_links", "same_source"),
            nullable=False,
        ),
        sa.Column("purged_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["message_id"], ["outbound_messages.id"], name="fk_link_clicks_message_id"),
        sa.PrimaryKeyConstraint("id", name="pk_link_clicks"),
    )
    op.create_index("ix_link_clicks_message", "link_clicks", ["message_id", "id"], unique=False)
    op.create_index(
        "ix_link_clicks_raw",
        "link_clicks",
        ["clicked_at"],
        unique=False,
        postgresql_where=sa.text("purged_at IS NULL"),
    )
    op.create_table(
        "message_openings",
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("opener", _words("opener", *_OPENERS), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["outbound_messages.id"], name="fk_message_openings_message_id"
        ),
        sa.PrimaryKeyConstraint("message_id", "opener", name="pk_message_openings"),
    )
    op.create_table(
        "opening_counts",
        sa.Column("template_version_id", sa.BigInteger(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("opener", _words("opener", *_OPENERS), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("count > 0", name="ck_opening_counts_positive"),
        sa.ForeignKeyConstraint(
            ["template_version_id"],
            ["template_versions.id"],
            name="fk_opening_counts_template_version_id",
        ),
        sa.PrimaryKeyConstraint("template_version_id", "opened_on", "opener", name="pk_opening_counts"),
    )


def downgrade() -> None:
    """The tables go, and with them who clicked."""
    op.drop_table("opening_counts")
    op.drop_table("message_openings")
    op.drop_table("link_clicks")
