"""When something first happened in a span, for many passages at once: signs of life, refusals, touches of baskets."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import text

from hub.core.batches import array_of
from hub.core.db import db
from hub.core.words import Purpose
from hub.orders.known import Span

# The facts that a customer's own doing becomes (reactions: note_life), and the orders of before facts were kept.
_SIGNS = text("""
    SELECT position, least(fact.at, bought.at) AS at
    FROM unnest(CAST(:customers AS bigint[]), CAST(:sinces AS timestamptz[]), CAST(:untils AS timestamptz[]))
        WITH ORDINALITY AS asked (customer_id, since, until, position)
    CROSS JOIN LATERAL (SELECT min(happened_at) AS at FROM facts
        WHERE facts.customer_id = asked.customer_id AND happened_at >= asked.since AND happened_at <= asked.until
            AND kind IN ('OrderPlaced', 'TicketOpened', 'CustomerWrote', 'CustomerCalled', 'SurveyAnswered', 'WhyTold')
        ) AS fact
    CROSS JOIN LATERAL (SELECT min(placed_at) AS at FROM orders
        WHERE orders.customer_id = asked.customer_id AND placed_at >= asked.since AND placed_at <= asked.until
        ) AS bought
    WHERE least(fact.at, bought.at) IS NOT NULL
""")
_TOUCHES = text("""
    SELECT position, touch.state, min(touch.touched_at) AS at
    FROM unnest(CAST(:baskets AS bigint[]), CAST(:sinces AS timestamptz[]), CAST(:untils AS timestamptz[]))
        WITH ORDINALITY AS asked (basket_id, since, until, position)
    JOIN basket_touches AS touch ON touch.basket_id = asked.basket_id
        AND touch.touched_at >= asked.since AND touch.touched_at <= asked.until
    GROUP BY position, touch.state
""")

_REFUSALS = text("""
    SELECT position, min(fact.happened_at) AS at
    FROM unnest(CAST(:customers AS bigint[]), CAST(:sinces AS timestamptz[]), CAST(:untils AS timestamptz[]))
        WITH ORDINALITY AS asked (customer_id, since, until, position)
    JOIN facts AS fact ON fact.customer_id = asked.customer_id AND fact.happened_at >= asked.since
        AND fact.happened_at <= asked.until AND fact.kind = 'ConsentChanged' AND fact.data ->> 'is_given' = 'false'
    JOIN consent_entries AS entry ON entry.id = CAST(fact.data ->> 'entry_id' AS bigint)
        AND entry.channel = 'email' AND entry.purpose = ANY(:purposes)
    GROUP BY position
""")


def list_first_refusals(spans: Sequence[Span], purposes: Collection[Purpose]) -> list[datetime | None]:
    """For each span when the customer first refused mails of one of these purposes in it; None without a refusal."""
    if not spans:
        return []
    given = {
        "customers": array_of(span.customer_id for span in spans),
        "purposes": sorted(purposes),
        **_ends(spans),
    }
    found: dict[int, datetime] = dict(db.session.execute(_REFUSALS, given).all())
    return [found.get(position) for position in range(1, len(spans) + 1)]


def list_first_signs(spans: Sequence[Span]) -> list[datetime | None]:
    """For each span when the customer first showed a sign of life in it, clicks left out; None without one."""
    if not spans:
        return []
    given = {"customers": array_of(span.customer_id for span in spans), **_ends(spans)}
    found: dict[int, datetime] = dict(db.session.execute(_SIGNS, given).all())
    return [found.get(position) for position in range(1, len(spans) + 1)]


def list_first_touches(asked: Sequence[tuple[int, datetime, datetime]]) -> list[dict[str, datetime]]:
    """For each (basket, from, to) when the shop first told each state in that time: {state: moment}."""
    if not asked:
        return []
    given = {
        "baskets": array_of(basket_id for basket_id, _, _ in asked),
        "sinces": array_of(since for _, since, _ in asked),
        "untils": array_of(until for _, _, until in asked),
    }
    found: list[dict[str, datetime]] = [{} for _ in asked]
    for position, state, at in db.session.execute(_TOUCHES, given):
        found[position - 1][state] = at
    return found


def _ends(spans: Sequence[Span]) -> dict[str, str]:
    return {
        "sinces": array_of(span.since for span in spans),
        "untils": array_of(span.until for span in spans),
    }
