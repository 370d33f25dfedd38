"""A passage whose step failed waits for another try; which version it entered with is kept when it is moved."""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0047"
branch_labels = None
depends_on = None

OLD_WAITS = ("grievance", "daily_limit", "message")


def upgrade() -> None:
    """Every old row fits the wider check."""
    _check((*OLD_WAITS, "failed"))
    op.add_column(
        "enrolments", sa.Column("entered_version_id", sa.BigInteger, sa.ForeignKey("plan_versions.id"))
    )


def downgrade() -> None:
    """What failed is due at the moment of its next try as any other step."""
    op.drop_column("enrolments", "entered_version_id")
    op.execute("UPDATE enrolments SET wait_reason = NULL WHERE wait_reason = 'failed'")
    _check(OLD_WAITS)


def _check(words: tuple[str, ...]) -> None:
    among = ", ".join(f"'{word}'" for word in words)
    op.execute("ALTER TABLE enrolments DROP CONSTRAINT ck_enrolments_wait")
    op.execute(
        f"ALTER TABLE enrolments ADD CONSTRAINT ck_enrolments_wait CHECK (wait_reason IN ({among})) NOT VALID"
    )
    op.execute("ALTER TABLE enrolments VALIDATE CONSTRAINT ck_enrolments_wait")
