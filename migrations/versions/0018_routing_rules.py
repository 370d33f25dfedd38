"""Routing rules, suggestions of reasons, assignment and experts; two more sources of a store."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
OLD_SOURCES = (
    "order_number", "answered_order", "store_address", "store_form", "store_counter", "recent_order",
    "preferred_store", "postcode", "store_name", "agent", "rule", "none",
)  # fmt: skip
SOURCES = (*OLD_SOURCES, "store_number", "loyalty_card")
CHECKS = (("tickets", "route_source"), ("routing_order", "source"))
TABLES = (
    "reason_suggestions",
    "reason_models",
    "reason_words",
    "expert_questions",
    "experts",
    "expert_groups",
    "agent_absences",
    "assignment_settings",
    "rule_hits",
    "routing_rule_versions",
    "routing_rules",
    "route_corrections",
)


def _id(name: str, *, is_nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=is_nullable)


def _at(name: str, *, is_nullable: bool = False) -> sa.Column:
    return sa.Column(name, MOMENT, nullable=is_nullable)


def _text(name: str, *, is_nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=is_nullable)


def _json(name: str) -> sa.Column:
    return sa.Column(name, postgresql.JSONB(), nullable=False)


def _word(name: str, kind: str, *values: str, is_nullable: bool = False) -> sa.Column[str]:
    """A StrEnum as text with its check constraint."""
    given = sa.Enum(*values, name=kind, native_enum=False, create_constraint=True, length=40)
    return sa.Column(name, given, nullable=is_nullable)


def _points_at(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def upgrade() -> None:
    """Words that were not there before, one column with a default, and tables of their own."""
    _check_sources(SOURCES)
    op.add_column("tickets", sa.Column("route_detail", sa.Text(), server_default="", nullable=False))
    op.create_index("ix_tickets_opened", "tickets", ["created_at", "store_id", "route_source"])
    _create_corrections()
    _create_rules()
    _create_assignment()
    _create_experts()
    _create_suggestions()
    _remember_moves()


def _check_sources(words: tuple[str, ...]) -> None:
    """Replaced without a look at the rows under a lock that stops writers; the look comes after."""
    listed = ", ".join(f"'{word}'" for word in words)
    for table, column in CHECKS:
        name = f"ck_{table}_routesource"
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({column} IN ({listed})) NOT VALID")
        op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")


def _create_corrections() -> None:
    op.create_table(
        "route_corrections",
        _id("ticket_id"),
        _id("first_store_id", is_nullable=True),
        _word("first_source", "routesource", *SOURCES),
        sa.Column("first_confidence", sa.Double(), nullable=False),
        _id("store_id", is_nullable=True),
        _at("opened_at"),
        _at("corrected_at"),
        _id("by_id", is_nullable=True),
        _points_at("route_corrections", "ticket_id", "tickets"),
        _points_at("route_corrections", "first_store_id", "stores"),
        _points_at("route_corrections", "store_id", "stores"),
        _key("route_corrections", "ticket_id"),
    )
    op.create_index(op.f("ix_route_corrections_opened_at"), "route_corrections", ["opened_at"])


def _create_rules() -> None:
    op.create_table(
        "routing_rules",
        _id("id"),
        _text("name"),
        _id("position"),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        _id("version_number"),
        _json("content"),
        _at("removed_at", is_nullable=True),
        _key("routing_rules", "id"),
    )
    op.create_table(
        "routing_rule_versions",
        _id("id"),
        _id("rule_id"),
        _id("number"),
        _text("name"),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        _json("content"),
        _word("act", "ruleact", "made", "edited", "switched_on", "switched_off", "moved", "removed"),
        _at("saved_at"),
        _id("saved_by_id", is_nullable=True),
        _points_at("routing_rule_versions", "rule_id", "routing_rules"),
        _key("routing_rule_versions", "id"),
        sa.UniqueConstraint("rule_id", "number", name=op.f("uq_routing_rule_versions_rule_id_number")),
    )
    op.create_table(
        "rule_hits",
        _id("id"),
        _id("ticket_id"),
        _id("rule_id"),
        _id("version_number"),
        _json("changes"),
        _at("happened_at"),
        _points_at("rule_hits", "ticket_id", "tickets"),
        _points_at("rule_hits", "rule_id", "routing_rules"),
        _key("rule_hits", "id"),
    )
    op.create_index("ix_rule_hits_rule", "rule_hits", ["rule_id", "happened_at"])
    op.create_index(op.f("ix_rule_hits_ticket_id"), "rule_hits", ["ticket_id"])


def _create_assignment() -> None:
    op.create_table(
        "assignment_settings",
        _id("store_id"),
        _word("mode", "assignmentmode", "by_hand", "round_robin", "least_busy"),
        _id("last_agent_id", is_nullable=True),
        _points_at("assignment_settings", "store_id", "stores"),
        _points_at("assignment_settings", "last_agent_id", "agents"),
        _key("assignment_settings", "store_id"),
    )
    op.create_table(
        "agent_absences",
        _id("agent_id"),
        _at("until_at"),
        _id("noted_by_id", is_nullable=True),
        _at("noted_at"),
        _points_at("agent_absences", "agent_id", "agents"),
        _key("agent_absences", "agent_id"),
    )


def _create_experts() -> None:
    op.create_table(
        "expert_groups",
        _id("id"),
        _text("name"),
        _json("reason_ids"),
        _json("words"),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        _key("expert_groups", "id"),
        sa.UniqueConstraint("name", name=op.f("uq_expert_groups_name")),
    )
    op.create_table(
        "experts",
        _id("group_id"),
        _id("agent_id"),
        _points_at("experts", "group_id", "expert_groups"),
        _points_at("experts", "agent_id", "agents"),
        _key("experts", "group_id", "agent_id"),
    )
    op.create_index(op.f("ix_experts_agent_id"), "experts", ["agent_id"])
    op.create_table(
        "expert_questions",
        _id("id"),
        _id("ticket_id"),
        _id("group_id"),
        _text("text"),
        _id("asked_by_id", is_nullable=True),
        _at("asked_at"),
        _id("answered_by_id", is_nullable=True),
        _at("answered_at", is_nullable=True),
        _points_at("expert_questions", "ticket_id", "tickets"),
        _points_at("expert_questions", "group_id", "expert_groups"),
        _key("expert_questions", "id"),
    )
    op.create_index(
        "ix_expert_questions_open",
        "expert_questions",
        ["group_id", "ticket_id"],
        unique=True,
        postgresql_where=sa.text("answered_at IS NULL"),
    )
    op.create_index(op.f("ix_expert_questions_ticket_id"), "expert_questions", ["ticket_id"])


def _create_suggestions() -> None:
    op.create_table(
        "reason_words",
        _id("reason_id"),
        _json("words"),
        _at("changed_at"),
        _id("changed_by_id", is_nullable=True),
        _points_at("reason_words", "reason_id", "reasons"),
        _key("reason_words", "reason_id"),
    )
    op.create_table(
        "reason_models",
        _id("id"),
        _word("state", "modelstate", "waiting", "too_few", "ready", "failed"),
        _at("asked_at"),
        _id("asked_by_id", is_nullable=True),
        _at("trained_at", is_nullable=True),
        _id("ticket_count"),
        _id("held_out_count"),
        _json("figures"),
        _text("sha256", is_nullable=True),
        sa.Column("seconds", sa.Double(), nullable=False),
        _text("error"),
        _key("reason_models", "id"),
    )
    op.create_index(
        "ix_reason_models_waiting", "reason_models", ["id"], postgresql_where=sa.text("state = 'waiting'")
    )
    op.create_table(
        "reason_suggestions",
        _id("ticket_id"),
        _word("state", "suggestionstate", "waiting", "none", "offered", "accepted", "overruled"),
        _id("reason_id", is_nullable=True),
        _word("suggested_by", "suggestedby", "words", "model", is_nullable=True),
        _id("model_id", is_nullable=True),
        _text("word"),
        sa.Column("share", sa.Double(), nullable=True),
        _id("held_out_count"),
        _at("made_at"),
        _at("decided_at", is_nullable=True),
        _id("decided_by_id", is_nullable=True),
        _id("chosen_reason_id", is_nullable=True),
        _points_at("reason_suggestions", "ticket_id", "tickets"),
        _points_at("reason_suggestions", "reason_id", "reasons"),
        _points_at("reason_suggestions", "model_id", "reason_models"),
        _key("reason_suggestions", "ticket_id"),
    )
    for name, column, where in (
        ("ix_reason_suggestions_waiting", "ticket_id", "state = 'waiting'"),
        ("ix_reason_suggestions_decided", "decided_at", "decided_at IS NOT NULL"),
    ):
        op.create_index(name, "reason_suggestions", [column], postgresql_where=sa.text(where))


def _remember_moves() -> None:
    """Moves of the time before count too; by which source their first store was found is not known any more."""
    op.execute(
        """
        INSERT INTO route_corrections (ticket_id, first_store_id, first_source, first_confidence, store_id,
                                       opened_at, corrected_at, by_id)
        SELECT DISTINCT ON (tickets.id) tickets.id, stores.id, 'agent', 0, now_in.id, tickets.created_at,
               audit_entries.happened_at, audit_entries.agent_id
        FROM audit_entries
        JOIN tickets ON tickets.id = audit_entries.subject_id AND tickets.transfer_count > 0
        LEFT JOIN stores ON stores.id::text = audit_entries.data ->> 'from_store_id'
        LEFT JOIN stores AS now_in ON now_in.id::text = audit_entries.data ->> 'store_id'
        WHERE audit_entries.subject_kind = 'ticket' AND audit_entries.action = 'ticket.transferred'
        ORDER BY tickets.id, audit_entries.id
        """
    )


def downgrade() -> None:
    """What the words cannot say any more is said with the nearest word."""
    for table in TABLES:
        op.drop_table(table)
    op.drop_index("ix_tickets_opened", table_name="tickets")
    op.drop_column("tickets", "route_detail")
    op.execute("UPDATE tickets SET route_source = 'store_address' WHERE route_source = 'store_number'")
    op.execute("UPDATE tickets SET route_source = 'preferred_store' WHERE route_source = 'loyalty_card'")
    op.execute("DELETE FROM routing_order WHERE source IN ('store_number', 'loyalty_card')")
    _check_sources(OLD_SOURCES)
