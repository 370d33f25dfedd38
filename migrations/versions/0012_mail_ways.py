"""The poll of IMAP mailboxes and raw mail by HTTP."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_OLD_WAYS = ("listener", "http", "form", "api", "phone")
_WAYS = (*_OLD_WAYS, "imap")
_CHECK = "ck_arrivals_arrivalway"
_FAULTS = (
    "unknown_host",
    "refused",
    "no_answer",
    "not_verified",
    "no_tls",
    "login_refused",
    "no_folder",
    "no_target",
    "sealed",
    "mail_refused",
    "protocol",
)


def _words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), server_default="0", nullable=False)


def _limit_ways(ways: tuple[str, ...]) -> None:
    """Swap the check of the arrivals' ways."""
    op.drop_constraint(op.f(_CHECK), "arrivals", type_="check")
    words = ", ".join(f"'{way}'" for way in ways)
    op.create_check_constraint(op.f(_CHECK), "arrivals", f"way IN ({words})")


def upgrade() -> None:
    """Mailboxes that are polled, drops for raw mails; an automatic mail may answer what became no ticket."""
    _limit_ways(_WAYS)
    op.add_column("arrivals", sa.Column("is_partial", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("arrivals", sa.Column("released_at", sa.DateTime(timezone=True), nullable=True))
    op.alter_column("automatic_mails", "ticket_id", nullable=True)
    op.create_table(
        "polled_mailboxes",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("port", sa.BigInteger(), nullable=False),
        sa.Column("security", _words("mailboxsecurity", "tls", "starttls"), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("password_sealed", sa.Text(), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("store_id", sa.BigInteger(), nullable=True),
        sa.Column("after", _words("afterpoll", "seen", "move"), nullable=False),
        sa.Column("move_to", sa.Text(), server_default="", nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("uid_validity", sa.BigInteger(), nullable=True),
        _count("last_uid"),
        sa.Column("next_poll_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_token", sa.Text(), nullable=True),
        sa.Column("last_polled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fault", _words("mailboxfault", *_FAULTS), nullable=True),
        sa.Column("fault_detail", sa.Text(), server_default="", nullable=False),
        _count("error_count"),
        sa.Column("is_told", sa.Boolean(), server_default="false", nullable=False),
        _count("stored_count"),
        _count("duplicate_count"),
        _count("held_count"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_polled_mailboxes_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_polled_mailboxes")),
        sa.UniqueConstraint(
            "host", "username", "folder", name=op.f("uq_polled_mailboxes_host_username_folder")
        ),
    )
    op.create_index(
        "ix_polled_mailboxes_due", "polled_mailboxes", ["next_poll_at"], postgresql_where=sa.text("is_active")
    )
    op.create_table(
        "mail_drops",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("mailbox", sa.Text(), nullable=False),
        sa.Column("store_id", sa.BigInteger(), nullable=True),
        sa.Column("secret_sealed", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        _count("stored_count"),
        _count("duplicate_count"),
        _count("refused_count"),
        sa.Column("last_stored_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_refusal", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_mail_drops_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_drops")),
        sa.UniqueConstraint("key", name=op.f("uq_mail_drops_key")),
    )


def downgrade() -> None:
    """What came by IMAP came by a listener of another kind."""
    op.drop_table("mail_drops")
    op.drop_table("polled_mailboxes")
    op.execute("DELETE FROM automatic_mails WHERE ticket_id IS NULL")
    op.alter_column("automatic_mails", "ticket_id", nullable=False)
    op.drop_column("arrivals", "released_at")
    op.drop_column("arrivals", "is_partial")
    op.execute("UPDATE arrivals SET way = 'http' WHERE way = 'imap'")
    _limit_ways(_OLD_WAYS)
