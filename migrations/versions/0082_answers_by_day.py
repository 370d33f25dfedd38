"""Answers that count are found by their day."""

from alembic import op

revision = "0082"
down_revision = "0084"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_answers_answered", "answers", ["answered_at"], postgresql_where="state = 'confirmed'")


def downgrade() -> None:
    op.drop_index("ix_answers_answered", "answers")
