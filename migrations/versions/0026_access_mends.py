"""The order a gesture was given for; files of the shelf that may belong to nothing."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Gestures of before belong to the order that their ticket is about."""
    op.add_column("gestures", sa.Column("order_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_gestures_order_id"), "gestures", "orders", ["order_id"], ["id"])
    op.execute(
        "UPDATE gestures SET order_id = tickets.order_id FROM tickets WHERE tickets.id = gestures.ticket_id"
    )
    op.create_index(
        "ix_gestures_order", "gestures", ["order_id", "id"], postgresql_where=sa.text("order_id IS NOT NULL")
    )
    op.create_table(
        "loose_files",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_loose_files")),
    )
    op.create_index("ix_loose_files_noted", "loose_files", ["noted_at"])


def downgrade() -> None:
    """As before."""
    op.drop_table("loose_files")
    op.drop_index("ix_gestures_order", "gestures")
    op.drop_constraint(op.f("fk_gestures_order_id"), "gestures", type_="foreignkey")
    op.drop_column("gestures", "order_id")
