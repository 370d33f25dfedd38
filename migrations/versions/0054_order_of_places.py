"""Due steps are claimed in an order that does not depend on who claims: by moment, customer, passage."""

from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_enrolments_due", table_name="enrolments")
    op.create_index(
        "ix_enrolments_due",
        "enrolments",
        ["due_at", "customer_id", "id", "plan_id"],
        postgresql_where="state = 'waiting'",
    )


def downgrade() -> None:
    op.drop_index("ix_enrolments_due", table_name="enrolments")
    op.create_index("ix_enrolments_due", "enrolments", ["due_at"], postgresql_where="state = 'waiting'")
