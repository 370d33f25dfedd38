"""Signs of life of customers between two moments, wherever they stand: orders, clicks, visits, baskets, tickets, answers."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import BigInteger, text

from hub.core.batches import array_of
from hub.core.questions import Question, Rows, answered, written

_SIGNS = text("""
    SELECT position FROM unnest(CAST(:customers AS bigint[]), CAST(:sinces AS timestamptz[]), CAST(:untils AS timestamptz[]))
        WITH ORDINALITY AS asked (customer_id, since, until, position)
    WHERE EXISTS (SELECT FROM customers c WHERE c.id = asked.customer_id AND c.last_active_at BETWEEN since AND until)
        OR EXISTS (SELECT FROM orders o WHERE o.customer_id = asked.customer_id AND o.placed_at BETWEEN since AND until)
        OR EXISTS (SELECT FROM visits v WHERE v.customer_id = asked.customer_id AND v.visited_at BETWEEN since AND until)
        OR EXISTS (SELECT FROM baskets b JOIN basket_touches t ON t.basket_id = b.id
            WHERE b.customer_id = asked.customer_id AND t.touched_at BETWEEN since AND until AND t.state <> 'emptied')
        OR EXISTS (SELECT FROM tickets t WHERE t.customer_id = asked.customer_id AND t.created_at BETWEEN since AND until)
        OR EXISTS (SELECT FROM answers a WHERE a.customer_id = asked.customer_id AND a.answered_at BETWEEN since AND until)
        OR EXISTS (SELECT FROM why_answers w WHERE w.customer_id = asked.customer_id AND w.answered_at BETWEEN since AND until)
        OR EXISTS (SELECT FROM signup_entries s WHERE s.customer_id = asked.customer_id AND s.created_at BETWEEN since AND until)
        OR EXISTS (SELECT FROM own_events e WHERE e.customer_id = asked.customer_id AND e.happened_at BETWEEN since AND until)
        OR EXISTS (SELECT FROM addresses a JOIN consent_entries g ON g.address_kind = a.kind AND g.address = a.value
            WHERE a.customer_id = asked.customer_id AND g.happened_at BETWEEN since AND until AND g.action = 'given'
                AND g.actor_kind = 'customer')
        OR EXISTS (SELECT FROM outbound_messages m JOIN link_clicks k ON k.message_id = m.id
            WHERE m.customer_id = asked.customer_id AND k.label = 'human' AND k.clicked_at BETWEEN since AND until)
""")


def list_alive(asked: Sequence[tuple[int, datetime, datetime]]) -> list[bool]:
    """For each (customer, since, until), both included, whether he showed a sign of life between.

    A basket that the shop empties is none, nor is a consent that somebody else wrote down.
    """
    return ask_alive(asked).ask()


def ask_alive(asked: Sequence[tuple[int, datetime, datetime]]) -> Question[list[bool]]:
    if not asked:
        return answered([])
    given = {
        "customers": array_of(customer_id for customer_id, _, _ in asked),
        "sinces": array_of(since for _, since, _ in asked),
        "untils": array_of(until for _, _, until in asked),
    }
    places = range(1, len(asked) + 1)

    def read(rows: Rows) -> list[bool]:
        alive = {row.position for row in rows}
        return [place in alive for place in places]

    return Question((written(_SIGNS, {"position": BigInteger()}, given),), read)
