"""Gestures of goodwill."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

TABLE = "gestures"
KINDS = ("voucher", "refund")
STATES = ("asked", "granted", "refused", "done")
OTHERS = (
    ("ticket_id", "tickets"),
    ("store_id", "stores"),
    ("reason_id", "reasons"),
    ("asked_by_id", "agents"),
    ("decided_by_id", "agents"),
    ("done_by_id", "agents"),
)


def upgrade() -> None:
    """One row a gesture."""
    op.create_table(
        TABLE,
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("store_id", sa.BigInteger(), nullable=True),
        sa.Column("reason_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("pool_key", sa.Text(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("asked_by_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by_id", sa.BigInteger(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_gestures_amount")),
        sa.CheckConstraint(f"kind IN {KINDS}", name=op.f("ck_gestures_gesturekind")),
        sa.CheckConstraint(f"state IN {STATES}", name=op.f("ck_gestures_gesturestate")),
        *(
            sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{TABLE}_{column}"))
            for column, other in OTHERS
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gestures")),
        sa.UniqueConstraint("key", name=op.f("uq_gestures_key")),
    )
    op.create_index("ix_gestures_ticket", TABLE, ["ticket_id", "id"])
    todo, decided = sa.text("state IN ('asked', 'granted')"), sa.text("decided_at IS NOT NULL")
    op.create_index("ix_gestures_todo", TABLE, ["store_id", "id"], postgresql_where=todo)
    op.create_index("ix_gestures_decided", TABLE, ["decided_at", "store_id"], postgresql_where=decided)


def downgrade() -> None:
    """The gestures go with the table."""
    op.drop_table(TABLE)
