"""For which channels a standard reply is written, and what sending it also sets on the ticket."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0080"
down_revision = "0072"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("standard_replies", sa.Column("channels", JSONB, nullable=False, server_default="[]"))
    op.alter_column("standard_replies", "channels", server_default=None)
    op.add_column(
        "standard_replies",
        sa.Column(
            "sets_reason_id",
            sa.BigInteger,
            sa.ForeignKey("reasons.id", name="fk_standard_replies_sets_reason_id"),
        ),
    )
    op.add_column("standard_replies", sa.Column("sets_state", sa.String(40)))
    op.add_column("standard_replies", sa.Column("sets_tag_id", sa.BigInteger))
    op.create_check_constraint(
        op.f("ck_standard_replies_aftersending"), "standard_replies", "sets_state IN ('pending', 'solved')"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_standard_replies_aftersending"), "standard_replies")
    op.drop_column("standard_replies", "sets_tag_id")
    op.drop_column("standard_replies", "sets_state")
    op.drop_column("standard_replies", "sets_reason_id")
    op.drop_column("standard_replies", "channels")
