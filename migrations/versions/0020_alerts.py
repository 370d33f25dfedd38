"""Steps of the escalation, alerts to browsers and to stores nobody looks after."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """A ticket that was warned about has done the first step; its next one is looked at when the reply is due."""
    op.add_column("tickets", sa.Column("warned_percent", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column(
        "ticket_messages", sa.Column("is_machine", sa.Boolean(), server_default="false", nullable=False)
    )
    op.execute(
        "UPDATE tickets SET warned_percent = CASE WHEN missed_at IS NULL THEN 75 ELSE 100 END,"
        " warn_at = CASE WHEN missed_at IS NULL THEN due_at END WHERE warned_at IS NOT NULL"
    )
    op.execute("UPDATE tickets SET warn_at = NULL WHERE waiting_since IS NULL AND warn_at IS NOT NULL")
    op.drop_index("ix_tickets_warn", table_name="tickets")
    op.create_index(
        "ix_tickets_warn", "tickets", ["warn_at"], postgresql_where=sa.text("warn_at IS NOT NULL")
    )
    op.create_index(
        "ix_reply_waits_transferred",
        "reply_waits",
        ["ticket_id"],
        postgresql_where=sa.text("is_transferred"),
    )
    _create_alerts()
    _create_pushes()


def _create_alerts() -> None:
    op.create_table(
        "store_alerts",
        sa.Column("store_id", sa.BigInteger(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("after_minutes", sa.BigInteger(), nullable=False),
        sa.Column("idle_minutes", sa.BigInteger(), nullable=False),
        sa.Column("mails", postgresql.JSONB(), nullable=False),
        sa.Column("phones", postgresql.JSONB(), nullable=False),
        sa.Column("told_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_store_alerts_store_id")),
        sa.PrimaryKeyConstraint("store_id", name=op.f("pk_store_alerts")),
    )
    op.create_table(
        "alert_choices",
        sa.Column("agent_id", sa.BigInteger(), nullable=False),
        sa.Column("has_mails", sa.Boolean(), nullable=False),
        sa.Column("has_new_tickets", sa.Boolean(), nullable=False),
        sa.Column("has_answers", sa.Boolean(), nullable=False),
        sa.Column("has_warnings", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_alert_choices_agent_id")),
        sa.PrimaryKeyConstraint("agent_id", name=op.f("pk_alert_choices")),
    )


def _create_pushes() -> None:
    op.create_table(
        "push_subscriptions",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("agent_id", sa.BigInteger(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("p256dh", sa.Text(), nullable=False),
        sa.Column("auth", sa.Text(), nullable=False),
        sa.Column("server_key", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_push_subscriptions_agent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_subscriptions")),
        sa.UniqueConstraint("endpoint", name=op.f("uq_push_subscriptions_endpoint")),
    )
    op.create_index(op.f("ix_push_subscriptions_agent_id"), "push_subscriptions", ["agent_id"])
    op.create_table(
        "push_messages",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("subscription_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(), nullable=False),
        sa.Column("attempt_count", sa.BigInteger(), nullable=False),
        sa.Column("next_attempt_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["push_subscriptions.id"],
            name=op.f("fk_push_messages_subscription_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_messages")),
        sa.UniqueConstraint("subscription_id", "key", name=op.f("uq_push_messages_subscription_id_key")),
    )
    op.create_index(
        "ix_push_messages_due",
        "push_messages",
        ["next_attempt_at"],
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "ix_push_messages_ended",
        "push_messages",
        ["ended_at"],
        postgresql_where=sa.text("ended_at IS NOT NULL"),
    )


def downgrade() -> None:
    """Alerts and subscriptions go; one warning a wait is left."""
    op.drop_table("push_messages")
    op.drop_table("push_subscriptions")
    op.drop_table("alert_choices")
    op.drop_table("store_alerts")
    op.drop_index("ix_reply_waits_transferred", table_name="reply_waits")
    op.drop_index("ix_tickets_warn", table_name="tickets")
    op.create_index(
        "ix_tickets_warn",
        "tickets",
        ["warn_at"],
        postgresql_where=sa.text("waiting_since IS NOT NULL AND warned_at IS NULL"),
    )
    op.drop_column("ticket_messages", "is_machine")
    op.drop_column("tickets", "warned_percent")
