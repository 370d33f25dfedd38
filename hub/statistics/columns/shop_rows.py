"""Rows of answers and orders of a stretch of time, as their day columns want them: one statement each."""

ANSWERS = """
    SELECT extract(epoch FROM answered_at)::float8, store_id, extract(epoch FROM answered_at)::float8, choice::int
    FROM answers WHERE state = 'confirmed' AND answered_at >= %(since)s AND answered_at < %(until)s
    ORDER BY answered_at, id
"""
"""An answer that counts; its score is 3 very satisfied, 2 satisfied, 1 not satisfied."""

ORDERS = """
    WITH placed AS (
        SELECT width_bucket(placed_at, CAST(%(begins)s AS timestamptz[])) AS day, store_id, total_cents - returned_cents AS cents
        FROM orders WHERE placed_at >= %(since)s AND placed_at < %(until)s AND state <> 'cancelled'
    )
    SELECT extract(epoch FROM (CAST(%(begins)s AS timestamptz[]))[day])::float8, store_id, count(*), sum(cents)::bigint
    FROM placed GROUP BY day, store_id ORDER BY day, store_id
"""
"""One row a day and store: orders that were not cancelled, and what they are worth without what came back."""

SPAN_OF_ANSWERS = "SELECT min(answered_at), max(answered_at) FROM answers WHERE state = 'confirmed'"
SPAN_OF_ORDERS = "SELECT min(placed_at), max(placed_at) FROM orders"
