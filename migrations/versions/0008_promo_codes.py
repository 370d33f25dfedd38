"""Promo codes: pools, codes, who was given one, and the orders on which they came back."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def _words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=40, create_constraint=True)


def upgrade() -> None:
    op.add_column(
        "orders",
        sa.Column("promo_codes", postgresql.JSONB(), server_default="[]", nullable=False),
    )
    op.create_table(
        "promo_pools",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", _words("poolkind", "unique", "shared"), nullable=False),
        sa.Column("discount_percent", sa.BigInteger(), nullable=True),
        sa.Column("discount_cents", sa.BigInteger(), nullable=True),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("valid_days", sa.BigInteger(), nullable=True),
        sa.Column("is_single_use", sa.Boolean(), nullable=False),
        sa.Column("alert_below", sa.BigInteger(), nullable=False),
        sa.Column("alerted_at", MOMENT, nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promo_pools")),
        sa.UniqueConstraint("key", name=op.f("uq_promo_pools_key")),
    )
    op.create_table(
        "promo_codes",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("pool_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("grant_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["pool_id"], ["promo_pools.id"], name=op.f("fk_promo_codes_pool_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promo_codes")),
        sa.UniqueConstraint("code", name=op.f("uq_promo_codes_code")),
    )
    op.create_index(
        "ix_promo_codes_free",
        "promo_codes",
        ["pool_id", "id"],
        postgresql_where=sa.text("grant_id IS NULL"),
    )
    op.create_table(
        "promo_grants",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("pool_id", sa.BigInteger(), nullable=False),
        sa.Column("code_id", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("state", _words("grantstate", "reserved", "sent", "released"), nullable=False),
        sa.Column("granted_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["code_id"], ["promo_codes.id"], name=op.f("fk_promo_grants_code_id")),
        sa.ForeignKeyConstraint(["pool_id"], ["promo_pools.id"], name=op.f("fk_promo_grants_pool_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promo_grants")),
        sa.UniqueConstraint("reference", name=op.f("uq_promo_grants_reference")),
    )
    op.create_index("ix_promo_grants_code", "promo_grants", ["code_id", "customer_id"])
    op.create_index("ix_promo_grants_customer", "promo_grants", ["customer_id", "granted_at"])
    op.create_index(op.f("ix_promo_grants_pool_id"), "promo_grants", ["pool_id"])
    op.create_index(
        "ix_promo_grants_reserved", "promo_grants", ["id"], postgresql_where=sa.text("state = 'reserved'")
    )
    op.create_table(
        "promo_redemptions",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("code_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "verdict",
            _words(
                "redemptionverdict",
                "valid",
                "too_early",
                "too_late",
                "used_before",
                "not_given",
                "other_customer",
                "unknown_code",
            ),
            nullable=False,
        ),
        sa.Column("redeemed_at", MOMENT, nullable=False),
        sa.Column("cancelled_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["code_id"], ["promo_codes.id"], name=op.f("fk_promo_redemptions_code_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_promo_redemptions_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promo_redemptions")),
        sa.UniqueConstraint("order_id", "code", name=op.f("uq_promo_redemptions_order_id_code")),
    )
    op.create_index("ix_promo_redemptions_code", "promo_redemptions", ["code_id", "redeemed_at"])
    op.create_index("ix_promo_redemptions_latest", "promo_redemptions", ["redeemed_at", "id"])


def downgrade() -> None:
    op.drop_table("promo_redemptions")
    op.drop_table("promo_grants")
    op.drop_table("promo_codes")
    op.drop_table("promo_pools")
    op.drop_column("orders", "promo_codes")
