"""Benchmark: the results of a plan with many passages, and the year of all plans, both from facts.

`SIZE=1000000 .venv/bin/python -m tests.bench.plan_results` makes that many passages through three plans within a year
(without SIZE 50,000), a message for most, four orders a customer, and prints JSON lines with the medians.
"""

import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from statistics import median

from sqlalchemy import Connection, text

from hub.app import create_app
from hub.content.actions import publish_builtin_templates
from hub.core.db import db, transaction
from hub.plans.actions import add_builtin_plans
from hub.plans.models import Plan
from hub.plans.results import keeping
from hub.plans.results.gains import get_gains
from hub.plans.results.queries import get_results
from hub.plans.results.rows import Asked
from tests.bench.bulk import bulk_filling
from tests.bench.mail_in import _config
from tests.bench.telling import tell_each
from tests.conftest import TUESDAY
from tests.makers.stores import make_chain, make_store

SIZE = int(os.environ.get("SIZE") or 50_000)
PLAN = "welcome_pack"
TIMES = 5
TABLES = (
    "customers",
    "orders",
    "enrolments",
    "step_runs",
    "outbound_messages",
    "link_clicks",
    "consent_entries",
)
ASKED = Asked(since=TUESDAY - timedelta(days=365), until=TUESDAY, now=TUESDAY, is_usual=True)
STATEMENTS = (
    """
    INSERT INTO customers (id, first_name, last_name, sort_key, street, postcode, town, country, company, language,
        preferred_store_id, created_at, updated_at)
    SELECT i, 'Dora', 'Martin ' || i, 'martin dora ' || i, i / 6 * 5 || ' rue du Port', '69003', 'Lyon', 'FR', '', 'fr',
        (CAST(:stores AS bigint[]))[1 + i % 40], :now, :now
    FROM generate_series(1, CAST(:size AS int)) AS i
    """,
    """
    INSERT INTO orders (external_id, store_id, customer_id, state, placed_at, delivered_at, state_at, event_key, total_cents,
        returned_cents, currency, created_at)
    SELECT 'B-' || i, (CAST(:stores AS bigint[]))[1], 1 + (hashint8(i::bigint) & 2147483647) % CAST(:size AS int),
        CASE WHEN i % 25 = 0 THEN 'cancelled' ELSE 'delivered' END,
        CAST(:now AS timestamptz) - make_interval(secs => (CAST(:size AS int) * 4 - i) * (94608000.0 / (CAST(:size AS int) * 4))),
        :now, :now, '', 1000 + (hashint4(i) & 65535) % 20000, CASE WHEN i % 20 = 0 THEN 500 ELSE 0 END, 'EUR', :now
    FROM generate_series(1, CAST(:size AS int) * 4) AS i
    """,
    """
    INSERT INTO enrolments (id, plan_id, version_id, customer_id, entry_key, arm, state, step_key, anchor_at, due_at, values,
        entered_at, ended_at, exit_reason)
    SELECT i, (CAST(:plans AS bigint[]))[1 + (i % 10) / 6], (CAST(:versions AS bigint[]))[1 + (i % 10) / 6],
        1 + (hashint4(i) & 2147483647) % CAST(:size AS int), 'b-' || i,
        CASE WHEN (hashint4(i + 7) & 2147483647) % 10 = 0 THEN 'control' ELSE 'treated' END,
        CASE WHEN i % 12 = 0 THEN 'waiting' ELSE 'ended' END, CASE WHEN i % 12 = 0 THEN 'welcome' END, at,
        CASE WHEN i % 12 = 0 THEN CAST(:now AS timestamptz) END, '{}', at, CASE WHEN i % 12 > 0 THEN at END,
        CASE WHEN i % 12 > 0 THEN 'completed' END
    FROM generate_series(1, CAST(:size AS int)) AS i,
        LATERAL (SELECT CAST(:now AS timestamptz) - make_interval(secs => (CAST(:size AS int) - i) * (31000000.0 / CAST(:size AS int))) AS at) AS t
    """,
    """
    INSERT INTO outbound_messages (id, uuid, key, queue, channel, purpose, state, customer_id, recipient, recipient_name,
        sender_name, language, template_version_id, values, headers, message_id, source_kind, source_id, stop_if, priority,
        due_at, attempt_count, created_at, accepted_at)
    SELECT e.id, 'u' || e.id, 'enrolment:' || e.id || chr(58) || 'welcome', 'bulk', 'email', 'promotion', 'accepted', e.customer_id,
        'c' || e.customer_id || '@client.example', '', '', 'fr', :template, '{}', '{}', '<' || e.id || '@b>', 'enrolment', e.id,
        '{}', 50, e.entered_at, 1, e.entered_at, e.entered_at
    FROM enrolments AS e WHERE e.arm = 'treated'
    """,
    """
    INSERT INTO step_runs (enrolment_id, step_key, outcome, outbound_id, ran_at)
    SELECT e.id, 'welcome', CASE e.arm WHEN 'treated' THEN 'posted' ELSE 'ghost' END,
        CASE e.arm WHEN 'treated' THEN e.id END, e.entered_at
    FROM enrolments AS e
    """,
    """
    INSERT INTO link_clicks (message_id, position, link_count, clicked_at, method, label, sign)
    SELECT m.id, 0, 1, m.accepted_at, 'GET', CASE m.id % 3 WHEN 0 THEN 'machine' ELSE 'human' END, :sign
    FROM outbound_messages AS m WHERE m.id % 10 = 1
    """,
    """
    INSERT INTO consent_entries (address_kind, address, channel, purpose, action, legal_basis, wording, wording_version,
        collection_point, actor_kind, happened_at, recorded_at)
    SELECT 'mail', 'c' || i || '@client.example', 'email', 'promotion', CASE i % 50 WHEN 0 THEN 'withdrawn' ELSE 'given' END,
        'consent', '', '1', 'till', CASE i % 50 WHEN 0 THEN 'customer' ELSE 'system' END, :now, :now
    FROM generate_series(1, CAST(:size AS int)) AS i
    """,
)


