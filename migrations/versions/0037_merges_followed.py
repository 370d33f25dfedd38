"""Rows of the tables that came beside the merges follow them too."""

from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

TABLES = (
    "baskets",
    "visitors",
    "visits",
    "segment_members",
    "customer_score_changes",
    "privacy_requests",
    "customer_notes",
)


def upgrade() -> None:
    """As for the tables of 0030."""
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER {table}_follow_merge BEFORE INSERT OR UPDATE OF customer_id ON {table}"
            " FOR EACH ROW WHEN (NEW.customer_id IS NOT NULL) EXECUTE FUNCTION follow_merge()"
        )


def downgrade() -> None:
    """They stay with whom they name."""
    for table in TABLES:
        op.execute(f"DROP TRIGGER {table}_follow_merge ON {table}")
