"""Rows of first stores, of answers after a solution and of gestures of a stretch of time, as their day columns want them."""

from hub.statistics.columns.inbox_rows import CHANNEL

_TICKET = f"""{CHANNEL.format("t")}, coalesce(t.reason_id, 0)"""

ROUTES = f"""
    WITH came AS (
        SELECT t.id, t.created_at, t.channel, t.reason_id, c.ticket_id IS NOT NULL AS is_moved,
            CASE WHEN c.ticket_id IS NULL THEN t.store_id ELSE c.first_store_id END AS store_id,
            CASE WHEN c.ticket_id IS NULL THEN t.route_source ELSE c.first_source END AS source
        FROM tickets t LEFT JOIN route_corrections c ON c.ticket_id = t.id
        WHERE t.created_at >= %(since)s AND t.created_at < %(until)s
    )
    SELECT extract(epoch FROM t.created_at)::float8, t.id, coalesce(t.store_id, 0), {_TICKET},
        array_position(CAST(%(sources)s AS text[]), t.source::text), t.is_moved::int
    FROM came t WHERE t.source NOT IN ('store_counter', 'agent')
    ORDER BY t.created_at, t.id
"""  # noqa: S608 - our own words
"""Where the hub put a ticket first; what a person noted or chose at once was not found by the hub."""

RATINGS = f"""
    WITH said AS (
        SELECT *, answered_at AS moment, score AS choice FROM ticket_ratings
        WHERE score IS NOT NULL AND answered_at >= %(since)s AND answered_at < %(until)s
        UNION ALL
        SELECT *, asked_at, 0 FROM ticket_ratings WHERE asked_at >= %(since)s AND asked_at < %(until)s
    )
    SELECT extract(epoch FROM r.moment)::float8, r.ticket_id, coalesce(r.store_id, 0), {_TICKET},
        coalesce(r.agent_id, 0), r.choice, (t.score IS NOT DISTINCT FROM 1)::int
    FROM said r JOIN tickets t ON t.id = r.ticket_id
    ORDER BY r.moment, r.id, r.choice
"""  # noqa: S608 - our own words
"""The question on the day it was asked (score 0), the answer on the day it was given; second: of who had not been satisfied."""

GESTURES = f"""
    SELECT extract(epoch FROM g.decided_at)::float8, g.ticket_id, coalesce(g.store_id, 0), {_TICKET}, g.asked_by_id,
        array_position(CAST(%(gestures)s AS text[]), g.kind::text), (g.state <> 'refused')::int, g.amount_cents
    FROM gestures g JOIN tickets t ON t.id = g.ticket_id
    WHERE g.decided_at >= %(since)s AND g.decided_at < %(until)s
    ORDER BY g.decided_at, g.id
"""  # noqa: S608 - our own words
"""On the day it was granted or refused; what waits for a decision is not here yet."""

SPAN_OF_RATINGS = "SELECT min(asked_at), greatest(max(asked_at), max(answered_at)) FROM ticket_ratings"
SPAN_OF_GESTURES = "SELECT min(decided_at), max(decided_at) FROM gestures"
