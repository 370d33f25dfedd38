"""The notes of all tickets by id, for the API's list of them; and what a long work has done of an audit or a property."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Messages that are no notes, and files, are walked by their keys: most rows are of the list."""
    op.create_index(
        "ix_ticket_messages_notes", "ticket_messages", ["id"], unique=False, postgresql_where="kind = 'note'"
    )
    op.add_column("quality_audits", sa.Column("is_done", sa.Boolean(), server_default="true", nullable=False))
    op.add_column(
        "property_definitions", sa.Column("forgotten_at", sa.DateTime(timezone=True), nullable=True)
    )
    for name in ("forgotten_up_to", "forgotten_count"):
        op.add_column(
            "property_definitions", sa.Column(name, sa.BigInteger(), server_default="0", nullable=False)
        )


def downgrade() -> None:
    """Back to the walk; an audit that is not done is none, a property half taken away is one again."""
    for name in ("forgotten_count", "forgotten_up_to", "forgotten_at"):
        op.drop_column("property_definitions", name)
    op.execute("DELETE FROM quality_audits WHERE NOT is_done")
    op.drop_column("quality_audits", "is_done")
    op.drop_index("ix_ticket_messages_notes", table_name="ticket_messages")
