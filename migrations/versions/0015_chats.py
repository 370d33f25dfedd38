"""Chat sessions of the widget, who of the staff is there to answer, and the sound a person may switch on."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A visitor's window on a ticket, the last sign of life of each person, one more choice of the profile."""
    op.create_table(
        "chat_sessions",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("page_url", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_closed", sa.Boolean(), nullable=False),
        sa.Column("read_message_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_chat_sessions_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_sessions")),
    )
    op.create_index(op.f("ix_chat_sessions_ticket_id"), "chat_sessions", ["ticket_id"], unique=False)
    op.create_index(
        "ix_chat_sessions_gone",
        "chat_sessions",
        ["gone_at"],
        unique=False,
        postgresql_where=sa.text("left_at IS NULL"),
    )
    op.create_table(
        "attendances",
        sa.Column("agent_id", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_attendances_agent_id")),
        sa.PrimaryKeyConstraint("agent_id", name=op.f("pk_attendances")),
    )
    op.add_column("agents", sa.Column("has_sound", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    """Chats stay in their tickets; who was there is forgotten."""
    op.drop_column("agents", "has_sound")
    op.drop_table("attendances")
    op.drop_index("ix_chat_sessions_gone", table_name="chat_sessions")
    op.drop_index(op.f("ix_chat_sessions_ticket_id"), table_name="chat_sessions")
    op.drop_table("chat_sessions")
