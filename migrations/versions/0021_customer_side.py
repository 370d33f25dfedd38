"""The question after a solved ticket."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

TABLE = "ticket_ratings"


def upgrade() -> None:
    """One row a ticket that was asked about."""
    op.create_table(
        TABLE,
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("store_id", sa.BigInteger(), nullable=True),
        sa.Column("agent_id", sa.BigInteger(), nullable=True),
        sa.Column("message_key", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("score", sa.BigInteger(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("score BETWEEN 1 AND 3", name=op.f("ck_ticket_ratings_score")),
        *(
            sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{TABLE}_{column}"))
            for column, other in (
                ("ticket_id", "tickets"),
                ("customer_id", "customers"),
                ("store_id", "stores"),
                ("agent_id", "agents"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_ratings")),
        sa.UniqueConstraint("ticket_id", name=op.f("uq_ticket_ratings_ticket_id")),
    )
    op.create_index(
        "ix_ticket_ratings_answered",
        "ticket_ratings",
        ["answered_at", "store_id"],
        postgresql_where=sa.text("score IS NOT NULL"),
    )
    op.create_index("ix_ticket_ratings_asked", "ticket_ratings", ["asked_at", "store_id"])
    op.create_index("ix_ticket_ratings_customer", "ticket_ratings", ["customer_id", "asked_at"])


def downgrade() -> None:
    """The answers go with the table."""
    op.drop_table("ticket_ratings")
