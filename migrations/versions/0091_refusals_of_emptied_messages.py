"""Refusals stand with their messages also where the term had emptied the address; plans no longer look for them in the ledger."""

from alembic import op

revision = "0091"
down_revision = "0090"
branch_labels = None
depends_on = None

REFUSED = """
    WITH told AS (
        SELECT last.id, min(w.happened_at) AS refused_at
        FROM consent_entries AS w
        JOIN addresses AS a ON a.kind = w.address_kind AND a.value = w.address
        CROSS JOIN LATERAL (
            SELECT sent.id, sent.recipient FROM outbound_messages AS sent
            WHERE sent.customer_id = a.customer_id AND sent.channel = w.channel AND sent.purpose = w.purpose
                AND sent.accepted_at <= w.happened_at AND sent.accepted_at > w.happened_at - interval '7 days'
            ORDER BY sent.accepted_at DESC, sent.id DESC LIMIT 1
        ) AS last
        WHERE w.action = 'withdrawn' AND w.actor_kind = 'customer' AND last.recipient IS NULL
            AND w.purpose IN ('survey', 'promotion', 'newsletter')
        GROUP BY last.id
    ),
    noted AS (
        UPDATE outbound_messages AS m SET refused_at = told.refused_at
        FROM told WHERE m.id = told.id AND m.refused_at IS NULL
        RETURNING m.accepted_at
    )
    INSERT INTO statistics_marks (subject, day)
    SELECT DISTINCT 'messages', CAST(noted.accepted_at AT TIME ZONE chain.time_zone AS date)
    FROM noted CROSS JOIN (SELECT time_zone FROM chains ORDER BY id LIMIT 1) AS chain
"""
"""0089 asked for the address of the message, which the term of the privacy rules empties; the plan counted these too."""


def upgrade() -> None:
    op.execute(REFUSED)
    op.drop_index("ix_consent_entries_refusals", table_name="consent_entries")


def downgrade() -> None:
    op.create_index(
        "ix_consent_entries_refusals",
        "consent_entries",
        ["happened_at"],
        postgresql_where="action = 'withdrawn' AND actor_kind = 'customer'",
    )
