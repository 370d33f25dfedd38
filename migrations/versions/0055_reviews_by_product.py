"""Reviews are looked for by what their product is called, among all that were ever written."""

from alembic import op

revision = "0055"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_reviews_product",
        "reviews",
        ["sku", "product_name"],
        postgresql_using="gin",
        postgresql_ops={"sku": "gin_trgm_ops", "product_name": "gin_trgm_ops"},
    )


def downgrade() -> None:
    op.drop_index("ix_reviews_product", "reviews")
