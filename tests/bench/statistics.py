"""Benchmark: figures of a year of very many tickets, gathering it anew, nightly files, and how soon what happens is in the figures.

`SIZE=1000000 .venv/bin/python -m tests.bench.statistics` makes that many tickets with a wait each (without SIZE 50,000) over
61 stores and a year, and prints JSON lines. Bars at 1,000,000: pages p95 ≤ 300 ms, lag ≤ 5 s at 200 events a second.
"""

import io
import multiprocessing
import os
import resource
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from statistics import quantiles
from typing import Any

from sqlalchemy import text

from config import Config
from hub.app import create_app
from hub.core import clock
from hub.core.db import db, transaction
from hub.core.facts import record_many
from hub.core.words import Language
from hub.inbox.facts import TicketReplied
from hub.jobs import JOBS
from hub.staff.rules import Scope, Viewer
from hub.staff.words import Role
from hub.statistics.columns import rebuilding
from hub.statistics.exports.rules import months_of, recent_of
from hub.statistics.exports.writing import write_days
from hub.statistics.measuring.door import measure
from hub.statistics.queries import get_response_times, read_filters
from hub.statistics.resolution import get_resolution
from hub.statistics.words import Dimension, Grain
from tests.bench.bulk import bulk_filling
from tests.bench.mail_in import _config
from tests.bench.many_tickets import make_chain_of_stores
from tests.bench.telling import tell_each
from tests.conftest import TUESDAY

SIZE = int(os.environ.get("SIZE") or 50_000)
TIMES, PER_SECOND, SECONDS, STEP = 20, 200, 30, 0.05
YEAR = 365 * 86_400
TICKETS = """
    INSERT INTO tickets (id, number, store_id, requester_name, channel, state, priority, language, subject, preview, reason_id,
        route_source, route_confidence, is_grievance, is_confirmed, list_at, first_replied_at, first_solved_at, solved_at,
        closed_at, reopened_count, transfer_count, last_event_id, created_at, updated_at)
    SELECT i, 'B-' || i, :first_store + (hashint8(i) & 65535) % 61, '', CASE i % 8 WHEN 3 THEN 'sms' WHEN 4 THEN 'form' ELSE 'email' END,
        'closed', 'normal', 'fr', '', '', :first_reason + i % 12, 'store_address', 0.9, false, true, at, at + interval '3 hours',
        at + interval '1 day', at + interval '1 day', at + interval '8 days', (i % 20 = 0)::int, 0, 2, at, at
    FROM (SELECT i, CAST(:now AS timestamptz) - make_interval(secs => (hashint8(i + 7) & 2147483647) % CAST(:year AS int)) AS at
        FROM generate_series(1::bigint, CAST(:size AS bigint)) AS i) AS drawn
"""
WAITS = """
    INSERT INTO reply_waits (ticket_id, store_id, channel, reason_id, kind, started_at, target_seconds, ended_at, agent_id,
        is_transferred, seconds, business_seconds)
    SELECT id, store_id, channel, reason_id, 'first', created_at, 14400, created_at + make_interval(secs => hashint8(id + 3) & 65535),
        :first_agent + (hashint8(id + 5) & 65535) % 120, false, hashint8(id + 3) & 65535, (hashint8(id + 3) & 65535) / 2
    FROM tickets
"""
OPEN = """
    INSERT INTO reply_waits (ticket_id, store_id, channel, reason_id, kind, started_at, target_seconds, is_transferred)
    SELECT id, store_id, channel, reason_id, 'next', CAST(:now AS timestamptz) - interval '1 hour', 14400, false
    FROM tickets ORDER BY id LIMIT :count RETURNING ticket_id
"""
END = """
    UPDATE reply_waits SET ended_at = CAST(:now AS timestamptz), seconds = 3600, business_seconds = 1800, agent_id = :agent
    WHERE ticket_id = ANY(:ids) AND ended_at IS NULL
"""
COUNTED = """
    SELECT coalesce(sum(octet_length(data)), 0) FROM statistics_columns WHERE subject = 'waits' AND name = 'end' AND day = :day
"""


def fill(size: int) -> dict[str, int]:
    with transaction() as session:
        begin = make_chain_of_stores(session)
    with bulk_filling(("tickets", "reply_waits")) as wire:
        given = {"now": TUESDAY, "size": size, "year": YEAR, **begin}
        for statement in (TICKETS, WAITS):
            names = {name for name in given if f":{name}" in statement}
            wire.execute(text(statement), {name: given[name] for name in names})
    return begin


def p95_ms(ask: Callable[[], object]) -> float:
    """Each time as another page asks: nothing is kept between two."""

    def once() -> float:
        start = time.perf_counter()
        ask()
        db.session.remove()
        return (time.perf_counter() - start) * 1000

    once()
    return quantiles([once() for _ in range(TIMES)], n=20)[-1]


