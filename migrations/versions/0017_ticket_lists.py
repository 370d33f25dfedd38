"""Saved views, call lists and search by words."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_BULK = (
    "assign", "transfer", "tag", "untag", "reason", "priority", "solve", "pending", "spam", "snooze", "merge", "call",
)  # fmt: skip
_OUTCOMES = ("reached", "no_answer", "wrong_number", "call_again")
_OPEN = sa.text("state IN ('new', 'open', 'pending')")
_CALL_OPEN = sa.text("state = 'open'")
TICKET_INDEXES = (
    ("ix_tickets_unassigned", ["store_id", "list_at", "id"], _OPEN.text + " AND assignee_id IS NULL"),
    ("ix_tickets_assignee_updated", ["assignee_id", "updated_at", "id"], "assignee_id IS NOT NULL"),
    ("ix_tickets_reason_updated", ["reason_id", "updated_at", "id"], "reason_id IS NOT NULL"),
    ("ix_tickets_channel_updated", ["channel", "updated_at", "id"], "channel <> 'email'"),
    ("ix_tickets_priority_updated", ["priority", "updated_at", "id"], "priority <> 'normal'"),
)


def _words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), nullable=False)


def _at(name: str, *, nullable: bool = False) -> sa.Column[sa.DateTime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _ref(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _key(table: str, column: str, target: str, **more: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=f"fk_{table}_{column}", **more)


def upgrade() -> None:
    """Tables of the lists, and the indexes that keep filtered lists as quick at a million tickets."""
    for name, columns, condition in TICKET_INDEXES:
        op.create_index(name, "tickets", columns, postgresql_where=sa.text(condition))
    _add_views()
    _add_bulk_runs()
    _add_calls()
    _add_words()


def _add_views() -> None:
    table = "saved_views"
    op.create_table(
        table,
        _id(),
        sa.Column("reach", _words("viewreach", "personal", "store", "chain"), nullable=False),
        _ref("agent_id"),
        _ref("store_id", nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("sort", _words("listsort", "due", "changed"), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        _at("created_at"),
        _at("updated_at"),
        _key(table, "agent_id", "agents"),
        _key(table, "store_id", "stores"),
        sa.PrimaryKeyConstraint("id", name="pk_saved_views"),
    )
    op.create_index("ix_saved_views_reach", table, ["reach", "position", "id"])
    op.create_index("ix_saved_views_agent_id", table, ["agent_id"])
    op.create_index("ix_saved_views_store_id", table, ["store_id"])
    op.create_table(
        "default_views",
        _ref("agent_id"),
        _ref("view_id"),
        _key("default_views", "agent_id", "agents"),
        _key("default_views", "view_id", "saved_views", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("agent_id", name="pk_default_views"),
    )
    op.create_index("ix_default_views_view_id", "default_views", ["view_id"])


def _add_bulk_runs() -> None:
    op.create_table(
        "bulk_runs",
        _id(),
        _ref("agent_id"),
        sa.Column("kind", _words("bulkkind", *_BULK), nullable=False),
        sa.Column("given", JSONB(), nullable=False),
        sa.Column("done", JSONB(), nullable=False),
        sa.Column("refused", JSONB(), nullable=False),
        _at("created_at"),
        _at("undone_at", nullable=True),
        _ref("undone_count", nullable=True),
        _key("bulk_runs", "agent_id", "agents"),
        sa.PrimaryKeyConstraint("id", name="pk_bulk_runs"),
    )
    op.create_index("ix_bulk_runs_agent_id", "bulk_runs", ["agent_id"])


def _add_calls() -> None:
    table = "call_tasks"
    op.create_table(
        table,
        _id(),
        _ref("store_id", nullable=True),
        _ref("customer_id", nullable=True),
        _ref("ticket_id", nullable=True),
        _ref("assignee_id", nullable=True),
        _ref("created_by_id"),
        sa.Column("script", sa.Text(), nullable=False),
        _at("due_at"),
        sa.Column("state", _words("callstate", "open", "done", "given_up"), nullable=False),
        _ref("attempt_count"),
        sa.Column("last_outcome", _words("calloutcome", *_OUTCOMES), nullable=True),
        _at("created_at"),
        _at("ended_at", nullable=True),
        _key(table, "store_id", "stores"),
        _key(table, "customer_id", "customers"),
        _key(table, "ticket_id", "tickets"),
        _key(table, "assignee_id", "agents"),
        _key(table, "created_by_id", "agents"),
        sa.PrimaryKeyConstraint("id", name="pk_call_tasks"),
    )
    op.create_index("ix_call_tasks_store", table, ["store_id", "due_at", "id"], postgresql_where=_CALL_OPEN)
    op.create_index("ix_call_tasks_all", table, ["due_at", "id"], postgresql_where=_CALL_OPEN)
    op.create_index(
        "ix_call_tasks_assignee", table, ["assignee_id", "due_at", "id"], postgresql_where=_CALL_OPEN
    )
    op.create_index(
        "ix_call_tasks_ended", table, ["ended_at", "id"], postgresql_where=sa.text("state <> 'open'")
    )
    op.create_index("ix_call_tasks_customer", table, ["customer_id", "id"])
    op.create_index("ix_call_tasks_ticket", table, ["ticket_id", "id"])
    _add_attempts()


def _add_attempts() -> None:
    table = "call_attempts"
    op.create_table(
        table,
        _id(),
        _ref("task_id"),
        _ref("agent_id"),
        sa.Column("outcome", _words("calloutcome", *_OUTCOMES), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        _at("happened_at"),
        _at("next_at", nullable=True),
        _ref("message_id", nullable=True),
        _key(table, "task_id", "call_tasks"),
        _key(table, "agent_id", "agents"),
        sa.PrimaryKeyConstraint("id", name="pk_call_attempts"),
    )
    op.create_index("ix_call_attempts_task_id", table, ["task_id"])


def _add_words() -> None:
    op.create_table(
        "known_words",
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("ticket_count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("word", name="pk_known_words"),
    )
    op.create_index(
        "ix_known_words_trigrams",
        "known_words",
        ["word"],
        postgresql_using="gin",
        postgresql_ops={"word": "gin_trgm_ops"},
    )
    op.create_table(
        "word_progress",
        _id(),
        _ref("last_ticket_id"),
        sa.PrimaryKeyConstraint("id", name="pk_word_progress"),
    )


def downgrade() -> None:
    """Views, call lists and the known words go; the tickets stay as they are."""
    for table in (
        "word_progress", "known_words", "call_attempts", "call_tasks", "bulk_runs", "default_views", "saved_views",
    ):  # fmt: skip
        op.drop_table(table)
    for name, _, _ in TICKET_INDEXES:
        op.drop_index(name, table_name="tickets")
