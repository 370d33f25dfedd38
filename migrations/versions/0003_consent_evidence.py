"""Consent by theme, open measurement, double opt-in, own frequency, sign-up forms."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

PURPOSE_TABLES = (
    "consent_entries",
    "consent_states",
    "suppressions",
    "message_templates",
    "holds",
    "outbound_messages",
)
OLD_PURPOSES = ("transactional", "service", "reply", "survey", "promotion", "newsletter", "staff")
PURPOSES = (*OLD_PURPOSES, "open_measurement")
OLD_REASONS = ("hard_bounce", "complaint", "stop", "staff")
REASONS = (*OLD_REASONS, "refused")
MOMENT = sa.DateTime(timezone=True)

# What the ledger may do is grow. Erasure alone may blacken an entry: address, IP, agent and evidence, nothing else.
GUARD = """
CREATE FUNCTION guard_consent_ledger() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('comptoir.erasing', true) = 'yes'
        AND to_jsonb(NEW) - '{address,ip,user_agent,evidence}'::text[]
            = to_jsonb(OLD) - '{address,ip,user_agent,evidence}'::text[]
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'The consent ledger is append-only.' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER consent_entries_append_only BEFORE UPDATE OR DELETE ON consent_entries
    FOR EACH ROW EXECUTE FUNCTION guard_consent_ledger();
