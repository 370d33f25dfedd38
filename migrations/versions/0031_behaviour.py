"""Products, baskets, visits, files of the tills, and returns."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_ORDER_COLUMNS = (
    ("told_rank", sa.BigInteger()),
    ("told_returned_cents", sa.BigInteger()),
    ("basket_key", sa.Text()),
)


def _words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _moment(name: str, *, is_needed: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=not is_needed)


def _text(name: str, *, is_needed: bool = True) -> sa.Column:
    return sa.Column(name, sa.Text(), nullable=not is_needed)


def _number(name: str, *, is_needed: bool = True) -> sa.Column:
    return sa.Column(name, sa.BigInteger(), nullable=not is_needed)


def upgrade() -> None:
    """All new but three columns of orders, which old orders leave empty."""
    for name, kind in _ORDER_COLUMNS:
        op.add_column("orders", sa.Column(name, kind, nullable=True))
    op.create_index(
        "ix_orders_basket", "orders", ["basket_key"], postgresql_where=sa.text("basket_key IS NOT NULL")
    )
    _add_returns()
    _add_products()
    _add_baskets()
    _add_visits()
    _add_till_files()


def _add_returns() -> None:
    op.create_table(
        "order_returns",
        _number("id"),
        _text("external_id"),
        _text("order_number"),
        _number("order_id", is_needed=False),
        _number("amount_cents"),
        sa.Column("lines", postgresql.JSONB(), nullable=False),
        _text("source"),
        _text("event_key"),
        _moment("returned_at", is_needed=True),
        _moment("told_at", is_needed=True),
        _moment("created_at", is_needed=True),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_order_returns_order_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_returns")),
        sa.UniqueConstraint("external_id", name=op.f("uq_order_returns_external_id")),
    )
    op.create_index(op.f("ix_order_returns_order_number"), "order_returns", ["order_number"])
    op.create_index(op.f("ix_order_returns_order_id"), "order_returns", ["order_id"])


def _add_products() -> None:
    op.create_table(
        "products",
        _number("id"),
        _text("sku"),
        _text("name"),
        _text("sort_key"),
        _text("family"),
        _text("range"),
        _number("life_days", is_needed=False),
        _number("price_cents", is_needed=False),
        _text("url"),
        _text("image_url"),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        _moment("updated_at", is_needed=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_products")),
        sa.UniqueConstraint("sku", name=op.f("uq_products_sku")),
    )
    op.create_index(op.f("ix_products_family"), "products", ["family"])
    op.create_index("ix_products_list", "products", ["sort_key", "id"])
    op.create_index(
        "ix_products_search",
        "products",
        ["sort_key"],
        postgresql_using="gin",
        postgresql_ops={"sort_key": "gin_trgm_ops"},
    )
    op.create_table(
        "product_complements",
        _text("sku"),
        _text("complement_sku"),
        _number("position"),
        sa.PrimaryKeyConstraint("sku", "complement_sku", name=op.f("pk_product_complements")),
    )
    op.create_index("ix_product_complements_complement", "product_complements", ["complement_sku"])


def _add_baskets() -> None:
    op.create_table(
        "baskets",
        _number("id"),
        _text("external_id"),
        _number("customer_id", is_needed=False),
        _text("visitor_id", is_needed=False),
        sa.Column("state", _words("basketstate", "open", "emptied", "ordered"), nullable=False),
        sa.Column("device", _words("device", "desktop", "phone", "tablet"), nullable=True),
        sa.Column("checkout_url", sa.Text(), server_default="", nullable=False),
        _number("total_cents"),
        _text("currency"),
        _number("order_id", is_needed=False),
        _text("event_key"),
        _moment("touched_at", is_needed=True),
        _moment("closed_at"),
        _moment("created_at", is_needed=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_baskets_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_baskets")),
        sa.UniqueConstraint("external_id", name=op.f("uq_baskets_external_id")),
    )
    op.create_index("ix_baskets_customer_touched", "baskets", ["customer_id", "touched_at"])
    op.create_index(
        "ix_baskets_open_touched", "baskets", ["touched_at", "id"], postgresql_where=sa.text("state = 'open'")
    )
    op.create_index(
        "ix_baskets_visitor", "baskets", ["visitor_id"], postgresql_where=sa.text("visitor_id IS NOT NULL")
    )
    op.create_table(
        "basket_lines",
        _number("id"),
        _number("basket_id"),
        _number("position"),
        _text("sku"),
        _text("name"),
        _number("quantity"),
        _number("unit_price_cents"),
        sa.ForeignKeyConstraint(
            ["basket_id"], ["baskets.id"], name=op.f("fk_basket_lines_basket_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_basket_lines")),
        sa.UniqueConstraint("basket_id", "position", name=op.f("uq_basket_lines_basket_id_position")),
    )


def _add_visits() -> None:
    op.create_table(
        "visitors",
        _text("visitor_id"),
        _number("customer_id", is_needed=False),
        _moment("linked_at"),
        _moment("first_seen_at", is_needed=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_visitors_customer_id")),
        sa.PrimaryKeyConstraint("visitor_id", name=op.f("pk_visitors")),
    )
    op.create_index(op.f("ix_visitors_customer_id"), "visitors", ["customer_id"])
    kinds = ("product", "family", "returns", "account_closing", "basket", "other")
    op.create_table(
        "visits",
        _number("id"),
        _text("visit_key"),
        _number("customer_id", is_needed=False),
        _text("visitor_id", is_needed=False),
        sa.Column("kind", _words("pagekind", *kinds), nullable=False),
        _text("sku", is_needed=False),
        _text("family", is_needed=False),
        _moment("visited_at", is_needed=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_visits_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visits")),
        sa.UniqueConstraint("visit_key", name=op.f("uq_visits_visit_key")),
    )
    op.create_index("ix_visits_customer_visited", "visits", ["customer_id", "visited_at"])
    op.create_index(
        "ix_visits_visitor", "visits", ["visitor_id"], postgresql_where=sa.text("visitor_id IS NOT NULL")
    )
    op.create_index("ix_visits_visited", "visits", ["visited_at"])


def _add_till_files() -> None:
    op.create_table(
        "till_files",
        _number("id"),
        _text("name"),
        _text("sha256"),
        sa.Column("state", _words("tillfilestate", "matching", "waiting", "done", "failed"), nullable=False),
        sa.Column("mapping", postgresql.JSONB(), nullable=False),
        _number("store_id", is_needed=False),
        _text("source"),
        _number("position"),
        _number("ticket_count"),
        _number("row_count"),
        _number("taken_count"),
        _number("unchanged_count"),
        _number("anonymous_count"),
        _number("refused_count"),
        _number("late_count"),
        _text("error"),
        _moment("lease_until"),
        _number("created_by_id", is_needed=False),
        _moment("created_at", is_needed=True),
        _moment("ended_at"),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_till_files_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_till_files")),
        sa.UniqueConstraint("sha256", name=op.f("uq_till_files_sha256")),
    )
    op.create_index(
        "ix_till_files_waiting", "till_files", ["id"], postgresql_where=sa.text("state = 'waiting'")
    )
    op.create_table(
        "till_refusals",
        _number("id"),
        _number("till_file_id"),
        _number("row_number"),
        sa.Column("row", postgresql.JSONB(), nullable=False),
        _text("reason"),
        sa.ForeignKeyConstraint(
            ["till_file_id"],
            ["till_files.id"],
            name=op.f("fk_till_refusals_till_file_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_till_refusals")),
        sa.UniqueConstraint(
            "till_file_id", "row_number", name=op.f("uq_till_refusals_till_file_id_row_number")
        ),
    )


def downgrade() -> None:
    """What only the new tables hold is lost."""
    for table in (
        "till_refusals",
        "till_files",
        "visits",
        "visitors",
        "basket_lines",
        "baskets",
        "product_complements",
        "products",
        "order_returns",
    ):
        op.drop_table(table)
    op.drop_index("ix_orders_basket", table_name="orders")
    for name, _kind in _ORDER_COLUMNS:
        op.drop_column("orders", name)
