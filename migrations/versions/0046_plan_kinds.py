"""What steps of plans write down for others: audiences, letters by post, days of erasure."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0050"
branch_labels = None
depends_on = None

FOLLOWING = ("plan_audience_members", "plan_postal_rows")


def _whole(name: str, *, is_nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.BigInteger(), nullable=is_nullable)


def _moment(name: str) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _text(name: str) -> sa.Column:
    return sa.Column(name, sa.Text(), nullable=False)


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    """New tables only."""
    _make_audiences()
    _make_post()
    op.create_table(
        "plan_erasure_dates",
        _whole("customer_id"),
        _whole("enrolment_id"),
        sa.Column("erasure_due_on", sa.Date(), nullable=False),
        _moment("silent_since"),
        _moment("written_at"),
        _to("plan_erasure_dates", "customer_id", "customers"),
        _to("plan_erasure_dates", "enrolment_id", "enrolments"),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_plan_erasure_dates")),
    )
    op.create_index("ix_plan_erasure_dates_due", "plan_erasure_dates", ["erasure_due_on", "customer_id"])
    for table in FOLLOWING:
        op.execute(
            f"CREATE TRIGGER {table}_follow_merge BEFORE INSERT OR UPDATE OF customer_id ON {table}"
            " FOR EACH ROW WHEN (NEW.customer_id IS NOT NULL) EXECUTE FUNCTION follow_merge()"
        )


def _make_audiences() -> None:
    table = "plan_audience_members"
    op.create_table(
        table,
        _whole("id"),
        _whole("plan_id"),
        _text("name"),
        _whole("enrolment_id"),
        _text("step_key"),
        _whole("customer_id"),
        _moment("joined_at"),
        _moment("ends_at"),
        _to(table, "plan_id", "plans"),
        _to(table, "enrolment_id", "enrolments"),
        _to(table, "customer_id", "customers"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("enrolment_id", "step_key", name=op.f(f"uq_{table}_enrolment_id_step_key")),
    )
    op.create_index("ix_plan_audience_members_list", table, ["plan_id", "name", "customer_id"])
    op.create_index(op.f("ix_plan_audience_members_customer_id"), table, ["customer_id"])


def _make_post() -> None:
    op.create_table(
        "plan_postal_files",
        _whole("id"),
        _whole("plan_id"),
        _text("name"),
        _moment("made_at"),
        _whole("made_by_id", is_nullable=True),
        _whole("row_count"),
        _to("plan_postal_files", "plan_id", "plans"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_postal_files")),
    )
    op.create_index("ix_plan_postal_files_list", "plan_postal_files", ["plan_id", "id"])
    table = "plan_postal_rows"
    op.create_table(
        table,
        _whole("id"),
        _whole("plan_id"),
        _text("name"),
        _whole("enrolment_id"),
        _text("step_key"),
        _whole("customer_id"),
        _moment("added_at"),
        _moment("ends_at"),
        _whole("file_id", is_nullable=True),
        _to(table, "plan_id", "plans"),
        _to(table, "enrolment_id", "enrolments"),
        _to(table, "customer_id", "customers"),
        _to(table, "file_id", "plan_postal_files"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("enrolment_id", "step_key", name=op.f(f"uq_{table}_enrolment_id_step_key")),
    )
    waiting, fetched = sa.text("file_id IS NULL"), sa.text("file_id IS NOT NULL")
    op.create_index("ix_plan_postal_rows_waiting", table, ["plan_id", "name", "id"], postgresql_where=waiting)
    op.create_index("ix_plan_postal_rows_file", table, ["file_id"], postgresql_where=fetched)
    op.create_index(op.f("ix_plan_postal_rows_customer_id"), table, ["customer_id"])


def downgrade() -> None:
    """They go with their rows."""
    for table in ("plan_erasure_dates", "plan_postal_rows", "plan_postal_files", "plan_audience_members"):
        op.drop_table(table)
