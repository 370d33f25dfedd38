"""Figures are kept in packed columns by day, and the days of waits and solutions are found by an index."""

import sqlalchemy as sa
from alembic import op

revision = "0081"
down_revision = "0083"
branch_labels = None
depends_on = None

INDEXES = (
    ("ix_reply_waits_dropped", "reply_waits", "dropped_at"),
    ("ix_tickets_first_solved", "tickets", "first_solved_at"),
    ("ix_tickets_last_solved", "tickets", "solved_at"),
)


def upgrade() -> None:
    op.create_table(
        "statistics_columns",
        sa.Column("subject", sa.Text, primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )
    op.execute("ALTER TABLE statistics_columns ALTER COLUMN data SET STORAGE EXTERNAL")
    op.create_table(
        "statistics_marks",
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
    )
    op.create_index("ix_statistics_marks_day", "statistics_marks", ["day", "subject"])
    op.create_table(
        "statistics_layouts",
        sa.Column("subject", sa.Text, primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("time_zone", sa.Text, nullable=False),
    )
    for name, table, column in INDEXES:
        op.create_index(name, table, [column], postgresql_where=f"{column} IS NOT NULL")


def downgrade() -> None:
    for name, table, _ in INDEXES:
        op.drop_index(name, table)
    op.drop_table("statistics_layouts")
    op.drop_table("statistics_marks")
    op.drop_table("statistics_columns")
