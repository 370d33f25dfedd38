"""Rows of waits, tickets and solutions of a stretch of time, as their day columns want them: one statement each."""

CHANNEL = "array_position(CAST(%(channels)s AS text[]), {}.channel::text)"
AGENT = """coalesce((
    SELECT r.agent_id FROM reply_waits r
    WHERE r.ticket_id = t.id AND r.ended_at IS NOT NULL AND NOT r.is_transferred
    ORDER BY r.ended_at DESC, r.id DESC LIMIT 1), 0)"""
"""Of a ticket: who answered it last. Who it is assigned to may change when nobody did anything for the customer."""

HELP = """CASE WHEN t.source_kind = 'taken_over' THEN 2
    WHEN EXISTS (SELECT FROM knowledge_uses u WHERE u.ticket_id = t.id) THEN 1 ELSE 0 END"""
CLOSED_AT_ONCE = "coalesce(t.closed_at <= t.solved_at, false)"
"""Spam and withdrawn tickets are closed in the moment that ended them; solved ones a week later."""


def _seconds(moment: str) -> str:
    return f"extract(epoch FROM {moment})::float8"


def _place(row: str, ticket: str, agent: str) -> str:
    return f"""{ticket}, coalesce({row}.store_id, 0), {CHANNEL.format(row)}, coalesce({row}.reason_id, 0), {agent}"""


WAITS = f"""
    WITH ended AS (
        SELECT *, ended_at AS moment FROM reply_waits WHERE ended_at >= %(since)s AND ended_at < %(until)s
        UNION ALL
        SELECT *, dropped_at FROM reply_waits WHERE dropped_at >= %(since)s AND dropped_at < %(until)s
    ), shares AS (
        SELECT s.*, count(*) FILTER (WHERE NOT s.is_transferred) OVER (
            PARTITION BY s.ticket_id ORDER BY s.started_at, s.id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS wait
        FROM reply_waits s
        WHERE s.ticket_id IN (
            SELECT cut.ticket_id FROM reply_waits cut
            WHERE cut.is_transferred AND cut.ticket_id IN (SELECT ended.ticket_id FROM ended)
        )
    ), wholes AS (
        SELECT
            max(id) FILTER (WHERE NOT is_transferred) AS id,
            CASE WHEN count(*) = count(business_seconds) THEN sum(business_seconds) ELSE -1 END AS seconds,
            (array_agg(target_seconds ORDER BY started_at, id))[1] AS target,
            min(started_at) AS started_at
        FROM shares GROUP BY ticket_id, wait
    )
    SELECT
        {_seconds("w.moment")}, {_place("w", "w.ticket_id", "coalesce(w.agent_id, 0)")},
        CASE WHEN w.dropped_at IS NOT NULL
            THEN 1 + array_position(CAST(%(drops)s AS text[]), w.drop_reason::text)
            WHEN w.is_transferred THEN 1 ELSE 0 END,
        {_seconds("w.started_at")}, coalesce(w.business_seconds, -1), w.target_seconds,
        {_seconds("coalesce(whole.started_at, w.started_at)")},
        coalesce(whole.seconds::bigint, w.business_seconds, -1), coalesce(whole.target, w.target_seconds)
    FROM ended w LEFT JOIN wholes whole ON whole.id = w.id
    ORDER BY w.moment, w.id
"""  # noqa: S608 - our own words
"""`whole`: what the customer waited in all where transfers cut it, kept with the last share; against the first target."""

TICKETS = f"""
    SELECT {_seconds("t.created_at")}, {_place("t", "t.id", AGENT)}, {_seconds("t.created_at")},
        CASE WHEN t.merged_into_id IS NOT NULL THEN 1 WHEN {CLOSED_AT_ONCE} THEN 2 ELSE 0 END
    FROM tickets t WHERE t.created_at >= %(since)s AND t.created_at < %(until)s
    ORDER BY t.created_at, t.id
"""  # noqa: S608 - our own words


def _solved(moment: str, is_last: int, more: str) -> str:
    return f"""
        SELECT {_seconds(f"t.{moment}")}, {_place("t", "t.id", AGENT)}, {_seconds("t.created_at")}, {is_last},
            (t.reopened_count > 0)::int, {HELP}, extract(epoch FROM t.{moment} - t.created_at)::float8
        FROM tickets t
        WHERE t.{moment} >= %(since)s AND t.{moment} < %(until)s AND t.merged_into_id IS NULL
            AND NOT {CLOSED_AT_ONCE} {more}
    """  # noqa: S608 - our own words


SOLUTIONS = f"""
    {_solved("first_solved_at", 0, "")}
    UNION ALL
    {_solved("solved_at", 1, "AND t.state IN ('solved', 'closed')")}
    ORDER BY 1, 2, 8
"""
"""A ticket stands here on the day it was first solved and on the day it was solved for good; what turned out to be spam was never a matter."""

SPAN_OF_WAITS = """
    SELECT least(min(ended_at), min(dropped_at)), greatest(max(ended_at), max(dropped_at)) FROM reply_waits
"""
SPAN_OF_TICKETS = "SELECT min(created_at), max(created_at) FROM tickets"
SPAN_OF_SOLUTIONS = """
    SELECT least(min(first_solved_at), min(solved_at)), greatest(max(first_solved_at), max(solved_at)) FROM tickets
"""
