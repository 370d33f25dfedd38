"""The index of articles also names the order: a segment of buyers reads no line of an order."""

from alembic import op

revision = "0044"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_order_lines_sku", table_name="order_lines")
    op.create_index(
        "ix_order_lines_sku", "order_lines", ["sku"], unique=False, postgresql_include=["order_id"]
    )


def downgrade() -> None:
    op.drop_index("ix_order_lines_sku", table_name="order_lines")
    op.create_index("ix_order_lines_sku", "order_lines", ["sku"], unique=False)
