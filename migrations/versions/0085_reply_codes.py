"""The pool of which a standard reply gives a code, and what was inserted into a draft."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0085"
down_revision = "0082"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "standard_replies",
        sa.Column(
            "gives_pool_id",
            sa.BigInteger,
            sa.ForeignKey("promo_pools.id", name="fk_standard_replies_gives_pool_id"),
        ),
    )
    op.add_column("drafts", sa.Column("inserted", JSONB, nullable=False, server_default="{}"))
    op.alter_column("drafts", "inserted", server_default=None)


def downgrade() -> None:
    op.drop_column("drafts", "inserted")
    op.drop_column("standard_replies", "gives_pool_id")
