"""Benchmark: counting segments over many customers, orders, messages and consents.

`.venv/bin/python -m tests.bench.segments` prints JSON lines; SIZE customers (default 50,000; the bar of two seconds is
for 1,000,000), five orders each, two messages each. `… explain` prints the plans of the slowest.
"""

import os
import sys
import time
from statistics import median
from typing import Any

from psycopg.types.json import Jsonb
from sqlalchemy import text

from hub.app import create_app
from hub.core import clock
from hub.core.db import db, transaction
from hub.customers.property_models import PropertyDefinition
from hub.customers.property_words import PropertyKind
from hub.segments.compiling.statement import ask_count
from hub.segments.conditions.reading import read_tree
from hub.segments.conditions.tree import Group
from hub.segments.saved.counting import count_tree, explore, find_ids, long_question
from hub.segments.saved.loading import open_catalog, open_frame
from tests.bench.bulk import bulk_filling
from tests.bench.sending import _config, _tell
from tests.conftest import TUESDAY
from tests.makers.outbox import make_template
from tests.makers.stores import make_chain, make_region, make_store

SIZE = int(os.environ.get("SIZE") or 50_000)
BAR_SECONDS = 2.0
FILL = (
    """INSERT INTO customers (first_name, last_name, sort_key, birth_on, postcode, country, company, language,
        preferred_store_id, properties, created_at, updated_at)
    SELECT 'Dora', 'Martin ' || i, 'martin ' || i || ' dora', DATE '1950-01-01' + (i::bigint * 7919 % 20000)::int,
        lpad((i % 95 + 1)::text, 2, '0') || '003', 'FR', '', CASE WHEN i % 20 = 0 THEN 'en' ELSE 'fr' END,
        :store + i % 10, CASE WHEN i % 3 = 0 THEN jsonb_build_object('pet_kind', CASE WHEN i % 2 = 0 THEN 'cat' ELSE 'dog' END,
        'pet_count', i % 4) ELSE '{}' END, CAST(:now AS timestamptz) - make_interval(days => (i % 2000)::int), :now
    FROM generate_series(1, :size) AS i""",
    """INSERT INTO addresses (customer_id, kind, value, is_primary, created_at)
    SELECT id, 'mail', 'dora' || id || '@client.example', true, :now FROM customers""",
    """INSERT INTO consent_entries (address_kind, address, channel, purpose, theme, action, legal_basis, wording,
        wording_version, collection_point, actor_kind, evidence, happened_at, recorded_at)
    VALUES ('mail', 'x@client.example', 'email', 'promotion', '', 'given', 'consent', '', '', 'till', 'system', '{}', :now, :now)""",
    """INSERT INTO consent_states (address_kind, address, channel, purpose, theme, action, legal_basis, entry_id, happened_at)
    SELECT 'mail', 'dora' || id || '@client.example', 'email', purpose, '', CASE WHEN id % 5 < 3 THEN 'given' ELSE 'withdrawn' END,
        'consent', (SELECT min(id) FROM consent_entries), :now
    FROM customers CROSS JOIN (VALUES ('promotion'), ('newsletter')) AS asked (purpose)""",
    """INSERT INTO orders (external_id, store_id, customer_id, state, placed_at, state_at, event_key, total_cents,
        returned_cents, currency, promo_codes, created_at)
    SELECT 'A' || i, :store + i % 10, :first + (i::bigint * 7919) % :size, CASE WHEN i % 25 = 0 THEN 'cancelled' ELSE 'delivered' END,
        CAST(:now AS timestamptz) - make_interval(mins => (i % 1100000)::int), :now, '', 1000 + i % 20000,
        CASE WHEN i % 20 = 0 THEN 500 ELSE 0 END, 'EUR', '[]', :now
    FROM generate_series(1, :size * 5) AS i""",
    """INSERT INTO order_lines (order_id, position, sku, name, quantity, unit_price_cents)
    SELECT id, 1, 'SKU-' || id % 200, 'Lampe', 1, total_cents FROM orders""",
    """INSERT INTO outbound_messages (uuid, key, queue, channel, purpose, state, customer_id, language, template_version_id,
        values, headers, message_id, stop_if, recipient_name, sender_name, priority, attempt_count, due_at, created_at, accepted_at)
    SELECT 'u' || i, 'k' || i, 'bulk', 'email', CASE WHEN i % 2 = 0 THEN 'promotion' ELSE 'survey' END, 'delivered',
        :first + i % :size, 'fr', :version, '{}', '{}', 'm' || i, '{}', '', '', 100, 0, at, at, at
    FROM (SELECT i, CAST(:now AS timestamptz) - make_interval(mins => (i % 500000)::int) AS at
        FROM generate_series(1, :size * 2) AS i) AS drawn""",
    """INSERT INTO link_clicks (message_id, position, link_count, clicked_at, label, sign)
    SELECT id, 0, 3, accepted_at, CASE WHEN id % 4 = 0 THEN 'machine' ELSE 'human' END, 'none'
    FROM outbound_messages WHERE id % 5 = 0""",
    """INSERT INTO facts (kind, customer_id, happened_at, data)
    SELECT CASE WHEN i % 2 = 0 THEN 'SurveyAnswered' ELSE 'TicketOpened' END, :first + i % :size,
        CAST(:now AS timestamptz) - make_interval(mins => (i % 500000)::int),
        jsonb_build_object('score', 1 + i % 3, 'answer_id', i, 'ticket_id', i, 'store_id', :store, 'channel', 'email')
    FROM generate_series(1, :size) AS i""",
    """INSERT INTO customer_scores (customer_id, stage, r, f, m, rfm_segment, churn_points, churn_why, historic_cents,
        order_count, computed_at)
    SELECT id, (ARRAY['prospect','new','occasional','regular','ambassador','lapsed','former'])[1 + id % 7], 1 + id % 5,
        1 + id % 4, 1 + id % 3, CASE WHEN id % 5 = 0 THEN 'champions' ELSE 'at_risk' END, -(id % 12), '[]',
        coalesce(net_cents, 0), coalesce(order_count, 0), :now
    FROM customers LEFT JOIN (SELECT customer_id, count(*) AS order_count, sum(total_cents - returned_cents) AS net_cents
        FROM orders WHERE state <> 'cancelled' GROUP BY customer_id) AS bought ON customer_id = id""",
)
TABLES = (
    "customers", "addresses", "consent_states", "orders", "order_lines", "outbound_messages", "link_clicks", "facts",
    "customer_scores",
)  # fmt: skip


