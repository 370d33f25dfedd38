"""Webhooks out and the import of tickets from elsewhere."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def _words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _moment(name: str, *, is_needed: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=not is_needed)


def upgrade() -> None:
    """Endpoints with their deliveries; takeovers with their problems and what became of each ticket."""
    _add_webhooks()
    _add_takeovers()


def _add_webhooks() -> None:
    op.create_table(
        "webhook_endpoints",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret_salt", sa.Text(), nullable=False),
        sa.Column("events", postgresql.JSONB(), nullable=False),
        sa.Column("store_ids", postgresql.JSONB(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        _moment("failing_since"),
        _moment("disabled_at"),
        _moment("created_at", is_needed=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_endpoints")),
    )
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("endpoint_id", sa.BigInteger(), nullable=False),
        sa.Column("fact_id", sa.BigInteger(), nullable=True),
        sa.Column("uuid", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column(
            "state", _words("webhookstate", "waiting", "delivered", "failed", "dropped"), nullable=False
        ),
        sa.Column("attempt_count", sa.BigInteger(), nullable=False),
        _moment("next_attempt_at"),
        _moment("attempted_at"),
        _moment("delivered_at"),
        sa.Column("status", sa.BigInteger(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("duration_ms", sa.BigInteger(), nullable=True),
        _moment("created_at", is_needed=True),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["webhook_endpoints.id"], name=op.f("fk_webhook_deliveries_endpoint_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_deliveries")),
        sa.UniqueConstraint("endpoint_id", "fact_id", name=op.f("uq_webhook_deliveries_endpoint_id_fact_id")),
        sa.UniqueConstraint("uuid", name=op.f("uq_webhook_deliveries_uuid")),
    )
    op.create_index(
        "ix_webhook_deliveries_due",
        "webhook_deliveries",
        ["next_attempt_at"],
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index("ix_webhook_deliveries_log", "webhook_deliveries", ["endpoint_id", "id"])
    op.create_index("ix_webhook_deliveries_created", "webhook_deliveries", ["created_at"])


def _add_takeovers() -> None:
    source = ("zammad", "freshdesk", "mbox")
    op.create_table(
        "takeovers",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("source", _words("takeoversource", *source), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column(
            "state",
            _words("takeoverstate", "checking", "checked", "running", "done", "stopped", "failed"),
            nullable=False,
        ),
        sa.Column("mapping", postgresql.JSONB(), nullable=False),
        sa.Column("report", postgresql.JSONB(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        _moment("lease_until"),
        _moment("created_at", is_needed=True),
        _moment("ended_at"),
        sa.ForeignKeyConstraint(["created_by_id"], ["agents.id"], name=op.f("fk_takeovers_created_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_takeovers")),
    )
    op.create_index(
        "ix_takeovers_due",
        "takeovers",
        ["lease_until"],
        postgresql_where=sa.text("state IN ('checking', 'running')"),
    )
    op.create_table(
        "takeover_problems",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("takeover_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("row", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["takeover_id"], ["takeovers.id"], name=op.f("fk_takeover_problems_takeover_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_takeover_problems")),
        sa.UniqueConstraint(
            "takeover_id",
            "kind",
            "external_id",
            "reason",
            name=op.f("uq_takeover_problems_takeover_id_kind_external_id_reason"),
        ),
    )
    op.create_table(
        "taken_tickets",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("source", _words("takeoversource", *source), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_taken_tickets_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_taken_tickets")),
        sa.UniqueConstraint("source", "external_id", name=op.f("uq_taken_tickets_source_external_id")),
    )
    op.create_index(op.f("ix_taken_tickets_ticket_id"), "taken_tickets", ["ticket_id"])


def downgrade() -> None:
    """What was taken over stays; from where it came is forgotten."""
    for table in (
        "taken_tickets",
        "takeover_problems",
        "takeovers",
        "webhook_deliveries",
        "webhook_endpoints",
    ):
        op.drop_table(table)
