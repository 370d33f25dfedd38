"""Saved segments and typed properties, with the indexes that segments are counted by."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
STATES = ("waiting", "running", "done", "failed")


def _words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _id(name: str = "id") -> sa.Column:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _text(name: str, **more: object) -> sa.Column:
    return sa.Column(name, sa.Text(), nullable=False, **more)


def _to(table: str, column: str, other: str, *, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=ondelete)


def upgrade() -> None:
    """All new but one column of customers, empty for old rows."""
    op.add_column(
        "customers", sa.Column("properties", postgresql.JSONB(), server_default="{}", nullable=False)
    )
    op.create_index(
        "ix_customers_properties",
        "customers",
        ["properties"],
        postgresql_using="gin",
        postgresql_ops={"properties": "jsonb_path_ops"},
    )
    _add_properties()
    _add_segments()
    _add_parts()
    _add_files()
    _index_what_is_counted()


def _add_properties() -> None:
    op.create_table(
        "property_definitions",
        _id(),
        _text("key"),
        _text("family"),
        sa.Column(
            "kind", _words("propertykind", "text", "number", "date", "boolean", "choice"), nullable=False
        ),
        _text("label"),
        _text("description"),
        sa.Column("choices", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_property_definitions")),
        sa.UniqueConstraint("key", name=op.f("uq_property_definitions_key")),
    )
    op.create_table(
        "property_uses",
        _id(),
        _text("key"),
        _text("source_kind"),
        _id("source_id"),
        _text("name"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_property_uses")),
        sa.UniqueConstraint(
            "source_kind", "source_id", "key", name=op.f("uq_property_uses_source_kind_source_id_key")
        ),
    )
    op.create_index("ix_property_uses_key", "property_uses", ["key"])


def _add_segments() -> None:
    op.create_table(
        "segments",
        _id(),
        _text("name"),
        _text("sort_key"),
        _text("description", server_default=""),
        sa.Column("kind", _words("segmentkind", "live", "static"), nullable=False),
        sa.Column("definition", postgresql.JSONB(), nullable=False),
        sa.Column("revision", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=True),
        sa.Column("customer_count", sa.BigInteger(), nullable=True),
        sa.Column("counted_at", MOMENT, nullable=True),
        sa.Column("refreshed_at", MOMENT, nullable=True),
        sa.Column("work_state", _words("workstate", *STATES), server_default="done", nullable=False),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("attempt_count", sa.BigInteger(), server_default="0", nullable=False),
        _text("error", server_default=""),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("archived_at", MOMENT, nullable=True),
        _to("segments", "owner_id", "agents"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segments")),
    )
    waits = sa.text("work_state IN ('waiting', 'running')")
    op.create_index("ix_segments_work", "segments", ["id"], postgresql_where=waits)
    op.create_index("ix_segments_list", "segments", ["sort_key", "id"])


def _add_parts() -> None:
    op.create_table(
        "segment_members",
        _id("segment_id"),
        _id("customer_id"),
        _to("segment_members", "segment_id", "segments", ondelete="CASCADE"),
        _to("segment_members", "customer_id", "customers"),
        sa.PrimaryKeyConstraint("segment_id", "customer_id", name=op.f("pk_segment_members")),
    )
    op.create_index("ix_segment_members_customer_id", "segment_members", ["customer_id"])
    op.create_table(
        "segment_sizes",
        _id("segment_id"),
        sa.Column("counted_on", sa.Date(), nullable=False),
        _id("customer_count"),
        _to("segment_sizes", "segment_id", "segments", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("segment_id", "counted_on", name=op.f("pk_segment_sizes")),
    )
    op.create_table(
        "segment_uses",
        _id(),
        _id("segment_id"),
        _text("source_kind"),
        _id("source_id"),
        _text("name"),
        _to("segment_uses", "segment_id", "segments"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segment_uses")),
        sa.UniqueConstraint(
            "source_kind",
            "source_id",
            "segment_id",
            name=op.f("uq_segment_uses_source_kind_source_id_segment_id"),
        ),
    )
    op.create_index(op.f("ix_segment_uses_segment_id"), "segment_uses", ["segment_id"])


def _add_files() -> None:
    op.create_table(
        "segment_files",
        _id(),
        _id("segment_id"),
        sa.Column("kind", _words("filekind", "table", "meta", "google"), nullable=False),
        sa.Column("state", _words("workstate", *STATES), nullable=False),
        _text("language"),
        sa.Column("asked_by_id", sa.BigInteger(), nullable=True),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("row_count", sa.BigInteger(), nullable=True),
        sa.Column("file_sha256", sa.Text(), nullable=True),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("attempt_count", sa.BigInteger(), server_default="0", nullable=False),
        _text("error", server_default=""),
        _to("segment_files", "segment_id", "segments", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segment_files")),
    )
    op.create_index(op.f("ix_segment_files_segment_id"), "segment_files", ["segment_id"])
    waits = sa.text("state IN ('waiting', 'running')")
    op.create_index("ix_segment_files_work", "segment_files", ["id"], postgresql_where=waits)
    kept = sa.text("file_sha256 IS NOT NULL")
    op.create_index("ix_segment_files_ends", "segment_files", ["ends_at"], postgresql_where=kept)


def _index_what_is_counted() -> None:
    """Each holds all that a condition reads, so that the table itself is not opened."""
    op.create_index(
        "ix_orders_segments",
        "orders",
        ["placed_at"],
        postgresql_include=["customer_id", "state", "store_id", "total_cents", "returned_cents"],
    )
    op.create_index(
        "ix_link_clicks_human",
        "link_clicks",
        ["clicked_at", "message_id"],
        postgresql_where=sa.text("label = 'human'"),
    )
    given = sa.text("action = 'given' AND theme = ''")
    op.create_index(
        "ix_consent_states_given",
        "consent_states",
        ["channel", "purpose", "address_kind", "address"],
        postgresql_where=given,
    )
    op.create_index("ix_addresses_owner", "addresses", ["kind", "value"], postgresql_include=["customer_id"])


def downgrade() -> None:
    """Segments and the values of properties go."""
    op.drop_index("ix_addresses_owner", "addresses")
    op.drop_index("ix_consent_states_given", "consent_states")
    op.drop_index("ix_link_clicks_human", "link_clicks")
    op.drop_index("ix_orders_segments", "orders")
    parts = ("segment_files", "segment_uses", "segment_sizes", "segment_members", "segments")
    for table in (*parts, "property_uses", "property_definitions"):
        op.drop_table(table)
    op.drop_index("ix_customers_properties", "customers")
    op.drop_column("customers", "properties")
