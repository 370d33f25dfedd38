"""Everything that happened around one customer, newest first: facts of all rooms, orders, visits by day, clicks, calls, notes."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import text

from hub.core.db import db
from hub.core.errors import Invalid
from hub.core.paging import Page, decode_key, make_page
from hub.core.text import N_
from hub.customers.queries import FactLine

PAGE_SIZE = 30
VISITED, CLICKED, PHONED, NOTED = "SiteVisited", "LinkClicked", "CustomerPhoned", "CustomerNoted"
BAD_PAGE = N_("This page address is not valid. Please start again from the first page.")


def _untold(kind: str, at: str, when: str) -> str:
    """Orders that no fact tells of, by their own rows: brought in as a whole, or older than the facts that are kept."""
    return f"""
        SELECT o.id, '{kind}' AS kind, {at} AS at, jsonb_build_object('order_id', o.id) AS data
        FROM orders o WHERE o.customer_id = :id AND {when} AND '{kind}' = ANY(:kinds) AND NOT EXISTS (
            SELECT FROM facts f WHERE f.customer_id = :id AND f.kind = '{kind}' AND f.data ->> 'order_id' = CAST(o.id AS text))"""  # noqa: S608 - our own words


# Each part gives at most a page, by an index that begins with the customer. A reply that was taken back is none.
_PARTS = {
    "fact": """
        SELECT f.id, f.kind, f.happened_at AS at, f.data || jsonb_build_object(
            'delivered_at', o.delivered_at, 'channel', o.channel) AS data
        FROM facts f
        LEFT JOIN outbound_messages o ON f.data ? 'outbound_id' AND o.id = CAST(f.data ->> 'outbound_id' AS bigint)
        WHERE f.customer_id = :id AND f.kind = ANY(:kinds) AND (f.kind <> 'TicketReplied' OR NOT f.data ? 'message_id'
            OR EXISTS (SELECT FROM ticket_messages m WHERE m.id = CAST(f.data ->> 'message_id' AS bigint)))""",
    "visit": """
        SELECT max(v.id) AS id, 'SiteVisited' AS kind, max(v.visited_at) AS at, jsonb_build_object('count', count(*),
            'kinds', jsonb_agg(DISTINCT v.kind), 'names', jsonb_agg(DISTINCT coalesce(p.name, v.family))
            FILTER (WHERE coalesce(p.name, v.family) IS NOT NULL)) AS data
        FROM visits v LEFT JOIN products p ON p.sku = v.sku WHERE v.customer_id = :id
        GROUP BY date_trunc('day', v.visited_at AT TIME ZONE
            coalesce((SELECT time_zone FROM chains ORDER BY id LIMIT 1), 'UTC'))""",
    "click": """
        SELECT c.id, 'LinkClicked' AS kind, c.clicked_at AS at, jsonb_build_object('purpose', o.purpose) AS data
        FROM outbound_messages o JOIN link_clicks c ON c.message_id = o.id AND c.label = 'human'
        WHERE o.customer_id = :id""",
    "call": """
        SELECT p.id, 'CustomerPhoned' AS kind, p.started_at AS at,
            jsonb_build_object('state', p.state, 'store_id', p.store_id) AS data
        FROM phone_calls p WHERE p.customer_id = :id AND p.state IN ('answered', 'missed', 'voicemail')
            AND NOT p.is_answered_by_us""",
    "order": _untold("OrderPlaced", "o.placed_at", "true"),
    "delivery": _untold("OrderDelivered", "o.delivered_at", "o.delivered_at IS NOT NULL"),
    "cancelling": _untold("OrderCancelled", "o.state_at", "o.state = 'cancelled'"),
    "return": _untold("OrderReturned", "o.state_at", "o.state = 'returned'"),
    "note": """
        SELECT n.id, 'CustomerNoted' AS kind, n.created_at AS at,
            jsonb_build_object('name', n.author_name, 'text', left(n.text, 300)) AS data
        FROM customer_notes n WHERE n.customer_id = :id""",
}
_BEFORE = "AND (at < :at OR (at = :at AND ('{source}', id) < (:source, CAST(:last_id AS bigint))))"


def page_timeline(
    customer_id: int, *, kinds: Collection[str], after: str | None = None, size: int = PAGE_SIZE
) -> Page[FactLine]:
    """One page. `kinds`: the facts that are wanted; visits, clicks, calls and notes come besides. Raises Invalid."""
    given = {"id": customer_id, "kinds": list(kinds), "size": size + 1}
    given |= _read(after) if after else {}
    found = db.session.execute(text(_statement(is_later=bool(after))), given)
    rows = [(row.source, FactLine(row.id, row.kind, row.at, row.data)) for row in found]
    page = make_page(rows, size=size, key=lambda row: (row[1].happened_at, row[0], row[1].id))
    return Page([line for _, line in page.rows], page.next_key)


def _statement(*, is_later: bool) -> str:
    parts = [
        f"(SELECT '{source}' AS source, id, kind, at, data FROM ({part}) each WHERE true "  # noqa: S608 - our own words
        f"{_BEFORE.format(source=source) if is_later else ''} ORDER BY at DESC, id DESC LIMIT :size)"
        for source, part in _PARTS.items()
    ]
    return f"{' UNION ALL '.join(parts)} ORDER BY at DESC, source DESC, id DESC LIMIT :size"


def _read(after: str) -> dict[str, object]:
    values = decode_key(after)
    kinds = (datetime, str, int)
    if len(values) != len(kinds) or not all(map(isinstance, values, kinds)) or not abs(values[2]) < 2**63:
        raise Invalid(BAD_PAGE)
    at, source, last_id = values
    return {"at": at, "source": source, "last_id": last_id}
