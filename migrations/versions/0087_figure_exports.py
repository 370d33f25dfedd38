"""Files of all figures by day that each night writes."""

import sqlalchemy as sa
from alembic import op

revision = "0087"
down_revision = "0085"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "figure_exports",
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("night", sa.Date, nullable=False),
        sa.Column("grain", sa.String(40), nullable=False),
        sa.Column("span", sa.String(40), nullable=False),
        sa.Column("since_on", sa.Date, nullable=False),
        sa.Column("until_on", sa.Date, nullable=False),
        sa.Column("row_count", sa.BigInteger, nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("file_sha256", sa.Text),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("name", name=op.f("uq_figure_exports_name")),
        sa.CheckConstraint("grain IN ('stores', 'chain')", name=op.f("ck_figure_exports_grain")),
        sa.CheckConstraint("span IN ('recent', 'month')", name=op.f("ck_figure_exports_span")),
    )


def downgrade() -> None:
    op.drop_table("figure_exports")
