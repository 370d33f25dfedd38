"""What was known of buying at a moment, for many customers at once: plans ask it of now, their replay of the past."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, DateTime, Numeric, TextClause, text
from sqlalchemy.types import TypeEngine

from hub.core.batches import array_of
from hub.core.questions import Question, Rows, answered, written

AVERAGE_OVER = 5_000
_SPANS = """
    unnest(CAST(:customers AS bigint[]), CAST(:sinces AS timestamptz[]), CAST(:untils AS timestamptz[]),
        CAST(:buts AS bigint[])) WITH ORDINALITY AS asked (customer_id, since, until, but_id, position)
"""
# A cancellation counts from the moment the shop told it.
_COUNTED = "NOT (orders.state = 'cancelled' AND orders.state_at <= asked.until)"
_BOUGHT = text(f"""
    SELECT position, first.placed_at AS found FROM {_SPANS} CROSS JOIN LATERAL (
        SELECT placed_at FROM orders WHERE orders.customer_id = asked.customer_id AND {_COUNTED}
            AND placed_at >= asked.since AND placed_at <= asked.until
            AND orders.id IS DISTINCT FROM asked.but_id
        ORDER BY placed_at LIMIT 1) AS first
""")  # noqa: S608 - all parts are ours
_PLACED = text(f"""
    SELECT position, min(orders.placed_at) AS found FROM {_SPANS}
    JOIN orders ON orders.customer_id = asked.customer_id AND placed_at >= asked.since AND placed_at <= asked.until
        AND orders.id IS DISTINCT FROM asked.but_id
    GROUP BY position
""")  # noqa: S608 - all parts are ours
_AVERAGE = text("""
    SELECT avg(net) AS mean FROM (
        SELECT total_cents - returned_cents AS net FROM orders
        WHERE NOT (state = 'cancelled' AND state_at <= :at) AND placed_at <= :at ORDER BY id DESC LIMIT :most) AS last
""")
_OWN = text(f"""
    SELECT position, avg(total_cents - returned_cents) AS found FROM {_SPANS}
    JOIN orders ON orders.customer_id = asked.customer_id AND {_COUNTED}
        AND placed_at <= asked.until AND orders.id IS DISTINCT FROM asked.but_id
    GROUP BY position
""")  # noqa: S608 - all parts are ours
_OWNERS = text(f"""
    SELECT position, true AS found FROM {_SPANS} WHERE EXISTS (
        SELECT FROM orders JOIN order_lines ON order_lines.order_id = orders.id
            LEFT JOIN products ON products.sku = order_lines.sku
        WHERE orders.customer_id = asked.customer_id AND NOT (orders.state IN ('cancelled', 'returned') AND orders.state_at <= asked.until)
            AND orders.placed_at <= asked.until
            AND (order_lines.sku = CAST(:sku AS text) OR products.family = CAST(:family AS text)))
""")  # noqa: S608 - all parts are ours


@dataclass(frozen=True)
class Span:
    """A customer's buying from `since` to `until`, both included; an order of `but_order_id` is left out."""

    customer_id: int
    since: datetime
    until: datetime
    but_order_id: int | None = None


def list_first_purchases(spans: Sequence[Span]) -> list[datetime | None]:
    """For each span when the first order in it was placed, cancelled ones left out; None without one."""
    return ask_first_purchases(spans).ask()


def ask_first_purchases(spans: Sequence[Span]) -> Question[list[datetime | None]]:
    return _ask(_BOUGHT, spans, DateTime(timezone=True))


def list_first_placed(spans: Sequence[Span]) -> list[datetime | None]:
    """As `list_first_purchases`, also an order that was cancelled afterwards: as it was told on the day."""
    return _ask(_PLACED, spans, DateTime(timezone=True)).ask()


def get_average_order_cents_at(at: datetime) -> int:
    """Mean of the last orders placed until then, net of returns (5,000 at most, cancelled ones left out); 0 without any."""
    return ask_average_order_cents_at(at).ask()


def ask_average_order_cents_at(at: datetime) -> Question[int]:
    statement = written(_AVERAGE, {"mean": Numeric()}, {"at": at, "most": AVERAGE_OVER})
    return Question((statement,), lambda rows: round(rows[0].mean or 0))


def ask_own_averages(spans: Sequence[Span]) -> Question[list[int | None]]:
    """Mean of each customer's orders until the end of the span, whenever they began, net of returns; None without any."""
    return _ask(_OWN, spans, Numeric()).then(
        lambda means: [None if mean is None else round(mean) for mean in means]
    )


def ask_owners(
    spans: Sequence[Span], *, sku: str | None = None, family: str | None = None
) -> Question[list[bool]]:
    """Whether each customer had ordered an article, or one of a family, until the end of the span and kept it."""
    found = _ask(_OWNERS, spans, Boolean(), {"sku": sku, "family": family})
    return found.then(lambda owners: [owns is not None for owns in owners])


def _ask(
    words: TextClause, spans: Sequence[Span], kind: TypeEngine[Any], more: Mapping[str, Any] | None = None
) -> Question[list[Any]]:
    """For each span what the statement says of its position; None where it says nothing."""
    if not spans:
        return answered([])
    statement = written(words, {"position": BigInteger(), "found": kind}, _given(spans) | dict(more or {}))
    places = range(1, len(spans) + 1)

    def read(rows: Rows) -> list[Any]:
        found = {row.position: row.found for row in rows}
        return [found.get(place) for place in places]

    return Question((statement,), read)


def _given(spans: Sequence[Span]) -> dict[str, Any]:
    return {
        "customers": array_of(span.customer_id for span in spans),
        "sinces": array_of(span.since for span in spans),
        "untils": array_of(span.until for span in spans),
        "buts": array_of(span.but_order_id for span in spans),
    }