def part(field: str, test: str, value: Any = None, **more: Any) -> dict[str, Any]:
    return {"field": field, "test": test} | ({"value": value} if value is not None else {}) | more


def group(match: str, *parts: dict[str, Any]) -> dict[str, Any]:
    return {"match": match, "parts": list(parts)}


AGREES = part("consents.given", "yes", only={"channel": ["email"], "purpose": ["promotion"]})
YEAR = {"last_days": 365}
QUESTIONS: dict[str, dict[str, Any]] = {
    "birthday and consent": group("all", part("customer.birthday", "in_next", 30), AGREES),
    "lapsed with consent": group(
        "all", part("orders.placed", "ever"), part("orders.placed", "never", within=YEAR), AGREES
    ),
    "three orders and 100 euros in a year": group(
        "all",
        part("orders.placed", "at_least", 3, within=YEAR),
        part("orders.net", "at_least", 10_000, within=YEAR),
    ),
    "bought an article, did not click since": group(
        "all",
        part("products.bought", "ever", only={"sku": ["SKU-7", "SKU-8"]}),
        part("messages.clicked", "never", within={"last_days": 90}),
        part("messages.sent", "at_least", 1, within={"last_days": 180}, only={"purpose": ["promotion"]}),
    ),
    "nested: good or pleased, not asked lately": group(
        "all",
        group(
            "any",
            part("value.rfm", "one_of", ["champions"]),
            part("orders.net", "at_least", 50_000),
            part("answers.given", "ever", only={"score": ["3"]}, within=YEAR),
        ),
        group(
            "none", part("messages.sent", "ever", within={"last_days": 30}), part("tickets.grievance", "yes")
        ),
        AGREES,
    ),
    "properties, place and stage": group(
        "all",
        part("property:pet_kind", "one_of", ["cat"]),
        group(
            "any",
            part("customer.postcode", "begins_with", ["69", "38"]),
            part("value.stage", "one_of", ["regular"]),
        ),
        part("customer.age", "between", [25, 60]),
    ),
    "everything at once": group(
        "all",
        AGREES,
        group(
            "any",
            group(
                "all",
                part("orders.placed", "at_least", 2, within=YEAR),
                part("orders.average", "at_least", 5_000),
            ),
            part("products.bought", "ever", within=YEAR, only={"sku": ["SKU-7"]}),
        ),
        part("messages.clicked", "ever", within=YEAR),
        group(
            "none", part("answers.given", "ever", only={"score": ["1"]}), part("value.churn", "at_most", -10)
        ),
    ),
}


