"""What the operations page needs: refused orders, unseen auto-replies, messages not sent, the clock's last sign of life."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

OUTBOUND = "outbound_messages"


def upgrade() -> None:
    """Two columns that may be empty, and partial indexes over the few rows that people look at."""
    op.add_column("clock_tasks", sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(OUTBOUND, sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_outbound_messages_pressure",
        OUTBOUND,
        ["accepted_at", "customer_id", "channel", "purpose"],
        postgresql_where=sa.text("state IN ('accepted', 'delivered')"),
    )
    op.create_index(
        "ix_outbound_messages_capped",
        OUTBOUND,
        ["counted_at", "channel", "purpose", "customer_id"],
        postgresql_where=sa.text("purpose IN ('survey', 'promotion', 'newsletter')"),
    )
    op.create_index(
        "ix_outbound_messages_not_sent",
        OUTBOUND,
        ["id", "reason", "channel", "purpose"],
        postgresql_where=sa.text(
            "state IN ('blocked', 'expired', 'failed', 'unknown') OR (state = 'waiting' AND reason IS NOT NULL)"
        ),
    )
    op.create_index(
        "ix_outbound_messages_ended_unsent",
        OUTBOUND,
        ["ended_at", "reason", "channel", "purpose"],
        postgresql_where=sa.text("state IN ('blocked', 'expired', 'failed', 'unknown')"),
    )
    op.create_index(
        "ix_outbound_messages_unknown",
        OUTBOUND,
        ["id"],
        postgresql_where=sa.text("state = 'unknown' AND settled_at IS NULL"),
    )
    op.create_index(
        "ix_order_events_refused",
        "order_events",
        ["received_at", "id"],
        postgresql_where=sa.text("outcome = 'refused'"),
    )
    op.create_index(
        "ix_arrivals_unseen",
        "arrivals",
        ["id"],
        postgresql_where=sa.text("state = 'sorted' AND kind = 'auto_reply' AND ticket_id IS NULL"),
    )


def downgrade() -> None:
    """Back to 0009."""
    op.drop_index("ix_arrivals_unseen", table_name="arrivals")
    op.drop_index("ix_order_events_refused", table_name="order_events")
    for name in ("unknown", "ended_unsent", "not_sent", "capped", "pressure"):
        op.drop_index(f"ix_outbound_messages_{name}", table_name=OUTBOUND)
    op.drop_column(OUTBOUND, "settled_at")
    op.drop_column("clock_tasks", "seen_at")
