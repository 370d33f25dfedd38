"""Rows whose work is put off, attempts of takeovers, the alert of the central queue."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """A store's alert keeps what was chosen; without a store it is the central queue's."""
    op.create_table(
        "put_off_rows",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("row_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("attempt_count", sa.BigInteger(), nullable=False),
        sa.Column("next_attempt_at", MOMENT, nullable=False),
        sa.Column("since_at", MOMENT, nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "row_id", name=op.f("pk_put_off_rows")),
    )
    op.create_index("ix_put_off_rows_since", "put_off_rows", ["since_at", "kind", "row_id"])
    op.add_column(
        "takeovers", sa.Column("attempt_count", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.add_column("takeovers", sa.Column("suspect", sa.BigInteger(), nullable=True))
    op.execute("ALTER TABLE store_alerts ADD COLUMN id BIGSERIAL")
    op.drop_constraint("pk_store_alerts", "store_alerts", type_="primary")
    op.create_primary_key("pk_store_alerts", "store_alerts", ["id"])
    op.alter_column("store_alerts", "store_id", nullable=True)
    op.alter_column("store_alerts", "is_on", nullable=True)
    op.create_unique_constraint(
        "uq_store_alerts_store_id", "store_alerts", ["store_id"], postgresql_nulls_not_distinct=True
    )


def downgrade() -> None:
    """What was put off is due at once; the central queue tells nobody."""
    op.execute("DELETE FROM store_alerts WHERE store_id IS NULL OR is_on IS NULL")
    op.alter_column("store_alerts", "is_on", nullable=False)
    op.drop_constraint("uq_store_alerts_store_id", "store_alerts", type_="unique")
    op.drop_constraint("pk_store_alerts", "store_alerts", type_="primary")
    op.alter_column("store_alerts", "store_id", nullable=False)
    op.create_primary_key("pk_store_alerts", "store_alerts", ["store_id"])
    op.drop_column("store_alerts", "id")
    op.drop_column("takeovers", "suspect")
    op.drop_column("takeovers", "attempt_count")
    op.drop_table("put_off_rows")
