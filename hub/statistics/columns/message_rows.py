"""Rows of messages of a stretch of time, as their day columns want them: added up by day, and each advertisement by customer."""

from collections.abc import Mapping

PLAN_SOURCE = "enrolment"
ADVERTISING = "('promotion', 'newsletter')"
CHANNEL = "array_position(CAST(%(channels)s AS text[]), {}.channel::text)"
_COLUMNS = """id, state, reason, channel, purpose, store_id, customer_id, template_version_id, source_kind, source_id,
            is_opening_measured, refused_at"""
SEEN = f"""
    SELECT {_COLUMNS}, accepted_at AS moment, true AS is_sent FROM outbound_messages
    WHERE state IN ('accepted', 'delivered') AND accepted_at >= %(since)s AND accepted_at < %(until)s
    UNION ALL
    SELECT {_COLUMNS}, coalesce(accepted_at, ended_at), accepted_at IS NOT NULL OR state = 'bounced'
    FROM outbound_messages
    WHERE state IN ('bounced', 'failed', 'expired', 'unknown')
        AND coalesce(accepted_at, ended_at) >= %(since)s AND coalesce(accepted_at, ended_at) < %(until)s
    UNION ALL
    SELECT {_COLUMNS}, ended_at, false FROM outbound_messages
    WHERE state = 'blocked' AND ended_at >= %(since)s AND ended_at < %(until)s
"""  # noqa: S608 - our own words
"""A message belongs to the day on which the provider took it, or on which it was given up."""

PLACED = f"""JOIN template_versions AS version ON version.id = {{0}}.template_version_id
    LEFT JOIN enrolments AS e ON {{0}}.source_kind = '{PLAN_SOURCE}' AND e.id = {{0}}.source_id"""
"""Which message it was, and of which plan."""


def _receipt(kind: str) -> str:
    return f"EXISTS (SELECT FROM delivery_receipts WHERE message_id = seen.id AND kind = '{kind}')"


_OPENED = "EXISTS (SELECT FROM message_openings WHERE message_id = seen.id AND opener = 'program')"

LOOKED = f"""
    SELECT seen.*, seen.is_sent AND {_receipt("soft_bounce")} AS is_soft, seen.is_sent AND {_receipt("hard_bounce")} AS is_hard,
        seen.is_sent AND {_OPENED} AS is_opened
    FROM seen WHERE seen.purpose <> 'staff'
"""  # noqa: S608 - our own words
HAPPENED: Mapping[str, str] = {
    "sent": "seen.is_sent",
    "delivered": "(seen.state = 'delivered' OR (seen.state = 'accepted' AND NOT seen.is_soft))",
    "hard": "(seen.is_hard OR (seen.is_sent AND seen.state = 'bounced' AND NOT seen.is_soft))",
    "soft": "(seen.is_soft AND NOT seen.is_hard AND seen.state <> 'delivered')",
    "measured": "(seen.is_sent AND seen.channel = 'email' AND (seen.is_opened OR seen.is_opening_measured))",
    "opened": "seen.is_opened",
    "clicked": """(seen.is_sent AND EXISTS (
        SELECT FROM link_clicks WHERE message_id = seen.id AND label = 'human'))""",
    "unsubscribed": "(seen.is_sent AND seen.refused_at IS NOT NULL)",
    "complained": f"(seen.is_sent AND {_receipt('complaint')})",
}
"""When each thing is said of a message; the lists behind the figures ask the same."""
WHY_NOT = """CASE WHEN seen.is_sent THEN NULL ELSE 'not_' || coalesce(seen.reason,
    CASE seen.state WHEN 'unknown' THEN 'unknown' ELSE 'refused' END) END"""
_EACH = ",\n            ".join(f"('{name}', {holds})" for name, holds in HAPPENED.items())

MESSAGES = f"""
    WITH seen AS MATERIALIZED ({SEEN}), looked AS MATERIALIZED ({LOOKED}), told AS (
        SELECT seen.*, what.name
        FROM looked AS seen CROSS JOIN LATERAL (VALUES
            {_EACH},
            ({WHY_NOT}, NOT seen.is_sent)
        ) AS what (name, holds)
        WHERE what.holds
    )
    SELECT extract(epoch FROM min(told.moment))::float8, coalesce(told.store_id, 0), {CHANNEL.format("told")},
        array_position(CAST(%(purposes)s AS text[]), told.purpose::text), version.template_id, coalesce(e.plan_id, 0),
        array_position(CAST(%(whats)s AS text[]), told.name), count(*)
    FROM told
    {PLACED.format("told")}
    GROUP BY (told.moment AT TIME ZONE %(zone)s)::date, 2, 3, 4, 5, 6, 7
    ORDER BY 1, 2, 3, 4, 5, 6, 7
"""  # noqa: S608 - our own words
"""Every word stands with the message or its receipts and says nothing of a person: an erasure changes no figure.

Delivered: nobody sent it back. What came late (a bounce, a click) is told of the day on which its message left."""

PRESSURE = f"""
    SELECT extract(epoch FROM m.accepted_at)::float8, m.customer_id, {CHANNEL.format("m")}
    FROM outbound_messages AS m
    WHERE m.state IN ('accepted', 'delivered') AND m.purpose IN {ADVERTISING} AND m.customer_id IS NOT NULL
        AND m.accepted_at >= %(since)s AND m.accepted_at < %(until)s
    ORDER BY m.accepted_at, m.id
"""  # noqa: S608 - our own words

SPAN_OF_MESSAGES = """
    SELECT least(min(accepted_at), min(ended_at)), greatest(max(accepted_at), max(ended_at)) FROM outbound_messages
"""
SPAN_OF_PRESSURE = """
    SELECT min(accepted_at), max(accepted_at) FROM outbound_messages WHERE state IN ('accepted', 'delivered')
"""
