"""Duplicates: pairs of customers, merges with their journal, shared addresses; rows that come late find the survivor."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
JSON = postgresql.JSONB()
STATES = ("open", "merged", "apart", "household")
NOTES = ("moved", "changed", "removed", "added")
ACTORS = ("agent", "api_key", "customer", "system")
OF_CUSTOMERS = (
    "addresses",
    "external_ids",
    "orders",
    "promo_grants",
    "promo_redemptions",
    "outbound_messages",
    "holds",
    "invitations",
    "answers",
    "tickets",
    "call_tasks",
    "phone_calls",
    "ticket_ratings",
    "enrolments",
    "signup_entries",
    "address_links",
)

# A row for a merged customer belongs to the survivor, whoever inserts it. The lock is the one a foreign key takes anyway:
# it waits for a merge under way and then sees what that did. Facts come in thousands and have no foreign key: they look
# without a lock, and what slips through is collected after the merge.
FOLLOW = """
CREATE FUNCTION follow_merge() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    next_id bigint;
BEGIN
    LOOP
        SELECT merged_into_id INTO next_id FROM customers WHERE id = NEW.customer_id FOR KEY SHARE;
        EXIT WHEN next_id IS NULL;
        NEW.customer_id := next_id;
    END LOOP;
    RETURN NEW;
END
$$;
CREATE FUNCTION follow_merge_unlocked() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    next_id bigint;
BEGIN
    LOOP
        SELECT merged_into_id INTO next_id FROM customers WHERE id = NEW.customer_id;
        EXIT WHEN next_id IS NULL;
        NEW.customer_id := next_id;
    END LOOP;
    RETURN NEW;
