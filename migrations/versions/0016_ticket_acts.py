"""Snooze, tags, followers, mentions, scheduled replies, files of the composer, and what a person is told."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def _id(name: str, *, is_nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=is_nullable)


def _points_at(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    """Columns with a default or empty, and tables of their own: nothing that exists changes its meaning."""
    op.add_column("tickets", sa.Column("snoozed_until", MOMENT, nullable=True))
    op.add_column("tickets", _id("snoozed_by_id", is_nullable=True))
    op.create_index(
        "ix_tickets_snoozed",
        "tickets",
        ["snoozed_until"],
        postgresql_where=sa.text("snoozed_until IS NOT NULL"),
    )
    op.add_column("ticket_parties", sa.Column("is_cc", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("ticket_parties", _id("merged_from_id", is_nullable=True))
    op.add_column(
        "outbound_messages",
        sa.Column("attachments", postgresql.JSONB(), server_default="[]", nullable=False),
    )
    _create_notices()
    _create_followers_and_tags()
    _create_scheduled_replies()


def _create_notices() -> None:
    op.create_table(
        "notices",
        _id("id"),
        _id("agent_id"),
        sa.Column("kind", sa.Text(), nullable=False),
        _id("ticket_id", is_nullable=True),
        _id("by_id", is_nullable=True),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.Column("happened_at", MOMENT, nullable=False),
        sa.Column("read_at", MOMENT, nullable=True),
        _points_at("notices", "agent_id", "agents"),
        _points_at("notices", "ticket_id", "tickets"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
    )
    op.create_index("ix_notices_agent", "notices", ["agent_id", "happened_at", "id"])
    op.create_index(op.f("ix_notices_ticket_id"), "notices", ["ticket_id"])
    op.create_index(
        "ix_notices_unread",
        "notices",
        ["agent_id", "kind", "ticket_id"],
        unique=True,
        postgresql_where=sa.text("read_at IS NULL"),
    )


def _create_followers_and_tags() -> None:
    op.create_table(
        "ticket_followers",
        _id("ticket_id"),
        _id("agent_id"),
        sa.Column("followed_at", MOMENT, nullable=False),
        _points_at("ticket_followers", "ticket_id", "tickets"),
        _points_at("ticket_followers", "agent_id", "agents"),
        sa.PrimaryKeyConstraint("ticket_id", "agent_id", name=op.f("pk_ticket_followers")),
    )
    op.create_index(op.f("ix_ticket_followers_agent_id"), "ticket_followers", ["agent_id"])
    op.create_table(
        "tags",
        _id("id"),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        _id("created_by_id", is_nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tags")),
        sa.UniqueConstraint("key", name=op.f("uq_tags_key")),
    )
    op.create_table(
        "ticket_tags",
        _id("ticket_id"),
        _id("tag_id"),
        _id("added_by_id", is_nullable=True),
        sa.Column("added_at", MOMENT, nullable=False),
        _points_at("ticket_tags", "ticket_id", "tickets"),
        _points_at("ticket_tags", "tag_id", "tags"),
        sa.PrimaryKeyConstraint("ticket_id", "tag_id", name=op.f("pk_ticket_tags")),
    )
    op.create_index("ix_ticket_tags_tag", "ticket_tags", ["tag_id", "ticket_id"])


def _create_scheduled_replies() -> None:
    states = sa.Enum(
        "waiting",
        "sent",
        "held",
        "cancelled",
        name="scheduledstate",
        native_enum=False,
        length=40,
        create_constraint=True,
    )
    op.create_table(
        "scheduled_replies",
        _id("id"),
        _id("ticket_id"),
        _id("agent_id"),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("inserted", postgresql.JSONB(), nullable=False),
        sa.Column("leave_at", MOMENT, nullable=False),
        _id("last_event_id"),
        sa.Column("state", states, nullable=False),
        sa.Column("held_reason", sa.Text(), nullable=False),
        sa.Column("held_values", postgresql.JSONB(), nullable=False),
        _id("message_id", is_nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        _points_at("scheduled_replies", "ticket_id", "tickets"),
        _points_at("scheduled_replies", "agent_id", "agents"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheduled_replies")),
    )
    op.create_index(
        "ix_scheduled_replies_due",
        "scheduled_replies",
        ["leave_at"],
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index("ix_scheduled_replies_ticket", "scheduled_replies", ["ticket_id", "id"])
    op.create_table(
        "composer_files",
        _id("id"),
        _id("ticket_id"),
        _id("agent_id"),
        _id("scheduled_id", is_nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        _id("size_bytes"),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        _points_at("composer_files", "ticket_id", "tickets"),
        _points_at("composer_files", "agent_id", "agents"),
        _points_at("composer_files", "scheduled_id", "scheduled_replies"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_composer_files")),
    )
    op.create_index("ix_composer_files_draft", "composer_files", ["ticket_id", "agent_id"])
    op.create_index(op.f("ix_composer_files_scheduled_id"), "composer_files", ["scheduled_id"])


def downgrade() -> None:
    """Back to 0015: what was not sent, tagged or told is forgotten."""
    for table in (
        "composer_files",
        "scheduled_replies",
        "ticket_tags",
        "tags",
        "ticket_followers",
        "notices",
    ):
        op.drop_table(table)
    op.drop_column("outbound_messages", "attachments")
    op.drop_column("ticket_parties", "merged_from_id")
    op.drop_column("ticket_parties", "is_cc")
    op.drop_index("ix_tickets_snoozed", table_name="tickets")
    op.drop_column("tickets", "snoozed_by_id")
    op.drop_column("tickets", "snoozed_until")
