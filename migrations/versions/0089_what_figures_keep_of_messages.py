"""Messages keep what figures need of them and an erasure takes away: that their opening was measured, and when one was refused."""

import sqlalchemy as sa
from alembic import op

revision = "0089"
down_revision = "0088"
branch_labels = None
depends_on = None

MEASURED = """
    UPDATE outbound_messages AS m SET is_opening_measured = true
    WHERE m.channel = 'email' AND m.accepted_at IS NOT NULL AND m.is_measured
        AND m.purpose IN ('service', 'survey', 'promotion', 'newsletter')
        AND (EXISTS (SELECT FROM chains WHERE settings -> 'tracking' ->> 'opens' = 'all')
            OR (m.recipient IS NOT NULL AND coalesce((
                SELECT e.action = 'given' FROM consent_entries AS e
                WHERE e.address_kind = 'mail' AND e.address = m.recipient AND e.channel = 'email'
                    AND e.purpose = 'open_measurement' AND e.theme = '' AND e.happened_at <= m.accepted_at
                ORDER BY e.happened_at DESC, e.id DESC LIMIT 1), false)))
"""
"""As figures said so far, of the rows whose address is still known."""
REFUSED = """
    UPDATE outbound_messages AS m SET refused_at = told.refused_at
    FROM (
        SELECT last.id, min(w.happened_at) AS refused_at
        FROM consent_entries AS w
        JOIN addresses AS a ON a.kind = w.address_kind AND a.value = w.address
        CROSS JOIN LATERAL (
            SELECT sent.id, sent.recipient FROM outbound_messages AS sent
            WHERE sent.customer_id = a.customer_id AND sent.channel = w.channel AND sent.purpose = w.purpose
                AND sent.accepted_at <= w.happened_at AND sent.accepted_at > w.happened_at - interval '7 days'
            ORDER BY sent.accepted_at DESC, sent.id DESC LIMIT 1
        ) AS last
        WHERE w.action = 'withdrawn' AND w.actor_kind = 'customer' AND last.recipient = w.address
            AND w.purpose IN ('survey', 'promotion', 'newsletter')
        GROUP BY last.id
    ) AS told
    WHERE m.id = told.id
"""


def upgrade() -> None:
    op.add_column(
        "outbound_messages",
        sa.Column("is_opening_measured", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    op.add_column("outbound_messages", sa.Column("refused_at", sa.DateTime(timezone=True)))
    op.execute(MEASURED)
    op.execute(REFUSED)


def downgrade() -> None:
    op.drop_column("outbound_messages", "refused_at")
    op.drop_column("outbound_messages", "is_opening_measured")