END
$$;
"""


def upgrade() -> None:
    """Nobody is merged yet."""
    op.add_column("customers", sa.Column("merged_into_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_customers_merged_into_id"), "customers", "customers", ["merged_into_id"], ["id"]
    )
    merged = sa.text("merged_into_id IS NOT NULL")
    op.create_index("ix_customers_merged", "customers", ["merged_into_id"], postgresql_where=merged)
    _create_merges()
    _create_pairs()
    _create_keys()
    op.execute(FOLLOW)
    for table in OF_CUSTOMERS:
        _follow(table, "follow_merge")
    _follow("facts", "follow_merge_unlocked")


def _follow(table: str, function: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_follow_merge BEFORE INSERT OR UPDATE OF customer_id ON {table}"
        f" FOR EACH ROW WHEN (NEW.customer_id IS NOT NULL) EXECUTE FUNCTION {function}()"
    )


def _number(name: str, *, is_nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=is_nullable)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _moment(name: str, *, is_nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, MOMENT, nullable=is_nullable)


def _json(name: str, *, is_nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, JSON, nullable=is_nullable)


def _customers(table: str, *columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], ["customers.id"], name=op.f(f"fk_{table}_{column}"))
        for column in columns
    ]


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def _create_merges() -> None:
    op.create_table(
        "customer_merges",
        _number("id"),
        _number("batch_id", is_nullable=True),
        _number("survivor_id"),
        _number("merged_id"),
        _number("points", is_nullable=True),
        _json("reasons"),
        _json("fields"),
        sa.Column("actor_kind", sa.String(40), nullable=False),
        _number("agent_id", is_nullable=True),
        _moment("merged_at"),
        _moment("undone_at", is_nullable=True),
        _number("undone_by_id", is_nullable=True),
        _moment("forgotten_at", is_nullable=True),
        sa.CheckConstraint(f"actor_kind IN {ACTORS}", name=op.f("ck_customer_merges_actorkind")),
        *_customers("customer_merges", "survivor_id", "merged_id"),
        _key("customer_merges", "id"),
    )
    standing = sa.text("undone_at IS NULL")
    op.create_index(
        "ix_customer_merges_standing",
        "customer_merges",
        ["merged_id"],
        unique=True,
        postgresql_where=standing,
    )
    op.create_index("ix_customer_merges_survivor", "customer_merges", ["survivor_id", "id"])
    op.create_index("ix_customer_merges_batch", "customer_merges", ["batch_id"])
    op.create_table(
        "customer_merge_notes",
        _number("id"),
        _number("merge_id"),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        _number("row_id", is_nullable=True),
        _json("before", is_nullable=True),
        _json("after", is_nullable=True),
        sa.CheckConstraint(f"kind IN {NOTES}", name=op.f("ck_customer_merge_notes_notekind")),
        sa.ForeignKeyConstraint(
            ["merge_id"],
            ["customer_merges.id"],
            name=op.f("fk_customer_merge_notes_merge_id"),
            ondelete="CASCADE",
        ),
        _key("customer_merge_notes", "id"),
    )
    op.create_index("ix_customer_merge_notes_merge", "customer_merge_notes", ["merge_id", "id"])


def _create_pairs() -> None:
    op.create_table(
        "customer_pairs",
        _number("id"),
        _number("left_id"),
        _number("right_id"),
        sa.Column("state", sa.String(40), nullable=False),
        _number("points"),
        _flag("is_exact"),
        _json("reasons"),
        _moment("found_at"),
        _moment("decided_at", is_nullable=True),
        _number("decided_by_id", is_nullable=True),
        sa.CheckConstraint(f"state IN {STATES}", name=op.f("ck_customer_pairs_pairstate")),
        sa.UniqueConstraint("left_id", "right_id", name=op.f("uq_customer_pairs_left_id_right_id")),
        *_customers("customer_pairs", "left_id", "right_id"),
        _key("customer_pairs", "id"),
    )
    op.create_index("ix_customer_pairs_right", "customer_pairs", ["right_id"])
    op.create_index("ix_customer_pairs_queue", "customer_pairs", ["state", "points", "id"])
    op.create_table(
        "address_links",
        _number("id"),
        _number("address_id"),
        _number("customer_id"),
        _moment("linked_at"),
        _number("linked_by_id", is_nullable=True),
        sa.ForeignKeyConstraint(
            ["address_id"], ["addresses.id"], name=op.f("fk_address_links_address_id"), ondelete="CASCADE"
        ),
        *_customers("address_links", "customer_id"),
        sa.UniqueConstraint(
            "address_id", "customer_id", name=op.f("uq_address_links_address_id_customer_id")
        ),
        _key("address_links", "id"),
    )
    op.create_index(op.f("ix_address_links_customer_id"), "address_links", ["customer_id"])


def _create_keys() -> None:
    op.create_table(
        "duplicate_keys",
        _number("key"),
        _number("customer_id"),
        *_customers("duplicate_keys", "customer_id"),
        _key("duplicate_keys", "key", "customer_id"),
    )
    op.create_index(op.f("ix_duplicate_keys_customer_id"), "duplicate_keys", ["customer_id"])
    op.create_table(
        "duplicate_marks",
        _number("customer_id"),
        _number("fingerprint"),
        _flag("is_compared"),
        *_customers("duplicate_marks", "customer_id"),
        _key("duplicate_marks", "customer_id"),
    )
    op.create_index(
        "ix_duplicate_marks_waiting",
        "duplicate_marks",
        ["customer_id"],
        postgresql_where=sa.text("NOT is_compared"),
    )
    op.create_table(
        "duplicate_runs",
        _number("id"),
        _moment("asked_at"),
        _number("asked_by_id", is_nullable=True),
        _number("after_id"),
        _flag("is_marked"),
        _number("marked_count"),
        _number("pair_count"),
        _moment("ended_at", is_nullable=True),
        _key("duplicate_runs", "id"),
    )
    op.create_index(
        "ix_duplicate_runs_open", "duplicate_runs", ["id"], postgresql_where=sa.text("ended_at IS NULL")
    )


def downgrade() -> None:
    """A merged customer becomes an empty one again: what was moved stays with the survivor."""
    for table in ("facts", *OF_CUSTOMERS):
        op.execute(f"DROP TRIGGER {table}_follow_merge ON {table}")
    op.execute("DROP FUNCTION follow_merge()")
    op.execute("DROP FUNCTION follow_merge_unlocked()")
    for table in (
        "duplicate_runs",
        "duplicate_marks",
        "duplicate_keys",
        "address_links",
        "customer_pairs",
        "customer_merge_notes",
        "customer_merges",
    ):
        op.drop_table(table)
    op.drop_index("ix_customers_merged", "customers")
    op.drop_constraint(op.f("fk_customers_merged_into_id"), "customers", type_="foreignkey")
    op.drop_column("customers", "merged_into_id")