"""


def upgrade() -> None:
    """Old entries keep their state: no theme is every theme."""
    for table in PURPOSE_TABLES:
        _words(table, "purpose", "purpose", PURPOSES)
    _words("suppressions", "suppressionreason", "reason", REASONS)
    _widen_ledger()
    op.add_column("addresses", sa.Column("unconfirmed_since", MOMENT, nullable=True))
    op.add_column("outbound_messages", sa.Column("theme", sa.Text(), nullable=False, server_default=""))
    _make_choices()
    _make_optin()
    _make_forms()
    op.execute(GUARD)


def downgrade() -> None:
    """What only the new words can say is dropped with its tables; the ledger keeps the entries the old words can say."""
    op.execute("DROP TRIGGER consent_entries_append_only ON consent_entries")
    op.execute("DROP FUNCTION guard_consent_ledger()")
    for table in ("signup_entries", "signup_form_versions", "signup_forms", "optin_requests"):
        op.drop_table(table)
    for table in ("leaving_answers", "contact_choices"):
        op.drop_table(table)
    op.drop_column("outbound_messages", "theme")
    op.drop_column("addresses", "unconfirmed_since")
    op.execute("DELETE FROM consent_states WHERE theme <> '' OR purpose = 'open_measurement'")
    op.execute("DELETE FROM consent_entries WHERE theme <> '' OR purpose = 'open_measurement'")
    op.execute("UPDATE suppressions SET reason = 'stop' WHERE reason = 'refused'")
    op.drop_constraint("uq_consent_states_address_kind_address_channel_purpose_theme", "consent_states")
    op.create_unique_constraint(
        "uq_consent_states_address_kind_address_channel_purpose",
        "consent_states",
        ["address_kind", "address", "channel", "purpose"],
    )
    op.drop_column("consent_states", "theme")
    for column in ("theme", "actor_kind", "api_key_id", "evidence"):
        op.drop_column("consent_entries", column)
    _words("suppressions", "suppressionreason", "reason", OLD_REASONS)
    for table in PURPOSE_TABLES:
        _words(table, "purpose", "purpose", OLD_PURPOSES)


def _words(table: str, name: str, column: str, words: tuple[str, ...]) -> None:
    """The check of an enum, anew."""
    op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
    listed = ", ".join(f"'{word}'" for word in words)
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, f"{column} IN ({listed})")


def _enum(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)


def _kind() -> sa.Enum:
    return _enum("addresskind", "mail", "phone")


def _channel() -> sa.Enum:
    words = (
        "email",
        "form",
        "sms",
        "whatsapp",
        "phone",
        "chat",
        "counter",
        "delivery",
        "survey",
        "social",
        "api",
    )
    return _enum("channel", *words)


def _language() -> sa.Enum:
    return _enum("language", "fr", "en")


def _widen_ledger() -> None:
    for table in ("consent_entries", "consent_states"):
        op.add_column(table, sa.Column("theme", sa.Text(), nullable=False, server_default=""))
    actor = _enum("actorkind", "agent", "api_key", "customer", "system")
    op.add_column("consent_entries", sa.Column("actor_kind", actor, nullable=False, server_default="system"))
    op.add_column("consent_entries", sa.Column("api_key_id", sa.BigInteger(), nullable=True))
    op.add_column(
        "consent_entries", sa.Column("evidence", postgresql.JSONB(), nullable=False, server_default="{}")
    )
    op.execute("UPDATE consent_entries SET actor_kind = 'agent' WHERE agent_id IS NOT NULL")
    op.drop_constraint("uq_consent_states_address_kind_address_channel_purpose", "consent_states")
    op.create_unique_constraint(
        "uq_consent_states_address_kind_address_channel_purpose_theme",
        "consent_states",
        ["address_kind", "address", "channel", "purpose", "theme"],
    )


def _make_choices() -> None:
    op.create_table(
        "contact_choices",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("address_kind", _kind(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("cap_count", sa.BigInteger(), nullable=True),
        sa.Column("cap_days", sa.BigInteger(), nullable=True),
        sa.Column("paused_until", MOMENT, nullable=True),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_choices")),
        sa.UniqueConstraint("address_kind", "address", name=op.f("uq_contact_choices_address_kind_address")),
    )
    reasons = ("too_many", "not_for_me", "never_asked", "no_longer_customer", "unhappy", "other")
    op.create_table(
        "leaving_answers",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("address_hash", sa.Text(), nullable=False),
        sa.Column("channel", _channel(), nullable=False),
        sa.Column("reason", _enum("leavingreason", *reasons), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("happened_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leaving_answers")),
    )
    op.create_index(op.f("ix_leaving_answers_address_hash"), "leaving_answers", ["address_hash"])
    op.create_index(op.f("ix_leaving_answers_happened_at"), "leaving_answers", ["happened_at"])


def _make_optin() -> None:
    op.create_table(
        "optin_requests",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("wishes", postgresql.JSONB(), nullable=False),
        sa.Column("wording_version", sa.Text(), nullable=False),
        sa.Column("collection_point", sa.Text(), nullable=False),
        sa.Column("language", _language(), nullable=False),
        sa.Column("state", _enum("optinstate", "pending", "confirmed", "expired"), nullable=False),
        sa.Column("ip", sa.Text(), nullable=True),
        sa.Column("user_agent", sa.Text(), nullable=True),
        sa.Column("requested_at", MOMENT, nullable=False),
        sa.Column("sent_count", sa.BigInteger(), nullable=False),
        sa.Column("last_sent_at", MOMENT, nullable=True),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_optin_requests")),
    )
    op.create_index(
        "uq_optin_requests_pending",
        "optin_requests",
        ["address", "collection_point"],
        unique=True,
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index(
        "ix_optin_requests_expiry",
        "optin_requests",
        ["expires_at"],
        postgresql_where=sa.text("state = 'pending'"),
    )


def _make_forms() -> None:
    op.create_table(
        "signup_forms",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", _enum("formkind", "signup", "contest"), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("opens_at", MOMENT, nullable=True),
        sa.Column("closes_at", MOMENT, nullable=True),
        sa.Column("version_number", sa.BigInteger(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signup_forms")),
        sa.UniqueConstraint("slug", name=op.f("uq_signup_forms_slug")),
    )
    op.create_table(
        "signup_form_versions",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("form_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("made_by_id", sa.BigInteger(), nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["form_id"], ["signup_forms.id"], name=op.f("fk_signup_form_versions_form_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signup_form_versions")),
        sa.UniqueConstraint("form_id", "number", name=op.f("uq_signup_form_versions_form_id_number")),
    )
    op.create_table("signup_entries", *_entry_columns())
    op.create_index("ix_signup_entries_list", "signup_entries", ["form_id", "id"])
    op.create_index(op.f("ix_signup_entries_customer_id"), "signup_entries", ["customer_id"])
    op.create_index(op.f("ix_signup_entries_optin_id"), "signup_entries", ["optin_id"])


def _entry_columns() -> tuple[sa.schema.SchemaItem, ...]:
    states = _enum("entrystate", "accepted", "waiting", "confirmed", "refused")
    keys = {
        "form_id": "signup_forms",
        "version_id": "signup_form_versions",
        "customer_id": "customers",
        "optin_id": "optin_requests",
    }
    return (
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("form_id", sa.BigInteger(), nullable=False),
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("state", states, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("answers", postgresql.JSONB(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("optin_id", sa.BigInteger(), nullable=True),
        sa.Column("language", _language(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=True),
        sa.Column("ip", sa.Text(), nullable=True),
        sa.Column("user_agent", sa.Text(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_signup_entries_{column}"))
            for column, table in keys.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signup_entries")),
        sa.UniqueConstraint("form_id", "nonce", name=op.f("uq_signup_entries_form_id_nonce")),
    )