def fill(size: int) -> None:
    """Forty stores; six passages of ten go through the plan that is measured."""
    from hub.outbox.tracking.words import Sign

    with transaction() as session:
        make_chain(session)
        stores = [make_store(session, f"Store {number}", code=f"S{number}").id for number in range(40)]
        publish_builtin_templates(now=TUESDAY)
        add_builtin_plans(now=TUESDAY)
        session.flush()
        plans = dict(session.execute(text("SELECT key, id FROM plans")).all())
        order = [plans[PLAN], *(each for key, each in plans.items() if key != PLAN)][:2]
        version = {plan.id: plan.published_version_id for plan in session.query(Plan)}
        given = {
            "size": size,
            "now": TUESDAY,
            "stores": stores,
            "plans": order,
            "versions": [version[each] for each in order],
            "template": session.scalar(text("SELECT min(id) FROM template_versions")),
            "sign": next(iter(Sign)).value,
        }
    with bulk_filling(TABLES) as wire:
        for statement in STATEMENTS:
            _insert(wire, statement, given)


def _insert(wire: Connection, statement: str, given: dict[str, object]) -> None:
    wire.execute(text(statement), {name: value for name, value in given.items() if f":{name}" in statement})


def _count_next() -> int:
    with transaction():
        return keeping.count_next(now=TUESDAY)


def timed(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    db.session.rollback()
    return (time.perf_counter() - start) * 1000


def run(size: int = SIZE) -> dict[str, float]:
    """Seconds of counting the large plans anew, milliseconds of the pages and of a short period read from the facts."""
    app = create_app(_config())
    with app.app_context():
        fill(size)
        start = time.perf_counter()
        with transaction():
            keeping.find_large(now=TUESDAY)
        while _count_next():
            pass
        lately = replace(ASKED, since=TUESDAY - timedelta(days=10), is_usual=False)
        found = {
            "counting_s": time.perf_counter() - start,
            "results_ms": median(timed(lambda: get_results(PLAN, ASKED)) for _ in range(TIMES)),
            "gains_ms": median(timed(lambda: get_gains(ASKED)) for _ in range(TIMES)),
            "ten_days_ms": median(timed(lambda: get_results(PLAN, lately)) for _ in range(TIMES)),
        }
        db.session.remove()
        db.engine.dispose()
    return found


if __name__ == "__main__":
    asked = int(sys.argv[1]) if len(sys.argv) > 1 else SIZE
    tell_each(f"plan_results.{asked}", run(asked))
