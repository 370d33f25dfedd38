"""What plans look up: cycles and ranges of products, baskets as they were, words of regions, why customers leave, own events."""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0043"
down_revision = "0044"
branch_labels = None
depends_on = None

_STATES = ("open", "emptied", "ordered")
_DEVICES = ("desktop", "phone", "tablet")
_OUTCOMES = ("taken", "unchanged", "stale", "refused")
_REASONS = ("disappointed", "late", "price", "not_needed", "other")


def _id() -> sa.Column:
    return sa.Column("id", sa.BigInteger(), nullable=False)


def _whole(name: str, *, is_nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.BigInteger(), nullable=is_nullable)


def _moment(name: str, *, is_nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=is_nullable)


def _text(name: str, *, is_nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Text(), nullable=is_nullable)


def _json(name: str) -> sa.Column:
    return sa.Column(name, postgresql.JSONB(astext_type=sa.Text()), nullable=False)


def _word(name: str, enum: str, *values: str, is_nullable: bool = False) -> sa.Column:
    kind = sa.Enum(*values, name=enum, native_enum=False, create_constraint=True, length=40)
    return sa.Column(name, kind, nullable=is_nullable)


def _key(table: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))


def _to(table: str, column: str, other: str, **options: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"), **options)


def upgrade() -> None:
    """Ranges that are known words get their place; each basket begins its history with what it is now."""
    op.add_column("products", _whole("range_position", is_nullable=True))
    op.add_column("products", _whole("cycle_days", is_nullable=True))
    op.add_column("products", sa.Column("next_sku", sa.Text(), server_default="", nullable=False))
    op.execute(
        "UPDATE products SET range_position = CASE WHEN lower(range) IN ('standard', 'classique', 'classic') THEN 3"
        " WHEN lower(range) IN ('premium', 'haut de gamme', 'supérieur') THEN 6"
        " WHEN lower(range) IN ('luxe', 'luxury', 'prestige') THEN 8 ELSE 1 END"
        " WHERE lower(range) IN ('standard', 'classique', 'classic', 'premium', 'haut de gamme', 'supérieur', 'luxe',"
        " 'luxury', 'prestige', 'entry', 'entrée', 'entrée de gamme', 'découverte', 'eco', 'éco', 'basic', 'essentiel')"
    )
    op.add_column("baskets", _moment("clears_at", is_nullable=True))
    _make_touches()
    _make_regions()
    _make_whys()
    _make_events()
    for table in ("why_answers", "own_events"):
        op.execute(
            f"CREATE TRIGGER {table}_follow_merge BEFORE INSERT OR UPDATE OF customer_id ON {table}"
            " FOR EACH ROW WHEN (NEW.customer_id IS NOT NULL) EXECUTE FUNCTION follow_merge()"
        )


def _make_touches() -> None:
    op.create_table(
        "basket_touches",
        _id(),
        _whole("basket_id"),
        _moment("touched_at"),
        _text("event_key"),
        _word("state", "basketstate", *_STATES),
        _word("device", "device", *_DEVICES, is_nullable=True),
        _whole("total_cents"),
        _whole("line_count"),
        _to("basket_touches", "basket_id", "baskets", ondelete="CASCADE"),
        _key("basket_touches"),
        sa.UniqueConstraint(
            "basket_id",
            "touched_at",
            "event_key",
            name=op.f("uq_basket_touches_basket_id_touched_at_event_key"),
        ),
    )
    op.execute(
        "INSERT INTO basket_touches (basket_id, touched_at, event_key, state, device, total_cents, line_count)"
        " SELECT id, touched_at, event_key, CASE WHEN order_id IS NULL THEN state ELSE 'open' END, device, total_cents,"
        " (SELECT count(*) FROM basket_lines WHERE basket_id = baskets.id) FROM baskets"
    )
    op.create_index(
        "ix_basket_touches_left",
        "basket_touches",
        ["touched_at", "basket_id"],
        postgresql_where=sa.text("state = 'open' AND line_count > 0"),
    )
    op.create_index("ix_basket_touches_purge", "basket_touches", ["touched_at"])


def _make_regions() -> None:
    op.add_column("regions", _text("key", is_nullable=True))
    connection, taken = op.get_bind(), set[str]()
    for region_id, name in connection.execute(sa.text("SELECT id, name FROM regions ORDER BY id")).all():
        plain = "".join(
            c for c in unicodedata.normalize("NFKD", name.lower()) if not unicodedata.combining(c)
        )
        key = re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "region"
        key = key if key not in taken else f"{key}-{region_id}"
        taken.add(key)
        named = sa.text("UPDATE regions SET key = :key WHERE id = :id")
        connection.execute(named, {"key": key, "id": region_id})
    op.alter_column("regions", "key", nullable=False)
    op.create_unique_constraint(op.f("uq_regions_key"), "regions", ["key"])
    op.create_table(
        "region_properties",
        _id(),
        _whole("region_id"),
        _text("key"),
        _text("value", is_nullable=True),
        _moment("set_at"),
        _moment("expires_at", is_nullable=True),
        _to("region_properties", "region_id", "regions"),
        _key("region_properties"),
    )
    op.create_index("ix_region_properties_newest", "region_properties", ["region_id", "key", "set_at", "id"])


def _make_whys() -> None:
    op.create_table(
        "why_answers",
        _id(),
        _whole("customer_id"),
        _text("source"),
        _whole("store_id", is_nullable=True),
        _word("reason", "whyreason", *_REASONS),
        _text("comment"),
        _moment("answered_at"),
        _to("why_answers", "customer_id", "customers"),
        _to("why_answers", "store_id", "stores"),
        _key("why_answers"),
        sa.UniqueConstraint("customer_id", "source", name=op.f("uq_why_answers_customer_id_source")),
    )
    op.create_index("ix_why_answers_answered", "why_answers", ["answered_at"])


def _make_events() -> None:
    op.create_table(
        "own_events",
        _id(),
        _text("event_key"),
        _text("source"),
        _text("name"),
        _whole("customer_id", is_nullable=True),
        _json("values"),
        _json("payload"),
        _word("outcome", "eventoutcome", *_OUTCOMES),
        _text("reason", is_nullable=True),
        _moment("happened_at"),
        _moment("received_at"),
        _to("own_events", "customer_id", "customers"),
        _key("own_events"),
        sa.UniqueConstraint("event_key", name=op.f("uq_own_events_event_key")),
    )
    op.create_index("ix_own_events_customer", "own_events", ["customer_id", "happened_at"])
    op.create_index(
        "ix_own_events_name",
        "own_events",
        ["name", "happened_at"],
        postgresql_where=sa.text("outcome = 'taken'"),
    )
    op.create_index(
        "ix_own_events_refused",
        "own_events",
        ["received_at", "id"],
        postgresql_where=sa.text("outcome = 'refused'"),
    )
    op.create_index("ix_own_events_received", "own_events", ["received_at"])


def downgrade() -> None:
    """Answers, events and histories of baskets go with their tables."""
    for table in ("own_events", "why_answers", "region_properties", "basket_touches"):
        op.drop_table(table)
    op.drop_constraint(op.f("uq_regions_key"), "regions", type_="unique")
    op.drop_column("regions", "key")
    op.drop_column("baskets", "clears_at")
    for name in ("next_sku", "cycle_days", "range_position"):
        op.drop_column("products", name)
