"""What the base of customers was each night, by store; and an index for messages that came back, by their day."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0086"
down_revision = "0081"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "base_nights",
        sa.Column("store_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("taken_on", sa.Date, primary_key=True),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("run_as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counts", JSONB, nullable=False),
    )
    op.create_index(
        "ix_customers_preferred_store",
        "customers",
        ["preferred_store_id", "id"],
        postgresql_where=sa.text("preferred_store_id IS NOT NULL"),
    )
    op.create_index(
        "ix_outbound_messages_came_back",
        "outbound_messages",
        [sa.text("coalesce(accepted_at, ended_at)")],
        postgresql_where=sa.text("state IN ('bounced', 'failed', 'expired', 'unknown')"),
    )


def downgrade() -> None:
    op.drop_index("ix_outbound_messages_came_back", "outbound_messages")
    op.drop_index("ix_customers_preferred_store", "customers")
    op.drop_table("base_nights")
