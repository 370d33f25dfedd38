"""Benchmark: the night of stages, RFM and churn against one sequential aggregate over the same orders; the card's query.

`SIZE=1000000 .venv/bin/python -m tests.bench.nightly_values` makes that many customers with five orders each (without
SIZE 50,000) and prints JSON lines. Bars: the night ≤ 3 × the aggregate, the card's scores ≤ 50 ms. Both the first night
(every row is new) and the next ones (a day later each) are measured; the aggregate runs before and after each, in one
process and with the memory of a night. The medians count.
"""

import json
import os
import platform
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from statistics import median

from sqlalchemy import text

from hub.app import create_app
from hub.core.db import db, transaction
from hub.segments.values import night, queries
from tests.bench.bulk import bulk_filling
from tests.bench.mail_in import _config
from tests.conftest import TUESDAY
from tests.makers.stores import make_chain, make_store

SIZE = int(os.environ.get("SIZE") or 50_000)
ORDERS_EACH = 5
BAR, CARD_MS = 3.0, 50.0
CARDS, NIGHTS = 200, 3
AGGREGATE = text(
    "EXPLAIN (ANALYZE, TIMING OFF)"
    " SELECT customer_id, count(*), sum(total_cents), max(placed_at) FROM orders GROUP BY customer_id"
)
"""Read from end to end in one pass, its rows computed and thrown away; indexes and helpers are switched off for it."""
CUSTOMERS = text("""
    INSERT INTO customers (id, first_name, last_name, sort_key, postcode, country, company, language, created_at, updated_at)
    SELECT i, 'Dora', 'Martin ' || i, 'martin dora ' || i, '69003', 'FR', '', 'fr', :now, :now
    FROM generate_series(1, CAST(:size AS int)) AS i
""")
ORDERS = text("""
    INSERT INTO orders (external_id, store_id, customer_id, state, placed_at, delivered_at, state_at, event_key, total_cents,
        returned_cents, currency, created_at)
    SELECT 'B-' || i, :store, 1 + (hashint8(i::bigint) & 2147483647) % CAST(:size AS int),
        CASE WHEN i % 25 = 0 THEN 'cancelled' ELSE 'delivered' END,
        CAST(:now AS timestamptz) - make_interval(secs => (CAST(:count AS int) - i) * (94608000.0 / CAST(:count AS int))),
        :now, :now, '', 1000 + (hashint4(i) & 65535) % 20000, CASE WHEN i % 20 = 0 THEN 500 ELSE 0 END, 'EUR', :now
    FROM generate_series(1, CAST(:count AS int)) AS i
""")


def fill(size: int) -> None:
    """Three years of orders, in the order in which they were placed, spread over the customers by a hash."""
    with transaction() as session:
        make_chain(session)
        store = make_store(session)
        given = {"size": size, "count": size * ORDERS_EACH, "store": store.id, "now": TUESDAY}
    with bulk_filling(("customers", "orders")) as wire:
        wire.execute(CUSTOMERS, {"size": size, "now": TUESDAY})
        wire.execute(ORDERS, given)


def timed(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def aggregate() -> None:
    with transaction() as session:
        for name in ("indexscan", "indexonlyscan", "bitmapscan"):
            session.execute(text(f"SET LOCAL enable_{name} = off"))
        session.execute(text("SET LOCAL max_parallel_workers_per_gather = 0"))
        session.execute(text("SET LOCAL work_mem = '128MB'"))
        session.execute(AGGREGATE).all()


def one_night(now: datetime) -> None:
    with transaction():
        night.begin_run(as_of=now, machine_now=now)
    done = 1
    while done:
        with transaction():
            done = night.take_step(machine_now=now)


def run(size: int = SIZE) -> dict[str, float]:
    """Seconds of the aggregate, of the first night and of the next ones; milliseconds of a card's scores (p95)."""
    app = create_app(_config())
    with app.app_context():
        fill(size)
        base = [timed(aggregate), timed(aggregate)]
        first = timed(lambda: one_night(TUESDAY))
        base += [timed(aggregate)]
        nights = []
        for days in range(1, NIGHTS + 1):
            nights += [timed(partial(one_night, TUESDAY + timedelta(days=days)))]
            base += [timed(aggregate)]
        cards = sorted(timed(lambda id_=id_: _card(id_)) for id_ in range(1, size, max(1, size // CARDS)))
        scored = db.session.scalar(text("SELECT count(*) FROM customer_scores"))
        assert scored == size, scored
        db.session.remove()
        db.engine.dispose()
    return {
        "aggregate_seconds": median(base),
        "first_night_seconds": first,
        "night_seconds": median(nights),
        "card_ms": cards[int(len(cards) * 0.95)] * 1000,
    }


def _card(customer_id: int) -> None:
    queries.find_score(customer_id)
    queries.list_path(customer_id)
    db.session.rollback()


if __name__ == "__main__":
    asked = int(sys.argv[1]) if len(sys.argv) > 1 else SIZE
    found = run(asked)
    machine = f"{platform.machine()}, {os.cpu_count()} cores"
    limit = found["aggregate_seconds"] * BAR
    for name in ("first_night_seconds", "night_seconds", "card_ms"):
        bar, words = (
            (CARD_MS, "bar of the specification")
            if name == "card_ms"
            else (limit, "3 × one sequential aggregate")
        )
        line = {
            "name": f"values.{asked}.{name}",
            "value": round(found[name], 2),
            "unit": name.rpartition("_")[2],
        }
        ratio = {"baseline": words, "baseline_value": round(bar, 2), "ratio": round(found[name] / bar, 2)}
        print(json.dumps({**line, **ratio, "machine": machine}))
