"""How far it has been looked for each plan what nobody tells; customers by their day of birth and of registration."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0048"
down_revision = "0046"
branch_labels = None
depends_on = None

TRIGGERS = (
    "order_placed",
    "order_paid",
    "order_shipped",
    "order_ready",
    "order_delivered",
    "first_order",
    "account_created",
    "newsletter_joined",
    "inactive",
    "date",
    "basket_left",
    "no_sign_of_life",
    "churn_below",
    "event",
    "by_hand",
)


def upgrade() -> None:
    op.create_table(
        "plan_scans",
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "trigger",
            sa.Enum(*TRIGGERS, name="trigger", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reaching", sa.DateTime(timezone=True), nullable=True),
        sa.Column("position", JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("seen_id", sa.BigInteger(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plans.id"], name=op.f("fk_plan_scans_plan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("plan_id", "trigger", name=op.f("pk_plan_scans")),
    )
    op.create_index("ix_plan_scans_due", "plan_scans", ["due_at"])
    op.create_index("ix_customers_created", "customers", ["created_at", "id"])
    op.create_index(
        "ix_customers_birthday",
        "customers",
        [sa.text("(EXTRACT(MONTH FROM birth_on)::int * 100 + EXTRACT(DAY FROM birth_on)::int)"), "id"],
        postgresql_where="birth_on IS NOT NULL",
    )


def downgrade() -> None:
    """Plans that are switched on again begin to look from then."""
    op.drop_index("ix_customers_birthday", table_name="customers")
    op.drop_index("ix_customers_created", table_name="customers")
    op.drop_table("plan_scans")
