"""Where people stopped stays counted when what they had filled in is no longer kept."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0079"
down_revision = "0071"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "questionnaire_stops",
        sa.Column("questionnaire_id", sa.BigInteger, sa.ForeignKey("questionnaires.id"), primary_key=True),
        sa.Column("page_key", sa.Text, primary_key=True),
        sa.Column("shown_hash", sa.Text, primary_key=True),
        sa.Column("shown", JSONB, nullable=False),
        sa.Column("count", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("questionnaire_stops")
