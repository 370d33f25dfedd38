"""Files that came with texts."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0023"
branch_labels = None
depends_on = None

TABLE = "awaited_files"
STATES = ("waiting", "kept", "failed")
OTHERS = (("message_id", "ticket_messages"), ("attachment_id", "ticket_attachments"))


def upgrade() -> None:
    """One row a file that is fetched from the provider of texts."""
    op.create_table(
        TABLE,
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("attempt_count", sa.BigInteger(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attachment_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(f"state IN {STATES}", name=op.f("ck_awaited_files_awaitedstate")),
        *(
            sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{TABLE}_{column}"))
            for column, other in OTHERS
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_awaited_files")),
        sa.UniqueConstraint("message_id", "position", name=op.f("uq_awaited_files_message_id_position")),
    )
    waiting = sa.text("state = 'waiting'")
    op.create_index("ix_awaited_files_due", TABLE, ["next_attempt_at", "id"], postgresql_where=waiting)


def downgrade() -> None:
    """Away with them."""
    op.drop_table(TABLE)
