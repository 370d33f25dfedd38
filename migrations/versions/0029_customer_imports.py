"""Customer imports: the file, its rows, findings and effects; street and town of a customer."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
JSON = postgresql.JSONB()
STATES = (
    "reading",
    "matching",
    "checking",
    "checked",
    "applying",
    "applied",
    "undoing",
    "undone",
    "cancelled",
    "failed",
)
OUTCOMES = ("new", "updated", "unchanged", "refused", "skipped")
REASONS = ("no_address", "phone_of_other", "empty", "by_hand", "in_file", "known", "failed")
UNDONE = ("removed", "kept", "restored", "partly", "nothing")
WORKED_ON = "state IN ('reading', 'checking', 'applying', 'undoing')"
TABLES = (
    "import_effects",
    "import_findings",
    "import_keys",
    "import_rows",
    "import_columns",
    "customer_imports",
)


def _number(name: str, *, is_nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=is_nullable)


def _text(name: str, *, is_nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=is_nullable)


def _json(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, JSON, nullable=False) for name in names]


def _moment(*names: str, is_nullable: bool = True) -> list[sa.Column[object]]:
    return [sa.Column(name, MOMENT, nullable=is_nullable) for name in names]


def _of_import(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["import_id"], ["customer_imports.id"], name=op.f(f"fk_{table}_import_id"))


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def upgrade() -> None:
    """Two columns with a default, and tables of their own."""
    op.add_column("customers", sa.Column("street", sa.Text(), server_default="", nullable=False))
    op.add_column("customers", sa.Column("town", sa.Text(), server_default="", nullable=False))
    _create_imports()
    _create_rows()
    _create_findings()
    _create_effects()
    op.create_table(
        "import_columns",
        _text("headings_key"),
        *_json("mapping", "choices"),
        *_moment("updated_at", is_nullable=False),
        _key("import_columns", "headings_key"),
    )


def _create_imports() -> None:
    op.create_table(
        "customer_imports",
        _number("id"),
        _text("file_name"),
        _text("sha256", is_nullable=True),
        _text("digest"),
        _number("size_bytes"),
        sa.Column("state", sa.String(40), nullable=False),
        *_json("headings", "samples", "about", "mapping", "choices", "learned", "counts", "undo_counts"),
        sa.Column("is_read", sa.Boolean(), nullable=False),
        _number("row_count"),
        _number("position"),
        _text("error"),
        *_json("error_values"),
        _number("attempt_count"),
        _number("suspect", is_nullable=True),
        *_moment("lease_until"),
        _number("created_by_id", is_nullable=True),
        *_moment("created_at", is_nullable=False),
        *_moment("checked_at", "applied_at", "undone_at"),
        *_moment("purge_at", is_nullable=False),
        *_moment("purged_at"),
        sa.CheckConstraint(f"state IN {STATES}", name=op.f("ck_customer_imports_importstate")),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["agents.id"], name=op.f("fk_customer_imports_created_by_id")
        ),
        _key("customer_imports", "id"),
    )
    op.create_index(
        "ix_customer_imports_due", "customer_imports", ["lease_until"], postgresql_where=sa.text(WORKED_ON)
    )
    not_purged = sa.text("purged_at IS NULL")
    op.create_index(
        "ix_customer_imports_purge", "customer_imports", ["purge_at"], postgresql_where=not_purged
    )
    op.create_index(op.f("ix_customer_imports_digest"), "customer_imports", ["digest"])


def _create_rows() -> None:
    op.create_table(
        "import_rows",
        _number("import_id"),
        _number("row"),
        *_json("cells", "edits", "values"),
        sa.Column("outcome", sa.String(40), nullable=False),
        sa.Column("reason", sa.String(40), nullable=True),
        _number("same_as", is_nullable=True),
        _number("customer_id", is_nullable=True),
        _text("choice", is_nullable=True),
        sa.Column("is_stale", sa.Boolean(), nullable=False),
        sa.CheckConstraint(f"outcome IN {OUTCOMES}", name=op.f("ck_import_rows_rowoutcome")),
        sa.CheckConstraint(f"reason IN {REASONS}", name=op.f("ck_import_rows_rowreason")),
        _of_import("import_rows"),
        _key("import_rows", "import_id", "row"),
    )
    op.create_index("ix_import_rows_outcome", "import_rows", ["import_id", "outcome", "reason", "row"])
    op.create_index(
        "ix_import_rows_stale", "import_rows", ["import_id", "row"], postgresql_where=sa.text("is_stale")
    )
    same = sa.text("same_as IS NOT NULL")
    op.create_index("ix_import_rows_same_as", "import_rows", ["import_id", "same_as"], postgresql_where=same)


def _create_findings() -> None:
    op.create_table(
        "import_keys",
        _number("import_id"),
        _number("key"),
        _number("row"),
        _of_import("import_keys"),
        _key("import_keys", "import_id", "key", "row"),
    )
    op.create_table(
        "import_findings",
        _number("import_id"),
        _number("row"),
        _number("position"),
        *(_text(name) for name in ("kind", "severity", "field", "value")),
        _text("suggestion", is_nullable=True),
        _text("other", is_nullable=True),
        _of_import("import_findings"),
        _key("import_findings", "import_id", "row", "position"),
    )
    op.create_index("ix_import_findings_kind", "import_findings", ["import_id", "kind", "row", "position"])


def _create_effects() -> None:
    op.create_table(
        "import_effects",
        _number("import_id"),
        _number("row"),
        _number("customer_id"),
        sa.Column("is_new", sa.Boolean(), nullable=False),
        *_json("before", "after", "made"),
        sa.Column("undone", sa.String(40), nullable=True),
        sa.Column("undo_note", JSON, server_default="[]", nullable=False),
        sa.CheckConstraint(f"undone IN {UNDONE}", name=op.f("ck_import_effects_undooutcome")),
        _of_import("import_effects"),
        _key("import_effects", "import_id", "row"),
    )
    op.create_index(op.f("ix_import_effects_customer_id"), "import_effects", ["customer_id"])


def downgrade() -> None:
    """What imports remember goes; the customers they brought stay."""
    for table in TABLES:
        op.drop_table(table)
    op.drop_column("customers", "town")
    op.drop_column("customers", "street")