def pages(begin: dict[str, int]) -> dict[str, float]:
    """What the pages ask, of a year beside nothing and beside the year before, and of parts of it."""
    everything = Viewer(
        1, "Cleo", "c@x.example", Role.HEAD_OFFICE, Language.FRENCH, Scope(is_everything=True), 0
    )
    some = frozenset(range(begin["first_store"], begin["first_store"] + 12))
    region = Viewer(1, "Ines", "i@x.example", Role.REGION_MANAGER, Language.FRENCH, Scope(False, some), 0)
    year = {
        "since": str(TUESDAY.date() - timedelta(days=364)),
        "until": str(TUESDAY.date()),
        "compare": "none",
    }
    reason = {"reason": str(begin["first_reason"])}

    def times(viewer: Viewer, **args: str) -> Callable[[], object]:
        return lambda: get_response_times(read_filters(year | args, now=TUESDAY), viewer=viewer, now=TUESDAY)

    def heat() -> object:
        filters = read_filters(year, now=TUESDAY)
        return measure("median_reply", filters, by=Dimension.SLOT, viewer=everything, now=TUESDAY)

    def reasons() -> object:
        filters = read_filters(year, now=TUESDAY)
        return measure("tickets", filters, by=Dimension.REASON, viewer=everything, now=TUESDAY)

    asked: dict[str, Callable[[], object]] = {
        "response_times": times(everything),
        "response_times_beside_year_before": times(everything, compare="year"),
        "response_times_of_region_manager": times(region),
        "response_times_of_store": times(everything, store="M07"),
        "response_times_of_reason_and_channel": times(everything, **reason, channel="email"),
        "response_times_of_month": times(everything, since=str(TUESDAY.date() - timedelta(days=29))),
        "resolution": lambda: get_resolution(read_filters(year, now=TUESDAY), viewer=everything),
        "heat_map": heat,
        "reasons": reasons,
    }
    return {f"{name}_p95_ms": p95_ms(ask) for name, ask in asked.items()}


def rebuild() -> dict[str, float]:
    start, days, rows = time.perf_counter(), 0, 0
    for piece in list(rebuilding.list_pieces()):
        with transaction():
            rows += rebuilding.rebuild(piece)[0]
        days += len(piece)
    seconds = time.perf_counter() - start
    return {"rebuild_s": seconds, "rebuild_days_per_s": days / seconds, "rebuild_rows_per_s": rows / seconds}


def nightly_files() -> dict[str, float]:
    """What a night writes: recent days, and on the 1st months."""
    figures: dict[str, float] = {}
    night = TUESDAY.date()
    for stretch in (recent_of(night), months_of(night)[0]):
        outs = {grain: io.BytesIO() for grain in Grain}
        start = time.perf_counter()
        counts = write_days(stretch.first, stretch.last, outs)
        figures[f"{stretch.span}_files_s"] = time.perf_counter() - start
        figures[f"{stretch.span}_files_rows"] = sum(counts.values())
        figures[f"{stretch.span}_files_kb"] = sum(out.tell() for out in outs.values()) / 1024
        db.session.remove()
    return figures


def _run_worker(config: Config, ready: Connection, stop: Event) -> None:
    """What a worker does with the bells of facts and statistics, without waiting for them to ring."""
    app = create_app(config)
    with app.app_context():
        ready.send(0)
        while not stop.is_set():
            if not sum(JOBS[kind].work(lambda: None) for kind in ("facts", "statistics")):
                db.session.remove()
                time.sleep(STEP)


def lags(config: Config, begin: dict[str, int]) -> list[float]:
    """Seconds from the commit of each reply until its wait is in the columns."""
    with transaction() as session:
        ids = [row[0] for row in session.execute(text(OPEN), {"now": TUESDAY, "count": PER_SECOND * SECONDS})]
    spawn = multiprocessing.get_context("spawn")
    stop, (here, there) = spawn.Event(), spawn.Pipe()
    worker = spawn.Process(target=_run_worker, args=(config, there, stop))
    worker.start()
    here.recv()
    time.sleep(1)
    before, told, found = _counted(), [], []
    began = time.monotonic()
    while len(found) < len(ids):
        turn = int((time.monotonic() - began) * PER_SECOND) - len(told)
        some = ids[len(told) : len(told) + turn]
        if some:
            _reply(some, begin["first_agent"])
            told += [time.monotonic()] * len(some)
        seen = _counted() - before
        found += [time.monotonic() - each for each in told[len(found) : seen]]
        time.sleep(STEP)
    stop.set()
    worker.join()
    return found


def _reply(ids: list[int], agent: int) -> None:
    with transaction() as session:
        session.execute(text(END), {"now": TUESDAY, "ids": ids, "agent": agent})
        facts = [
            TicketReplied(ticket_id=each, store_id=None, agent_id=agent, wait_id=None, message_id=0)
            for each in ids
        ]
        record_many(facts, now=TUESDAY)
    db.session.remove()


def _counted() -> int:
    found = db.session.scalar(text(COUNTED), {"day": TUESDAY.date()})
    db.session.remove()
    return int(found or 0)


def run(size: int = SIZE) -> dict[str, float]:
    config = _config("_statistics")
    app = create_app(config)
    with app.app_context():
        clock.use(movable=True)
        with transaction():
            clock.set_business_now(TUESDAY)
        begin = fill(size)
        with transaction():
            rebuilding.rebuild_all()
        figures: dict[str, Any] = rebuild() | nightly_files() | pages(begin)
        waited = lags(config, begin)
        figures |= {
            "lag_p95_s": quantiles(waited, n=20)[-1],
            "lag_max_s": max(waited),
            "web_peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
        db.session.remove()
        db.engine.dispose()
    return figures


if __name__ == "__main__":
    asked = int(sys.argv[1]) if len(sys.argv) > 1 else SIZE
    tell_each(f"statistics.{asked}", run(asked))
