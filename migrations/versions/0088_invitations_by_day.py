"""Invitations that left are counted by their day."""

from alembic import op

revision = "0088"
down_revision = "0087"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_invitations_accepted",
        "invitations",
        ["accepted_at", "store_id"],
        postgresql_where="accepted_at IS NOT NULL",
    )


def downgrade() -> None:
    op.drop_index("ix_invitations_accepted", "invitations")
