"""Receipts of mail providers and the deliveries of their webhooks."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_OLD_KINDS = (
    "delivered",
    "hard_bounce",
    "soft_bounce",
    "sender_fault",
    "content_fault",
    "complaint",
    "auto",
)
_KINDS = (*_OLD_KINDS, "unsubscribe")
_CHECK = "ck_delivery_receipts_receiptkind"


def _words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _limit_kinds(kinds: tuple[str, ...]) -> None:
    """Swap the check of the receipts' kinds."""
    op.drop_constraint(op.f(_CHECK), "delivery_receipts", type_="check")
    words = ", ".join(f"'{kind}'" for kind in kinds)
    op.create_check_constraint(op.f(_CHECK), "delivery_receipts", f"kind IN ({words})")


def upgrade() -> None:
    """A receipt may be an unsubscription; what providers report is kept as it came."""
    _limit_kinds(_KINDS)
    op.create_table(
        "provider_deliveries",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("provider", _words("mailprovider", "ses", "mailgun", "brevo", "postmark"), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=True),
        sa.Column("event_kind", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=True),
        sa.Column("payload", postgresql.JSONB(), nullable=False),
        sa.Column("payload_hash", sa.Text(), nullable=False),
        sa.Column(
            "state", _words("deliverystate", "stored", "applied", "unmatched", "ignored"), nullable=False
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("receipt_kind", _words("receiptkind", *_KINDS), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["message_id"], ["outbound_messages.id"], name=op.f("fk_provider_deliveries_message_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_deliveries")),
        sa.UniqueConstraint("provider", "event_id", name=op.f("uq_provider_deliveries_provider_event_id")),
    )
    op.create_index(
        op.f("ix_provider_deliveries_message_id"), "provider_deliveries", ["message_id"], unique=False
    )
    op.create_index("ix_provider_deliveries_token", "provider_deliveries", ["provider", "token"], unique=True)
    op.create_index(
        "ix_provider_deliveries_stored",
        "provider_deliveries",
        ["next_attempt_at"],
        unique=False,
        postgresql_where=sa.text("state = 'stored'"),
    )
    op.create_index(
        "ix_provider_deliveries_unmatched",
        "provider_deliveries",
        ["id"],
        unique=False,
        postgresql_where=sa.text("state = 'unmatched'"),
    )


def downgrade() -> None:
    """The events go; a receipt that was an unsubscription becomes a machine's notice."""
    op.drop_table("provider_deliveries")
    op.execute("UPDATE delivery_receipts SET kind = 'auto' WHERE kind = 'unsubscribe'")
    _limit_kinds(_OLD_KINDS)
