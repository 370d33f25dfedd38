"""Rules that watch a figure, and whether it is above its threshold."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0084"
down_revision = "0086"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alert_rules",
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("watched", sa.String(40), nullable=False),
        sa.Column("threshold", sa.BigInteger),
        sa.Column("region_id", sa.BigInteger),
        sa.Column("store_ids", JSONB, nullable=False),
        sa.Column("is_each_store", sa.Boolean, nullable=False),
        sa.Column("tells", JSONB, nullable=False),
        sa.Column("is_on", sa.Boolean, nullable=False),
        sa.Column("is_central", sa.Boolean, nullable=False),
        sa.Column("made_by_id", sa.BigInteger, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["region_id"], ["regions.id"], name=op.f("fk_alert_rules_region_id_regions")),
        sa.ForeignKeyConstraint(["made_by_id"], ["agents.id"], name=op.f("fk_alert_rules_made_by_id_agents")),
        sa.CheckConstraint(
            "watched IN ('backlog', 'late', 'satisfaction')", name=op.f("ck_alert_rules_watched")
        ),
    )
    op.create_table(
        "alert_states",
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("rule_id", sa.BigInteger, nullable=False),
        sa.Column("store_id", sa.BigInteger),
        sa.Column("is_above", sa.Boolean, nullable=False),
        sa.Column("value", sa.Float, nullable=False),
        sa.Column("since_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["alert_rules.id"], name=op.f("fk_alert_states_rule_id_alert_rules")
        ),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_alert_states_store_id_stores")),
        sa.UniqueConstraint(
            "rule_id",
            "store_id",
            name=op.f("uq_alert_states_rule_id_store_id"),
            postgresql_nulls_not_distinct=True,
        ),
    )


def downgrade() -> None:
    op.drop_table("alert_states")
    op.drop_table("alert_rules")