def fill() -> None:
    """A base of SIZE customers."""
    with transaction():
        make_chain(db.session())
        region = make_region(db.session())
        first = make_store(db.session(), region_id=region.id).id
        for number in range(1, 10):
            make_store(db.session(), f"Store {number}", code=f"S{number}", region_id=region.id)
        version = make_template(db.session()).id
        for key, kind in (("pet_kind", PropertyKind.CHOICE), ("pet_count", PropertyKind.NUMBER)):
            words = {"label": key, "description": key, "choices": ["cat", "dog"] if key == "pet_kind" else []}
            db.session.add(
                PropertyDefinition(
                    key=key, family="pet", kind=kind, created_at=TUESDAY, updated_at=TUESDAY, **words
                )
            )
    with bulk_filling(TABLES) as wire:
        for number, statement in enumerate(FILL):
            lowest = wire.scalar(text("SELECT min(id) FROM customers")) if number else 0
            known = {"size": SIZE, "now": TUESDAY, "store": first, "version": version, "first": lowest}
            wire.execute(text(statement), {name: known[name] for name in known if f":{name}" in statement})


def tree_of(question: dict[str, Any]) -> Group:
    return read_tree({"version": 1, "root": question}, open_catalog())


def median_of(act: Any, times: int = 5) -> float:
    """Seconds of the middle one of some tries."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        taken.append(time.perf_counter() - began)
    return median(taken)


def main() -> None:
    app = create_app(_config())
    clock.use(movable=False, fixed=lambda: TUESDAY)
    with app.app_context():
        fill()
        for name, question in QUESTIONS.items():
            root = tree_of(question)
            count = count_tree(root, now=TUESDAY, seconds=120)
            seconds = median_of(lambda root=root: count_tree(root, now=TUESDAY, seconds=120))
            label = f"segments.count: {name} ({count} of {SIZE})"
            _tell(label, round(seconds, 3), "s", "the bar at 1,000,000", BAR_SECONDS, seconds / BAR_SECONDS)
            if "explain" in sys.argv:
                explain(root)
        root = tree_of(QUESTIONS["everything at once"])
        seen = median_of(lambda: explore(root, now=TUESDAY), 1)
        page = median_of(lambda: find_ids(root, now=TUESDAY, limit=51))
        _tell(
            "segments.what each condition leaves",
            round(seen, 3),
            "s",
            "the bar",
            BAR_SECONDS,
            seen / BAR_SECONDS,
        )
        _tell("segments.members page", round(page, 3), "s", "the bar", BAR_SECONDS, page / BAR_SECONDS)
        db.session.remove()
        db.engine.dispose()


def explain(root: Group) -> None:
    """The plan as it ran."""
    compiled = ask_count(root, open_frame(root, now=TUESDAY)).compile(
        db.engine, compile_kwargs={"render_postcompile": True}
    )
    with long_question(120):
        connection = db.session.connection().connection
        cursor = connection.cursor()
        given = {
            name: Jsonb(each) if isinstance(each, dict) else each for name, each in compiled.params.items()
        }
        cursor.execute(f"EXPLAIN (ANALYZE, COSTS OFF) {compiled}", given)
        print("\n".join(line for (line,) in cursor.fetchall()))
        cursor.close()


if __name__ == "__main__":
    main()
