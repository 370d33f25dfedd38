"""Benchmark: due plan steps a second by two workers: claimed, decided, posted and advanced, and with each letter rendered.

`.venv/bin/python -m tests.bench.plan_steps [count]` prints JSON lines; the baseline is the bar of the specification. Letters
are rendered when the outbox sends them; to be counted here, each worker reads the letters of its batch back and writes
them (subject, HTML, text, headers) as the outbox does, before it claims the next batch. The time of the processor, of
the workers and of their PostgreSQL processes apart, is what the machine's other work cannot blur as much.
"""

import json
import multiprocessing
import os
import platform
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, text

from config import Config
from hub.app import create_app
from hub.content.actions import publish_builtin_templates
from hub.core import clock, collecting
from hub.core.batches import among
from hub.core.db import db, transaction
from hub.outbox.actions import Draft, Posted
from hub.outbox.calling import Unfit, write_envelope
from hub.outbox.letter import COLUMNS, load_letters
from hub.outbox.models import OutboundMessage
from hub.plans import effects
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
            CAST(:now AS timestamptz) - interval '7 days', :now, 'bench:' || id, 1000 + id * 7919 % 40000, 0, 'EUR', :now
        FROM people RETURNING id, customer_id
    )
    INSERT INTO enrolments (plan_id, version_id, customer_id, entry_key, arm, state, step_key, anchor_at, due_at, values,
        entered_at)
    SELECT :plan, :version, customer_id, 'order:' || id, 'treated', 'waiting', 'ask',
        CAST(:now AS timestamptz) - interval '7 days', CAST(:now AS timestamptz) + make_interval(hours => (id % 2)::int), jsonb_build_object('order_id', id), :now
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


@dataclass(frozen=True)
class Spent:
    """Seconds of a worker's processor, and of its PostgreSQL process."""

    python: float
    postgresql: float


def _spent(backend: int) -> Spent:
    fields = Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()
    ticks = int(fields[11]) + int(fields[12])
    return Spent(time.process_time(), ticks / os.sysconf("SC_CLK_TCK"))


class _Renderer:
    """Writes the letters of a batch once it is committed, as the outbox does before it calls a provider."""

    def __init__(self) -> None:
        self.posted: list[int] = []
        self.post = effects.post_many
        effects.post_many = self._post_and_note

    def _post_and_note(self, drafts: Sequence[Draft], **more: Any) -> list[Posted]:
        posted = self.post(drafts, **more)
        self.posted = [each.message_id_row for each in posted]
        return posted

    def render(self) -> None:
        mine = select(*COLUMNS).where(among(OutboundMessage.id, self.posted))
        for letter in load_letters(mine):
            assert not isinstance(write_envelope(letter, now=TUESDAY), Unfit)
        self.posted = []


def _work(config: Config, line: Connection, go: Sequence[Event]) -> None:
    """The first half of the steps as they are, the second one with the letters rendered."""
    app = create_app(config)
    collecting.settle()
    moment = [TUESDAY]
    clock.use(movable=False, fixed=lambda: moment[0])
    with app.app_context():
        backend = db.session.scalar(select(func.pg_backend_pid())) or 0
        renderer = _Renderer()
        for begin, is_rendering in zip(go, (False, True), strict=True):
            line.send(None)
            begin.wait()
            before = _spent(backend)
            while work_plans(lambda: None):
                if is_rendering:
                    renderer.render()
            after = _spent(backend)
            line.send(Spent(after.python - before.python, after.postgresql - before.postgresql))
            moment[0] = TUESDAY + timedelta(hours=1)


def run(count: int = COUNT) -> dict[str, float]:
    """Steps a second of two workers, and microseconds of the processor a step; each step must have become one message."""
    config = _config()
    app = create_app(config)
    spawn = multiprocessing.get_context("spawn")
    go = [spawn.Event(), spawn.Event()]
    lines = [spawn.Pipe() for _ in range(WORKERS)]
    workers = [spawn.Process(target=_work, args=(config, there, go)) for _, there in lines]
    found = {}
    with app.app_context():
        _fill(count)
        for worker in workers:
            worker.start()
        for name, begin in zip(("", "_rendered"), go, strict=True):
            for here, _ in lines:
                here.recv()
            start = time.perf_counter()
            begin.set()
            spent = [here.recv() for here, _ in lines]
            steps = count / 2
            found[f"steps{name}_per_second"] = steps / (time.perf_counter() - start)
            found[f"python{name}_us"] = sum(each.python for each in spent) / steps * 1e6
            found[f"postgresql{name}_us"] = sum(each.postgresql for each in spent) / steps * 1e6
        for worker in workers:
            worker.join()
        _check(count)
        db.session.remove()
        db.engine.dispose()
    return found


def _check(count: int) -> None:
    runs, messages, left = (
        db.session.scalar(select(func.count()).select_from(table).where(condition)) or 0
        for table, condition in (
            (StepRun, text("true")),
            (OutboundMessage, text("true")),
            (Enrolment, (Enrolment.state == EnrolmentState.WAITING) & (Enrolment.step_key == "ask")),
        )
    )
    assert (runs, messages, left) == (count, count, 0), (runs, messages, left)


def _tell(name: str, value: float, unit: str) -> None:
    told = {"name": f"plans.{name}", "value": round(value), "unit": unit}
    if unit == "steps/s":
        told |= {
            "baseline": "bar of the specification",
            "baseline_value": BAR,
            "ratio": round(value / BAR, 2),
        }
    print(json.dumps({**told, "machine": f"{platform.machine()}, {os.cpu_count()} cores"}))


if __name__ == "__main__":
    measured = run(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT)
    for suffix, words in (("", "due_steps"), ("_rendered", "due_steps_with_letters_rendered")):
        busy = measured[f"python{suffix}_us"] + measured[f"postgresql{suffix}_us"]
        _tell(words, measured[f"steps{suffix}_per_second"], "steps/s")
        _tell(f"{words}.if_alone_on_two_cores", WORKERS * 1e6 / busy, "steps/s")
        _tell(f"{words}.python", measured[f"python{suffix}_us"], "us of processor a step")
        _tell(f"{words}.postgresql", measured[f"postgresql{suffix}_us"], "us of processor a step")
