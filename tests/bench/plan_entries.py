"""Benchmark: birthdays of a month entering a plan on its first day, by one worker, against one INSERT … SELECT of as many rows.

`.venv/bin/python -m tests.bench.plan_entries [count]` prints one JSON line. The baseline writes the same rows into the same
table in one statement of one transaction: no conditions, no arm, no facts, no local time.
"""

import json
import os
import platform
import resource
import sys
import time
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select, text

from hub.app import create_app
from hub.core import clock
from hub.core.db import db, transaction
from hub.plans.models import Enrolment, Plan, PlanScan, PlanVersion
from hub.plans.occurring import scanning
from hub.plans.words import VersionState
from tests.bench.bulk import bulk_filling
from tests.bench.mail_in import _config
from tests.conftest import TUESDAY
from tests.makers.counting import counted_statements
from tests.makers.stores import make_chain, make_store

COUNT = 100_000
OTHERS = 2
"""For one whose birthday is this month, so many whose is not."""
MOST_STATEMENTS = 20
MOST_MEGABYTES = 64
FIRST_OF_MAY = datetime(2026, 4, 30, 22, 1, tzinfo=UTC)
PEOPLE = """
    INSERT INTO customers (first_name, last_name, sort_key, street, postcode, country, company, language, birth_on,
        created_at, updated_at)
    SELECT 'Dora', 'Martin ' || i, 'martin dora ' || i, (i / 2)::text || ' rue des Lilas', '69003', 'FR', '', 'fr',
        CASE WHEN i <= {count} THEN (DATE '1950-05-01' + mod(i, 31) + make_interval(years => mod(i, 50)))::date
            ELSE DATE '1950-08-01' + mod(i, 20000) END, TIMESTAMPTZ '2020-01-01', TIMESTAMPTZ '2020-01-01'
    FROM generate_series(1, {total}) AS i WHERE i <= {count}
        OR EXTRACT(MONTH FROM DATE '1950-08-01' + mod(i, 20000)) <> 5
"""
BASELINE = text("""
    INSERT INTO enrolments (plan_id, version_id, customer_id, entry_key, arm, state, step_key, anchor_at, due_at, values,
        entered_at)
    SELECT :plan, :version, id, 'birthday:2026', 'treated', 'waiting', 'wish', :now, :now,
        '{"is_day": true, "date_on": "2026-05-17", "trigger": "date", "anniversary_of": "birth_on"}', :now
    FROM customers WHERE EXTRACT(MONTH FROM birth_on) = 5
""")
BIRTHDAY = {
    "format": 2,
    "entry": {"on": "date", "of": "birth_on", "at": "month_start"},
    "exits": [{"is": "purchased"}],
    "steps": [
        {"key": "wish", "template": "birthday", "purpose": "promotion"},
        {"key": "remind", "template": "birthday_reminder", "purpose": "promotion", "delay": {"days": 15}},
    ],
}


def _make_plan(key: str, *, is_on: bool) -> tuple[int, int]:
    plan = Plan(
        key=key, name_fr=key, name_en=key, priority=40, control_percent=10, is_on=is_on, created_at=TUESDAY
    )
    db.session.add(plan)
    db.session.flush()
    version = PlanVersion(
        plan_id=plan.id,
        number=1,
        state=VersionState.PUBLISHED,
        definition=BIRTHDAY,
        created_at=TUESDAY,
        published_at=TUESDAY,
    )
    db.session.add(version)
    db.session.flush()
    plan.published_version_id = version.id
    return plan.id, version.id


def _fill(count: int) -> tuple[int, tuple[int, int]]:
    with transaction() as session:
        make_chain(session)
        make_store(session)
        mine, _ = _make_plan("bench_birthdays", is_on=True)
        other = _make_plan("bench_baseline", is_on=False)
        scanning.begin_scans(mine, now=FIRST_OF_MAY - timedelta(hours=1))
    with bulk_filling(["customers"]) as wire:
        wire.exec_driver_sql(PEOPLE.format(count=count, total=count * (1 + OTHERS)))
    return mine, other


def _count(plan_id: int) -> int:
    return db.session.scalar(select(func.count()).where(Enrolment.plan_id == plan_id)) or 0


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _enter(count: int) -> tuple[float, list[int], float]:
    """Seconds, the statements of each transaction of a whole batch, and by how much the process grew after the first."""
    statements, first = [], 0.0
    start = time.perf_counter()
    while True:
        with counted_statements() as counted:
            handled = scanning.work_scans(lambda: None)
        if not handled:
            break
        if handled == min(count, 1_000):
            statements.append(len(counted))
        first = first or _megabytes()
    return time.perf_counter() - start, statements, _megabytes() - first


def run(count: int = COUNT) -> dict[str, float]:
    """Rows a second of both, checked: each once, no more statements or memory for the last thousand than for the first."""
    app = create_app(_config())
    with app.app_context():
        mine, (plan, version) = _fill(count)
        clock.use(movable=False, fixed=lambda: FIRST_OF_MAY)
        seconds, statements, grown = _enter(count)
        assert _count(mine) == count, (_count(mine), count)
        assert max(statements) - min(statements[:-1] or statements) <= 1, statements
        assert max(statements) <= MOST_STATEMENTS, statements
        assert grown <= MOST_MEGABYTES, grown
        start = time.perf_counter()
        with transaction() as session:
            session.execute(BASELINE, {"plan": plan, "version": version, "now": FIRST_OF_MAY})
        baseline = time.perf_counter() - start
        assert _count(plan) == count
        assert db.session.scalar(select(PlanScan.reaching)) is None
        db.session.remove()
        db.engine.dispose()
    return {
        "entries_per_second": count / seconds,
        "baseline_per_second": count / baseline,
        "seconds": seconds,
        "statements_per_thousand": max(statements),
        "grown_megabytes": grown,
    }


if __name__ == "__main__":
    size = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    found = run(size)
    print(
        json.dumps(
            {
                "name": "plans.entries",
                "value": round(found["entries_per_second"]),
                "unit": "entries/s",
                "baseline": "one INSERT … SELECT of as many rows",
                "baseline_value": round(found["baseline_per_second"]),
                "ratio": round(found["entries_per_second"] / found["baseline_per_second"], 3),
                "size": size,
                "seconds": round(found["seconds"], 1),
                "statements_per_thousand": found["statements_per_thousand"],
                "grown_megabytes": round(found["grown_megabytes"], 1),
                "machine": f"{platform.machine()}, {os.cpu_count()} cores",
            }
        )
    )
