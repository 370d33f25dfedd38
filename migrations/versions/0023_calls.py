"""Phone calls."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

LINES, CALLS = "phone_lines", "phone_calls"
STATES = ("ringing", "talking", "message", "answered", "missed", "voicemail")
RECORDINGS = ("waiting", "kept", "lost")
OTHERS = (("store_id", "stores"), ("customer_id", "customers"), ("ticket_id", "tickets"))
INDEXES = (
    ("live", ["store_id", "id"], "ended_at IS NULL"),
    ("look", ["look_at"], "look_at IS NOT NULL"),
    ("caller", ["caller", "store_id"], "caller IS NOT NULL"),
    ("customer", ["customer_id"], "customer_id IS NOT NULL"),
    ("ticket", ["ticket_id"], "ticket_id IS NOT NULL"),
)


def upgrade() -> None:
    """How stores are called, and one row a call."""
    op.create_table(
        LINES,
        sa.Column("store_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("rings_at", sa.Text(), nullable=True),
        sa.Column("ring_seconds", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_phone_lines_store_id")),
        sa.PrimaryKeyConstraint("store_id", name=op.f("pk_phone_lines")),
        sa.UniqueConstraint("number", name=op.f("uq_phone_lines_number")),
    )
    op.create_table(
        CALLS,
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("sid", sa.Text(), nullable=False),
        sa.Column("called", sa.Text(), nullable=False),
        sa.Column("caller", sa.Text(), nullable=True),
        sa.Column("store_id", sa.BigInteger(), nullable=True),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("is_dialled", sa.Boolean(), nullable=False),
        sa.Column("has_dial_failed", sa.Boolean(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("duration_seconds", sa.BigInteger(), nullable=False),
        sa.Column("recording_sid", sa.Text(), nullable=True),
        sa.Column("recording_seconds", sa.BigInteger(), nullable=False),
        sa.Column("recording_state", sa.String(40), nullable=True),
        sa.Column("file_sha256", sa.Text(), nullable=True),
        sa.Column("attempt_count", sa.BigInteger(), nullable=False),
        sa.Column("look_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ticket_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(f"state IN {STATES}", name=op.f("ck_phone_calls_phonecallstate")),
        sa.CheckConstraint(f"recording_state IN {RECORDINGS}", name=op.f("ck_phone_calls_recordingstate")),
        *(
            sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{CALLS}_{column}"))
            for column, other in OTHERS
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_calls")),
        sa.UniqueConstraint("sid", name=op.f("uq_phone_calls_sid")),
    )
    for name, columns, where in INDEXES:
        op.create_index(f"ix_phone_calls_{name}", CALLS, columns, postgresql_where=sa.text(where))


def downgrade() -> None:
    """Calls and lines go with their tables; tickets and recordings stay."""
    op.drop_table(CALLS)
    op.drop_table(LINES)
