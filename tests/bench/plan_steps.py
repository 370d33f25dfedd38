"""Benchmark: due plan steps claimed, decided, rendered into posts and advanced by two workers, per second.

`.venv/bin/python -m tests.bench.plan_steps [count]` prints one JSON line; the baseline is the bar of quality.md.
"""

import json
import multiprocessing
import os
import platform
import sys
import time
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event

from sqlalchemy import func, select, text

from config import Config
from hub.app import create_app
from hub.content.actions import publish_builtin_templates
from hub.core import clock
from hub.core.db import db, transaction
from hub.outbox.models import OutboundMessage
from hub.plans.actions import add_builtin_plans
from hub.plans.engine import work_plans
from hub.plans.models import Enrolment, StepRun
from hub.plans.queries import find_plan
from hub.plans.words import EnrolmentState
from hub.surveys.actions import add_builtin_survey
from tests.bench.mail_in import _config
from tests.conftest import TUESDAY
from tests.makers.stores import make_chain, make_store

COUNT = 6000
WORKERS = 2
BAR = 3000
FILL = text("""
    WITH people AS (
        INSERT INTO customers (first_name, last_name, sort_key, postcode, country, company, language, created_at, updated_at)
        SELECT 'Dora', 'Martin ' || i, 'martin dora ' || i, '69003', 'FR', '', 'fr', :now, :now
        FROM generate_series(1, CAST(:count AS int)) AS i RETURNING id
    ), mails AS (
        INSERT INTO addresses (customer_id, kind, value, is_primary, created_at)
        SELECT id, 'mail', 'dora' || id || '@client.example', true, :now FROM people
    ), sales AS (
        INSERT INTO orders (external_id, store_id, customer_id, state, placed_at, delivered_at, state_at, event_key,
            total_cents, returned_cents, currency, created_at)
        SELECT 'B-' || id, :store, id, 'delivered', CAST(:now AS timestamptz) - interval '9 days',
            CAST(:now AS timestamptz) - interval '7 days', :now, 'bench:' || id, 5000, 0, 'EUR', :now
        FROM people RETURNING id, customer_id
    )
    INSERT INTO enrolments (plan_id, version_id, customer_id, entry_key, arm, state, step_key, anchor_at, due_at, values,
        entered_at)
    SELECT :plan, :version, customer_id, 'order:' || id, 'treated', 'waiting', 'ask',
        CAST(:now AS timestamptz) - interval '7 days', :now, jsonb_build_object('order_id', id), :now
    FROM sales
""")


def _fill(count: int) -> None:
    with transaction() as session:
        make_chain(session)
        store = make_store(session)
        publish_builtin_templates(now=TUESDAY)
        add_builtin_survey(now=TUESDAY)
        add_builtin_plans(now=TUESDAY)
        plan = find_plan("post_purchase_survey")
        assert plan
        ids = {"plan": plan.id, "version": plan.published_version_id, "store": store.id}
        session.execute(FILL, ids | {"now": TUESDAY, "count": count})
    with transaction() as session:
        session.execute(text("ANALYZE"))


def _work(config: Config, ready: Connection, go: Event) -> None:
    app = create_app(config)
    clock.use(movable=False, fixed=lambda: TUESDAY)
    with app.app_context():
        db.session.execute(select(1))
        ready.send(True)
        go.wait()
        while work_plans(lambda: None):
            pass


def run(count: int = COUNT) -> dict[str, float]:
    """Steps a second of two workers; every step must have become exactly one message."""
    config = _config()
    app = create_app(config)
    spawn = multiprocessing.get_context("spawn")
    go = spawn.Event()
    here, there = spawn.Pipe()
    workers = [spawn.Process(target=_work, args=(config, there, go)) for _ in range(WORKERS)]
    with app.app_context():
        _fill(count)
        for worker in workers:
            worker.start()
        for _ in workers:
            here.recv()
        start = time.perf_counter()
        go.set()
        for worker in workers:
            worker.join()
        seconds = time.perf_counter() - start
        runs, messages, left = (
            db.session.scalar(select(func.count()).select_from(table).where(condition)) or 0
            for table, condition in (
                (StepRun, text("true")),
                (OutboundMessage, text("true")),
                (Enrolment, (Enrolment.state == EnrolmentState.WAITING) & (Enrolment.step_key == "ask")),
            )
        )
        assert (runs, messages, left) == (count, count, 0), (runs, messages, left)
        db.session.remove()
        db.engine.dispose()
    return {"steps_per_second": count / seconds}


if __name__ == "__main__":
    value = run(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT)["steps_per_second"]
    print(
        json.dumps(
            {
                "name": "plans.due_steps",
                "value": round(value),
                "unit": "steps/s",
                "baseline": "bar of the specification",
                "baseline_value": BAR,
                "ratio": round(value / BAR, 2),
                "machine": f"{platform.machine()}, {os.cpu_count()} cores",
            }
        )
    )
