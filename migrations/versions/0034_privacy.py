"""Requests about personal data, erasures, terms of retention; audits and repairs of the base; the archive."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_MOMENTS = ("last_active_at", "archived_at", "erased_at")
_NEW = (
    "processing_remarks",
    "retention_runs",
    "retention_rules",
    "erasures",
    "privacy_requests",
    "archive_runs",
    "quality_changes",
    "quality_repairs",
    "quality_audits",
    "quality_settings",
)


def _id() -> sa.Column:
    return sa.Column("id", sa.BigInteger(), nullable=False)


def _whole(name: str, *, is_nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.BigInteger(), nullable=is_nullable)


def _moment(name: str, *, is_nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=is_nullable)


def _text(name: str) -> sa.Column:
    return sa.Column(name, sa.Text(), nullable=False)


def _flag(name: str) -> sa.Column:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _json(name: str) -> sa.Column:
    return sa.Column(name, postgresql.JSONB(astext_type=sa.Text()), nullable=False)


def _word(name: str, enum: str, *values: str) -> sa.Column:
    kind = sa.Enum(*values, name=enum, native_enum=False, create_constraint=True, length=40)
    return sa.Column(name, kind, nullable=False)


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def _to(table: str, column: str, other: str, **options: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"), **options)


def upgrade() -> None:
    """`last_active_at` of those there are is worked out by a job, not here: it reads the orders of years."""
    for name in _MOMENTS:
        op.add_column("customers", _moment(name, is_nullable=True))
    op.add_column("customers", _whole("archive_run_id", is_nullable=True))
    op.create_index(
        "ix_customers_archived",
        "customers",
        ["archive_run_id", "id"],
        postgresql_where=sa.text("archived_at IS NOT NULL"),
    )
    op.create_index("ix_customers_last_active", "customers", ["last_active_at", "id"])
    _make_quality()
    _make_privacy()


def _make_quality() -> None:
    op.create_table(
        "quality_settings",
        _id(),
        _flag("is_audit_on"),
        _whole("every_months"),
        _moment("next_audit_at"),
        _json("agent_ids"),
        _whole("inactive_months"),
        _flag("is_archive_on"),
        _whole("archive_months"),
        _moment("next_archive_at"),
        _moment("changed_at"),
        _key("quality_settings", "id"),
    )
    op.create_table(
        "quality_audits",
        _id(),
        _flag("is_planned"),
        _moment("made_at"),
        _whole("made_by_id", is_nullable=True),
        _whole("customer_count"),
        _json("counts"),
        _key("quality_audits", "id"),
    )
    op.create_index("ix_quality_audits_made_at", "quality_audits", ["made_at"])
    op.create_table(
        "quality_repairs",
        _id(),
        _text("report"),
        _moment("made_at"),
        _whole("made_by_id", is_nullable=True),
        _whole("change_count"),
        _whole("refused_count"),
        _moment("undone_at", is_nullable=True),
        _whole("undone_count", is_nullable=True),
        _key("quality_repairs", "id"),
    )
    op.create_table(
        "quality_changes",
        _id(),
        _whole("repair_id"),
        _whole("customer_id"),
        _text("field"),
        _text("before"),
        _text("after"),
        _to("quality_changes", "repair_id", "quality_repairs", ondelete="CASCADE"),
        _to("quality_changes", "customer_id", "customers"),
        _key("quality_changes", "id"),
    )
    op.create_index("ix_quality_changes_repair", "quality_changes", ["repair_id", "id"])
    op.create_index("ix_quality_changes_customer_id", "quality_changes", ["customer_id"])
    op.create_table(
        "archive_runs",
        _id(),
        _flag("is_planned"),
        _moment("made_at"),
        _whole("made_by_id", is_nullable=True),
        _whole("months"),
        _whole("archived_count"),
        _moment("undone_at", is_nullable=True),
        _whole("undone_count", is_nullable=True),
        _key("archive_runs", "id"),
    )


def _make_privacy() -> None:
    op.create_table(
        "privacy_requests",
        _id(),
        _whole("customer_id"),
        _word("kind", "requestkind", "access", "correction", "erasure", "portability", "objection"),
        _word("state", "requeststate", "open", "done", "refused"),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        _text("refusal"),
        _moment("noted_at"),
        _whole("noted_by_id", is_nullable=True),
        _moment("ended_at", is_nullable=True),
        _whole("ended_by_id", is_nullable=True),
        _to("privacy_requests", "customer_id", "customers"),
        _key("privacy_requests", "id"),
    )
    op.create_index("ix_privacy_requests_customer_id", "privacy_requests", ["customer_id"])
    op.create_index("ix_privacy_requests_list", "privacy_requests", ["state", "due_on", "id"])
    op.create_table(
        "erasures",
        _id(),
        _whole("customer_id"),
        _whole("request_id", is_nullable=True),
        _word("state", "erasurestate", "waiting", "running", "done"),
        _whole("step"),
        _text("traces_sealed"),
        _json("counts"),
        _flag("is_planned"),
        _moment("asked_at"),
        _whole("asked_by_id", is_nullable=True),
        _moment("ended_at", is_nullable=True),
        _to("erasures", "customer_id", "customers"),
        _to("erasures", "request_id", "privacy_requests"),
        _key("erasures", "id"),
    )
    under_way = sa.text("state <> 'done'")
    op.create_index("ix_erasures_due", "erasures", ["id"], postgresql_where=under_way)
    op.create_index(
        "uq_erasures_under_way", "erasures", ["customer_id"], unique=True, postgresql_where=under_way
    )
    op.create_table(
        "retention_rules",
        _text("kind"),
        _whole("months"),
        _flag("is_on"),
        _moment("changed_at"),
        _whole("changed_by_id", is_nullable=True),
        _key("retention_rules", "kind"),
    )
    op.create_table(
        "retention_runs",
        _id(),
        _text("kind"),
        _moment("started_at"),
        _moment("before_at"),
        _moment("oldest_at", is_nullable=True),
        _whole("row_count"),
        _moment("ended_at", is_nullable=True),
        _key("retention_runs", "id"),
    )
    op.create_index("ix_retention_runs_list", "retention_runs", ["started_at", "id"])
    op.create_table(
        "processing_remarks",
        _text("key"),
        _text("remark"),
        _moment("changed_at"),
        _whole("changed_by_id", is_nullable=True),
        _key("processing_remarks", "key"),
    )


def downgrade() -> None:
    """As before."""
    for table in _NEW:
        op.drop_table(table)
    op.drop_index("ix_customers_last_active", "customers")
    op.drop_index("ix_customers_archived", "customers")
    op.drop_column("customers", "archive_run_id")
    for name in _MOMENTS:
        op.drop_column("customers", name)
