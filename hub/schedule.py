"""Which job runs when, as data, and the clock that rings for it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

import structlog
from sqlalchemy import Connection, text

from hub import jobs
from hub.core import apart, bell, clock
from hub.core.clock import ClockTask
from hub.core.db import db, transaction

log = structlog.get_logger(__name__)
SWEEP_SECONDS = 5
LEASE = 20260301


@dataclass(frozen=True)
class Entry:
    """Ring `kind` every `every` of business time."""

    name: str
    kind: str
    every: timedelta


SCHEDULE: tuple[Entry, ...] = (
    Entry("close solved tickets", "tickets", timedelta(hours=1)),
    Entry("settle promo codes", "promo_codes", timedelta(minutes=10)),
    Entry("count results of large plans", "plan_results", timedelta(hours=1)),
    Entry("count sendings of large questionnaires", "questionnaire_ways", timedelta(hours=1)),
    Entry("purge survey touches", "surveys", timedelta(days=1)),
    Entry("learn mail filters", "survey_domains", timedelta(days=1)),
    Entry("purge visits", "visits", timedelta(days=1)),
    Entry("purge uses of open links", "link_uses", timedelta(days=1)),
    Entry("purge webhook deliveries", "webhooks", timedelta(days=1)),
    Entry("learn contact reasons", "reason_models", timedelta(days=1)),
    Entry("purge signals of clicks", "receipts", timedelta(days=1)),
)


def ring_scheduled(now: datetime) -> list[str]:
    """Ring for each entry whose time has come, once, whichever clock process looks first. Returns the kinds.

    That it looked is noted: the operations page says when. Work that was put off and is due no more is forgotten there.
    """
    rung = []
    with transaction():
        for entry in SCHEDULE:
            task = db.session.get(ClockTask, entry.name, with_for_update=True)
            if task is None:
                db.session.add(ClockTask(name=entry.name, next_due_at=now + entry.every, last_rung_at=None))
            elif task.next_due_at <= now:
                task.next_due_at = now + entry.every
                task.last_rung_at = now
                rung.append(entry.kind)
        db.session.flush()
        machine_now = clock.machine_now()
        apart.forget_undue(machine_now=machine_now)
        clock.note_tick(machine_now=machine_now)
    for kind in rung:
        bell.ring(kind)
    return rung


def run_clock(is_ending: Callable[[float], bool]) -> None:
    """Sweep every five seconds until `is_ending(seconds)`, which waits that long, says so.

    A lease (an advisory lock of the session) lets a second clock stand by without doing anything.
    """
    with db.engine.connect() as lease:
        while not _holds(lease):
            if is_ending(SWEEP_SECONDS):
                return
        log.info("clock.started")
        while True:
            started = monotonic()
            _tick()
            if is_ending(max(0.1, SWEEP_SECONDS - (monotonic() - started))):
                return
            lease.execute(text("SELECT 1"))
            lease.commit()


def _holds(lease: Connection) -> bool:
    held = lease.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": LEASE})
    lease.commit()
    return bool(held)


def _tick() -> None:
    ring_scheduled(clock.business_now())
    due = jobs.sweep()
    db.session.remove()
    if due:
        log.debug("clock.rang", kinds=due)
