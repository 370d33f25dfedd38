"""SMS and WhatsApp: segments and price of a message, sessions, phone arrivals."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_CHANNELS = (
    "email",
    "form",
    "sms",
    "whatsapp",
    "phone",
    "chat",
    "counter",
    "delivery",
    "survey",
    "social",
    "api",
)
_OLD_REASONS = (
    "no_address",
    "invalid_address",
    "suppressed",
    "address_paused",
    "no_consent",
    "hold",
    "own_frequency",
    "cap",
    "quiet_hours",
    "sender_paused",
    "store_blocked",
    "expired",
    "stopped",
    "content",
    "undone",
)
_OLD_WAYS = ("listener", "http", "form", "api")
_PHONES = "channel IN ('sms', 'whatsapp')"
_WAITING_PHONE = f"state = 'waiting' AND {_PHONES}"


def _limit(table: str, column: str, name: str, values: tuple[str, ...]) -> None:
    """Swap the check of an enum's words."""
    check = op.f(f"ck_{table}_{name}")
    op.drop_constraint(check, table, type_="check")
    op.create_check_constraint(check, table, f"{column} IN ({', '.join(repr(value) for value in values)})")


def upgrade() -> None:
    """What a phone message costs, when a phone wrote to us, and that an arrival may be one."""
    _limit("outbound_messages", "reason", "blockreason", (*_OLD_REASONS, "template_required"))
    _limit("arrivals", "way", "arrivalway", (*_OLD_WAYS, "phone"))
    op.add_column("outbound_messages", sa.Column("segment_count", sa.BigInteger(), nullable=True))
    op.add_column("outbound_messages", sa.Column("price_micros", sa.BigInteger(), nullable=True))
    op.add_column("outbound_messages", sa.Column("price_currency", sa.Text(), nullable=True))
    op.create_index(
        "ix_outbound_messages_phone_expiry",
        "outbound_messages",
        ["expires_at"],
        unique=False,
        postgresql_where=sa.text(_WAITING_PHONE),
    )
    op.create_index(
        "ix_outbound_messages_phone_reference",
        "outbound_messages",
        ["provider_reference"],
        unique=False,
        postgresql_where=sa.text(_PHONES),
    )
    channel = sa.Enum(*_CHANNELS, name="channel", native_enum=False, create_constraint=True, length=40)
    op.create_table(
        "phone_sessions",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("address_hash", sa.Text(), nullable=False),
        sa.Column("channel", channel, nullable=False),
        sa.Column("last_inbound_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_sessions")),
        sa.UniqueConstraint("address_hash", "channel", name=op.f("uq_phone_sessions_address_hash_channel")),
    )


def downgrade() -> None:
    """Forget it; what has the new words is called by the nearest old one."""
    op.drop_table("phone_sessions")
    op.drop_index("ix_outbound_messages_phone_reference", table_name="outbound_messages")
    op.drop_index("ix_outbound_messages_phone_expiry", table_name="outbound_messages")
    for name in ("price_currency", "price_micros", "segment_count"):
        op.drop_column("outbound_messages", name)
    op.execute("UPDATE arrivals SET way = 'http' WHERE way = 'phone'")
    op.execute("UPDATE outbound_messages SET reason = 'content' WHERE reason = 'template_required'")
    _limit("arrivals", "way", "arrivalway", _OLD_WAYS)
    _limit("outbound_messages", "reason", "blockreason", _OLD_REASONS)
