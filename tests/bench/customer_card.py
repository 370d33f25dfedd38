"""Benchmark: a customer's card, the whole page over HTTP, among many customers.

`.venv/bin/python -m tests.bench.customer_card` prints JSON lines; SIZE customers (default 50,000; the bar of 50 ms is for 1,000,000),
five orders and two messages each; those that are opened have a hundred things in their timeline. Baseline: the list of
customers, the plainest page beside it.
"""

import random
import statistics
import time

from flask.testing import FlaskClient
from sqlalchemy import func, select, text

from hub.app import create_app
from hub.core import clock
from hub.core.db import db, transaction
from hub.customers.models import Customer
from hub.staff.words import Role
from tests.bench.segments import SIZE, fill
from tests.bench.sending import _config, _tell
from tests.conftest import TUESDAY
from tests.makers.staff import log_in, make_agent

BAR_MS = 50
OPENED = 60
SEED = 20260302
FILL = (
    """INSERT INTO visits (visit_key, customer_id, kind, family, visited_at)
    SELECT 'v' || c || '-' || i, c, 'product', 'lampes', CAST(:now AS timestamptz) - make_interval(hours => i * 9)
    FROM unnest(CAST(:ids AS bigint[])) AS c CROSS JOIN generate_series(1, 60) AS i""",
    """INSERT INTO facts (kind, customer_id, happened_at, data)
    SELECT 'MessageAccepted', c, CAST(:now AS timestamptz) - make_interval(hours => i * 7),
        jsonb_build_object('outbound_id', i, 'purpose', 'promotion', 'source_kind', NULL, 'source_id', NULL)
    FROM unnest(CAST(:ids AS bigint[])) AS c CROSS JOIN generate_series(1, 40) AS i""",
)


def _milliseconds(client: FlaskClient, path: str) -> float:
    began = time.perf_counter()
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return 1000 * (time.perf_counter() - began)


def main() -> None:
    app = create_app(_config())
    clock.use(movable=False, fixed=lambda: TUESDAY)
    with app.app_context():
        fill()
        with transaction():
            lowest, highest = db.session.execute(select(func.min(Customer.id), func.max(Customer.id))).one()
            ids = random.Random(SEED).sample(range(lowest, highest + 1), OPENED)
            for statement in FILL:
                db.session.execute(text(statement), {"ids": ids, "now": TUESDAY})
            agent = make_agent(db.session(), role=Role.ADMINISTRATOR)
        client = app.test_client()
        log_in(client, agent)
        _milliseconds(client, f"/customers/{ids[0]}")
        cards = sorted(_milliseconds(client, f"/customers/{each}") for each in ids[1:])
        lists = statistics.median(_milliseconds(client, "/customers/") for _ in range(10))
        for name, value in (("p50", statistics.median(cards)), ("p95", cards[int(len(cards) * 0.95)])):
            _tell(
                f"customer_card.{name} ({SIZE} customers)",
                round(value, 1),
                "ms",
                "bar",
                BAR_MS,
                value / BAR_MS,
            )
        _tell("customer_card.of_list", round(statistics.median(cards), 1), "ms", "the list of customers",
              round(lists, 1), statistics.median(cards) / lists)  # fmt: skip
        db.session.remove()
        db.engine.dispose()


if __name__ == "__main__":
    main()
