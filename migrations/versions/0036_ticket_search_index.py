"""The index of words also knows when a ticket changed last, and every word is learnt, also those of later messages."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

_DAY = "((moment AT TIME ZONE 'UTC')::date - DATE '1970-01-01')"
_SLOTS = f"""
    CREATE FUNCTION recency_slots(moment timestamptz) RETURNS integer[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ARRAY[{_DAY} * 4, ({_DAY} >> 3) * 4 + 1, ({_DAY} >> 6) * 4 + 2]
"""


def upgrade() -> None:
    """The new index is there before the old one goes; words are learnt anew, because short and long ones were left out."""
    op.execute(_SLOTS)
    op.execute(
        "CREATE INDEX ix_tickets_search_recent ON tickets USING gin (recency_slots(updated_at), search)"
    )
    op.drop_index("ix_tickets_search", table_name="tickets")
    op.create_index(
        "ix_known_words_beginnings", "known_words", ["word"], postgresql_ops={"word": "text_pattern_ops"}
    )
    op.add_column(
        "word_progress", sa.Column("last_message_id", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.add_column(
        "word_progress", sa.Column("has_forgotten", sa.Boolean(), server_default="false", nullable=False)
    )
    op.execute("DELETE FROM known_words")
    op.execute("UPDATE word_progress SET last_ticket_id = 0")


def downgrade() -> None:
    """Back to words alone."""
    op.drop_column("word_progress", "has_forgotten")
    op.drop_column("word_progress", "last_message_id")
    op.drop_index("ix_known_words_beginnings", table_name="known_words")
    op.create_index("ix_tickets_search", "tickets", ["search"], unique=False, postgresql_using="gin")
    op.drop_index("ix_tickets_search_recent", table_name="tickets")
    op.execute("DROP FUNCTION recency_slots(timestamptz)")
