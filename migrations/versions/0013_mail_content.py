"""What the door in keeps of a mail beside its text: storms, and the number of ours a text was written to."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Tickets of texts before know no number of ours: they go on in any thread of their phone."""
    op.add_column("tickets", sa.Column("our_address", sa.Text(), nullable=True))
    op.create_table(
        "mail_loops",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("held_count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_by_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["seen_by_id"], ["agents.id"], name=op.f("fk_mail_loops_seen_by_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_mail_loops_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_loops")),
    )
    op.create_index(
        "ix_mail_loops_open",
        "mail_loops",
        ["address"],
        unique=True,
        postgresql_where=sa.text("seen_at IS NULL"),
    )
    op.create_index("ix_mail_loops_ticket", "mail_loops", ["ticket_id"])


def downgrade() -> None:
    """The storms are forgotten."""
    op.drop_table("mail_loops")
    op.drop_column("tickets", "our_address")
