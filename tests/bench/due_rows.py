"""Benchmark: the look-up of due steps with 10,000 and with 1,000,000 enrolments waiting; flat means a ratio of at most 1.3.

`SIZE=1000000 .venv/bin/python -m tests.bench.due_rows` (without SIZE 100,000) prints JSON lines: the median milliseconds of
the claim of a batch, of has_due and of next_due_at, and the pages that each touches, of the small base, of the large one,
with many due at one moment, and right after 100,000 rows were moved on and nobody has cleaned up behind them.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from statistics import median
from typing import Any

from sqlalchemy import text

from hub.app import create_app
from hub.content.actions import publish_builtin_templates
from hub.core import clock
from hub.core.db import db, transaction
from hub.plans import engine
from hub.plans.actions import add_builtin_plans
from hub.plans.queries import find_plan
from hub.surveys.actions import add_builtin_survey
from tests.bench.mail_in import _config
from tests.bench.telling import tell
from tests.conftest import TUESDAY
from tests.makers.counting import recorded_statements
from tests.makers.stores import make_chain, make_store

SMALL = 10_000
SIZE = int(os.environ.get("SIZE") or 100_000)
DUE = 1_000
MOVED = 100_000
TIMES = 15
BAR = 1.3
PEOPLE = text("""
    INSERT INTO customers (first_name, last_name, sort_key, postcode, country, company, language, created_at, updated_at)
    SELECT 'Dora', 'M' || i, 'm' || i, '69003', 'FR', '', 'fr', :now, :now FROM generate_series(1, CAST(:count AS int)) AS i
""")
WAITING = text("""
    INSERT INTO enrolments (plan_id, version_id, customer_id, entry_key, arm, state, step_key, anchor_at, due_at, values,
        entered_at)
    SELECT :plan, :version, id, 'bench', 'treated', 'waiting', 'ask', :now,
        CAST(:now AS timestamptz) + make_interval(secs => CASE WHEN id % :every = 0 THEN 0 ELSE 3600 + id END), '{}', :now
    FROM customers
""")
AT_ONCE = text(
    "UPDATE enrolments SET due_at = :now WHERE id IN (SELECT id FROM enrolments ORDER BY id LIMIT :count)"
)
LATER = text(
    "UPDATE enrolments SET due_at = CAST(:now AS timestamptz) + interval '9 days' "
    "WHERE id IN (SELECT id FROM enrolments ORDER BY due_at LIMIT :count)"
)


def _fill(count: int) -> None:
    """So many wait, a thousand of them are due; nobody cleans up by himself."""
    with transaction() as session:
        session.execute(text("TRUNCATE enrolments, customers CASCADE"))
        session.execute(text("ALTER TABLE enrolments SET (autovacuum_enabled = off)"))
        plan = find_plan("post_purchase_survey")
        assert plan
        session.execute(PEOPLE, {"now": TUESDAY, "count": count})
        ids = {"plan": plan.id, "version": plan.published_version_id, "every": max(1, count // DUE)}
        session.execute(WAITING, ids | {"now": TUESDAY})
    with transaction() as session:
        session.execute(text("ANALYZE enrolments"))


def _claim() -> Any:
    return engine._claim(TUESDAY)


LOOKS: dict[str, Callable[[], Any]] = {
    "claim": _claim,
    "has_due": engine.has_due,
    "next_due_at": engine.next_due_at,
}


def _measure(base: str) -> Iterator[tuple[str, float, int]]:
    for name, look in LOOKS.items():
        took = []
        for _ in range(TIMES):
            start = time.perf_counter()
            look()
            took.append((time.perf_counter() - start) * 1000)
            db.session.rollback()
        yield f"{base}.{name}", median(took), _pages(look)


def _pages(look: Callable[[], Any]) -> int:
    """Pages of its statement, read or found in memory."""
    with recorded_statements() as seen:
        look()
    db.session.rollback()
    statement, values = seen[0]
    wire = db.session.connection()
    explained: Any = wire.exec_driver_sql(
        f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", values
    ).scalar()
    db.session.rollback()
    plan = (json.loads(explained) if isinstance(explained, str) else explained)[0]["Plan"]
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


def run(size: int = SIZE) -> list[tuple[str, float, int]]:
    """Name, median milliseconds and pages of each look-up in each base."""
    app = create_app(_config())
    clock.use(movable=False, fixed=lambda: TUESDAY)
    with app.app_context():
        with transaction() as session:
            make_chain(session)
            make_store(session)
            publish_builtin_templates(now=TUESDAY)
            add_builtin_survey(now=TUESDAY)
            add_builtin_plans(now=TUESDAY)
        found: list[tuple[str, float, int]] = []
        for base, count in (("small", SMALL), ("large", size)):
            _fill(count)
            found += _measure(base)
        for base, statement in (("many_due_at_once", AT_ONCE), ("after_many_moved_on", LATER)):
            with transaction() as session:
                session.execute(statement, {"now": TUESDAY, "count": MOVED})
            found += _measure(base)
        db.session.remove()
        db.engine.dispose()
    return found


if __name__ == "__main__":
    asked = int(sys.argv[1]) if len(sys.argv) > 1 else SIZE
    measured = run(asked)
    of_small = {name.partition(".")[2]: took for name, took, _ in measured if name.startswith("small.")}
    for name, took, pages in measured:
        ratio = round(took / of_small[name.partition(".")[2]], 2)
        told = {"pages": pages, "baseline": f"{SMALL} waiting", "ratio": ratio, "bar": BAR}
        tell(f"due_rows.{asked}.{name}", round(took, 2), "ms", **told)
