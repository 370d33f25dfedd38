"""Calls our own machine answered, notes that were edited, and what the staff notes about a customer."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

NOTES = "customer_notes"


def upgrade() -> None:
    """Calls of before were answered by people, notes of before were never edited; nothing was noted of customers."""
    op.add_column(
        "phone_calls", sa.Column("is_answered_by_us", sa.Boolean(), server_default="false", nullable=False)
    )
    op.add_column("ticket_messages", sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        NOTES,
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("agent_id", sa.BigInteger(), nullable=True),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f(f"fk_{NOTES}_customer_id")),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f(f"fk_{NOTES}_agent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{NOTES}")),
    )
    op.create_index("ix_customer_notes_customer", NOTES, ["customer_id", "id"])


def downgrade() -> None:
    """The notes about customers are gone."""
    op.drop_table(NOTES)
    op.drop_column("ticket_messages", "edited_at")
    op.drop_column("phone_calls", "is_answered_by_us")
