"""Why people were not asked, how many were reminded; messages of which nothing is measured."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0061"
down_revision = "0058"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("passed_over", "not_reminded"):
        op.add_column(
            "questionnaire_waves", sa.Column(name, JSONB, nullable=False, server_default=sa.text("'{}'"))
        )
        op.alter_column("questionnaire_waves", name, server_default=None)
    op.add_column(
        "questionnaire_waves",
        sa.Column("reminded_count", sa.BigInteger, nullable=False, server_default="0"),
    )
    op.alter_column("questionnaire_waves", "reminded_count", server_default=None)
    op.add_column(
        "outbound_messages",
        sa.Column("is_measured", sa.Boolean, nullable=False, server_default=sa.true()),
    )


def downgrade() -> None:
    op.drop_column("outbound_messages", "is_measured")
    for name in ("reminded_count", "not_reminded", "passed_over"):
        op.drop_column("questionnaire_waves", name)
