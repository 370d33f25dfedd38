"""All that a customer's card says of orders, value, basket, answers, plans and notes: one statement for all of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import text

from hub.core.db import db
from hub.customers.notes.rows import NoteRow
from hub.customers.queries import AddressRow, ConsentRow
from hub.customers.rules import Buying
from hub.orders.behaviour.rows import BasketRow
from hub.orders.queries import OrderRow
from hub.plans.queries import EnrolmentRow
from hub.segments.values.words import RfmSegment, Stage
from hub.surveys.queries import AnswerRow

MOST_ORDERS, MOST_ANSWERS, MOST_NOTES, MOST_PLANS, MOST_CONSENTS = 20, 20, 20, 10, 200

# Each part looks at the rows of one customer by an index, and comes as JSON: eleven looks, one round trip.
_STANDING = text("""
    SELECT
    (SELECT to_jsonb(s) FROM customer_scores s WHERE s.customer_id = :id) AS score,
    (SELECT jsonb_build_object('order_count', count(*), 'recent_order_count', count(*) FILTER (WHERE placed_at >= :since),
            'first_placed_at', min(placed_at), 'last_placed_at', max(placed_at))
        FROM orders WHERE customer_id = :id AND state <> 'cancelled') AS buying,
    (SELECT coalesce(jsonb_agg(to_jsonb(o) || jsonb_build_object('lines', (
            SELECT coalesce(jsonb_agg(jsonb_build_object('position', l.position, 'sku', l.sku, 'name', l.name,
                'quantity', l.quantity, 'unit_price_cents', l.unit_price_cents, 'family', coalesce(p.family, ''))
                ORDER BY l.position), '[]')
            FROM order_lines l LEFT JOIN products p ON p.sku = l.sku WHERE l.order_id = o.id))
            ORDER BY o.placed_at DESC, o.id DESC), '[]')
        FROM (SELECT id, external_id, store_id, customer_id, state, placed_at, delivered_at, total_cents, returned_cents,
                currency, promo_codes FROM orders WHERE customer_id = :id
            ORDER BY placed_at DESC, id DESC LIMIT :most_orders) o) AS orders,
    (SELECT to_jsonb(b) || jsonb_build_object('lines', (
            SELECT coalesce(jsonb_agg(jsonb_build_object('position', l.position, 'sku', l.sku,
                'name', coalesce(nullif(l.name, ''), p.name, l.sku), 'quantity', l.quantity,
                'unit_price_cents', l.unit_price_cents) ORDER BY l.position), '[]')
            FROM basket_lines l LEFT JOIN products p ON p.sku = l.sku WHERE l.basket_id = b.id))
        FROM (SELECT * FROM baskets WHERE customer_id = :id AND state = 'open'
                AND EXISTS (SELECT 1 FROM basket_lines i WHERE i.basket_id = baskets.id)
            ORDER BY touched_at DESC, id DESC LIMIT 1) b) AS basket,
    (SELECT coalesce(jsonb_agg(to_jsonb(a)), '[]')
        FROM (SELECT answers.*, i.order_id FROM answers JOIN invitations i ON i.id = answers.invitation_id
            WHERE answers.customer_id = :id AND answers.state = 'confirmed'
            ORDER BY answers.id DESC LIMIT :most_answers) a) AS answers,
    (SELECT coalesce(jsonb_agg(to_jsonb(e)), '[]')
        FROM (SELECT n.*, p.key AS plan_key, p.name_fr, p.name_en FROM enrolments n JOIN plans p ON p.id = n.plan_id
            WHERE n.customer_id = :id AND n.ended_at IS NULL ORDER BY n.entered_at DESC LIMIT :most_plans) e) AS plans,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('kind', a.kind, 'value', a.value, 'is_primary', a.is_primary,
            'suppressions', jsonb_build_array()) ORDER BY a.kind, a.is_primary DESC, a.id), '[]')
        FROM addresses a WHERE a.customer_id = :id) AS addresses,
    (SELECT coalesce(jsonb_agg(to_jsonb(c)), '[]')
        FROM (SELECT e.*, s.id IS NOT NULL AS is_current FROM consent_entries e
            LEFT JOIN consent_states s ON s.entry_id = e.id AND s.address_kind = e.address_kind
                AND s.address = e.address AND s.channel = e.channel AND s.purpose = e.purpose AND s.theme = e.theme
            WHERE e.address_kind IN ('mail', 'phone') AND e.address IN (SELECT value FROM addresses WHERE customer_id = :id)
            ORDER BY e.happened_at DESC, e.id DESC LIMIT :most_consents) c) AS consents,
    (SELECT coalesce(jsonb_agg(to_jsonb(c)), '[]')
        FROM (SELECT * FROM customer_notes WHERE customer_id = :id ORDER BY id DESC LIMIT :most_notes) c) AS notes,
    (SELECT coalesce(jsonb_object_agg(s.id, s.name), '{}') FROM stores s WHERE s.id IN (
        SELECT store_id FROM orders WHERE customer_id = :id
        UNION SELECT preferred_store_id FROM customers WHERE id = :id)) AS store_names,
    (SELECT values FROM segment_settings ORDER BY id DESC LIMIT 1) AS definitions,
    (SELECT currency FROM chains ORDER BY id LIMIT 1) AS currency
""")


@dataclass(frozen=True)
class ScoreRow:
    """What a customer is worth and how near to leaving, as it was computed last (hub/segments/values/models.py)."""

    stage: Stage
    r: int | None
    f: int | None
    m: int | None
    rfm_segment: RfmSegment | None
    churn_points: int
    churn_why: tuple[dict[str, Any], ...]
    historic_cents: int
    predicted_cents: int | None
    expected_orders: float | None
    tier: str | None
    computed_at: datetime


@dataclass(frozen=True)
class Standing:
    """Lists are newest first. `score` is None while nobody has computed one; `basket` while none is open.

    Of the addresses it is not said what blocks them: that is known by their hashes alone.
    """

    score: ScoreRow | None
    buying: Buying
    orders: tuple[OrderRow, ...]
    basket: BasketRow | None
    answers: tuple[AnswerRow, ...]
    plans: tuple[EnrolmentRow, ...]
    addresses: tuple[AddressRow, ...]
    consents: tuple[ConsentRow, ...]
    notes: tuple[NoteRow, ...]
    store_names: dict[int, str]
    definitions: dict[str, Any] | None
    currency: str | None


_reader: TypeAdapter[Standing] = TypeAdapter(Standing)


def get_standing(customer_id: int, *, since: datetime) -> Standing:
    """`since`: from when on orders count as recent. Of a customer who is not there everything is empty."""
    most = {
        "most_orders": MOST_ORDERS,
        "most_answers": MOST_ANSWERS,
        "most_plans": MOST_PLANS,
        "most_notes": MOST_NOTES,
        "most_consents": MOST_CONSENTS,
    }
    found = db.session.execute(_STANDING, {"id": customer_id, "since": since, **most}).mappings().one()
    return _reader.validate_python(dict(found))
