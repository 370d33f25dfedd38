"""Benchmark: a plan of three messages replayed on 90 days of 20,000 customers' orders, beside the live engine's steps.

`.venv/bin/python -m tests.bench.plan_replay [customers]` prints one JSON line: seconds, and how many times faster than the
live engine a step is walked in the same process.
"""

import json
import os
import platform
import sys
import time
from datetime import timedelta

from sqlalchemy import func, select, text

from hub.app import create_app
from hub.content.actions import publish_builtin_templates
from hub.core import clock, collecting
from hub.core.actor import SYSTEM
from hub.core.db import db, transaction
from hub.plans.actions import Newcomer, add_builtin_plans, enter_many
from hub.plans.engine import work_plans
from hub.plans.models import Plan, PlanVersion, StepRun
from hub.plans.replay import actions, queries, working
from hub.plans.replay.words import ReplayState, Table
from hub.plans.words import VersionState
from hub.surveys.actions import add_builtin_survey
from tests.bench.mail_in import _config
from tests.conftest import TUESDAY
from tests.makers.stores import make_chain, make_store

COUNT, DAYS, BAR_SECONDS, LIVE = 20_000, 90, 60, 500
DEFINITION = {
    "format": 2,
    "entry": {"on": ["order_placed", "by_hand"]},
    "exits": [{"is": "purchased", "days": 30}, "cancelled", "returned", "refused"],
    "steps": [
        {"key": "hello", "template": "welcome_first_order"},
        {"key": "fork", "kind": "split", "delay": {"days": 4}, "when": [{"is": "amount", "against": "chain", "side": "above"}],
            "otherwise": "usual"},
        {"key": "dear", "delay": {"days": 4}, "template": "welcome_first_order", "next": "last"},
        {"key": "usual", "delay": {"days": 4}, "template": "welcome_first_order"},
        {"key": "last", "delay": {"days": 12}, "template": "welcome_first_order", "when": [{"is": "engaged"}]},
    ],
}  # fmt: skip
FILL = text("""
    WITH people AS (
        INSERT INTO customers (first_name, last_name, sort_key, postcode, country, company, language, created_at, updated_at)
        SELECT 'Dora', 'Martin ' || i, 'martin dora ' || i, '69003', 'FR', '', 'fr', :now, :now
        FROM generate_series(1, CAST(:count AS int)) AS i RETURNING id
    ), mails AS (
        INSERT INTO addresses (customer_id, kind, value, is_primary, created_at)
        SELECT id, 'mail', 'dora' || id || '@client.example', true, :now FROM people
    ), agreed AS (
        INSERT INTO consent_entries (address_kind, address, channel, purpose, action, legal_basis, wording, wording_version,
            collection_point, actor_kind, happened_at, recorded_at)
        SELECT 'mail', 'dora' || id || '@client.example', 'email', 'promotion', 'given', 'consent', '', '1', 'till', 'system',
            CAST(:now AS timestamptz) - interval '200 days', :now FROM people
    )
    INSERT INTO orders (external_id, store_id, customer_id, state, placed_at, state_at, event_key, total_cents,
        returned_cents, currency, created_at)
    SELECT 'B-' || id || '-' || place, :store, id, CASE WHEN id % 25 = 0 THEN 'cancelled' ELSE 'paid' END, at,
        at + interval '1 day', 'bench:' || id || place, 2000 + id % 9000, 0, 'EUR', :now
    FROM people, generate_series(0, 1) AS place, LATERAL (SELECT CAST(:now AS timestamptz)
        - make_interval(secs => ((id * 7919 + place * 3571) % 88) * 86400 + (id * 613) % 86400) AS at) AS moment
""")


def _fill(count: int) -> None:
    with transaction() as session:
        make_chain(session)
        store = make_store(session)
        publish_builtin_templates(now=TUESDAY)
        add_builtin_survey(now=TUESDAY)
        add_builtin_plans(now=TUESDAY)
        plan = Plan(
            key="mine", name_fr="b", name_en="b", priority=60, control_percent=10, is_on=True,
            created_at=TUESDAY,
        )  # fmt: skip
        session.add(plan)
        session.flush()
        version = PlanVersion(
            plan_id=plan.id, number=1, state=VersionState.PUBLISHED, definition=DEFINITION, created_at=TUESDAY,
            published_at=TUESDAY,
        )  # fmt: skip
        session.add(version)
        session.flush()
        plan.published_version_id = version.id
        session.execute(FILL, {"count": count, "store": store.id, "now": TUESDAY})
    with transaction() as session:
        session.execute(text("ANALYZE"))


def _replay() -> tuple[float, int]:
    """Seconds, and how many steps were walked."""
    with transaction() as session:
        version_id = session.scalar(select(Plan.published_version_id).where(Plan.key == "mine")) or 0
        replay_id = actions.start_replay(
            plan_key="mine", version_id=version_id, days=DAYS, rates={}, by=SYSTEM, now=TUESDAY
        )
    start = time.perf_counter()
    while working.work_replays(lambda: None):
        pass
    seconds = time.perf_counter() - start
    found = queries.get_replay("mine", replay_id)
    assert found.row.state is ReplayState.DONE, found.row.error
    return seconds, sum(found.tables[Table.RAN].values())


def _live() -> float:
    """Seconds a step of the live engine, with its entries."""
    with transaction() as session:
        ids = session.scalars(text(f"SELECT id FROM customers ORDER BY id LIMIT {LIVE}")).all()
    start = time.perf_counter()
    with transaction():
        newcomers = [Newcomer(customer_id=each, entry_key="hand:1", anchor_at=TUESDAY) for each in ids]
        enter_many("mine", newcomers, now=TUESDAY)
    while work_plans(lambda: None):
        pass
    seconds = time.perf_counter() - start
    return seconds / (db.session.scalar(select(func.count()).select_from(StepRun)) or 1)


def run(count: int = COUNT) -> dict[str, float]:
    """Seconds of the replay, steps in it, and the live engine's seconds a step."""
    app = create_app(_config())
    collecting.settle()
    clock.use(movable=False, fixed=lambda: TUESDAY + timedelta(seconds=1))
    with app.app_context():
        _fill(count)
        seconds, steps = _replay()
        live = _live()
        db.session.remove()
        db.engine.dispose()
    return {"seconds": seconds, "steps": steps, "live_seconds_a_step": live}


if __name__ == "__main__":
    asked = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    found = run(asked)
    line = {
        "name": f"plan_replay.{asked}_customers_{DAYS}_days",
        "value": round(found["seconds"], 1),
        "unit": "s",
        "bar": BAR_SECONDS,
        "steps": found["steps"],
        "baseline": "a step of the live engine in the same process",
        "ratio": round(found["live_seconds_a_step"] * found["steps"] / found["seconds"], 2),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
    }
    print(json.dumps(line))
