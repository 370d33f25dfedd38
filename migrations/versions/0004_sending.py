"""The throttle of each receiving domain, and the probe of a paused sender."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A bucket per domain; who probes a paused channel."""
    op.create_table(
        "domain_throttles",
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("tokens", sa.Float(), nullable=False),
        sa.Column("filled_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("domain", name="pk_domain_throttles"),
    )
    op.add_column("sender_pauses", sa.Column("probe_until", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Forget both."""
    op.drop_column("sender_pauses", "probe_until")
    op.drop_table("domain_throttles")
