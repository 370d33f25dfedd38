"""Moves the demo's clock: from due moment to due moment, doing all due work at each."""

import re
from datetime import datetime, timedelta
from threading import Thread
from time import monotonic, sleep

import structlog
from flask import Flask
from flask.globals import app_ctx
from sqlalchemy import select, text

from hub import jobs
from hub.core import clock
from hub.core.db import db, transaction
from hub.core.errors import Conflict, Invalid
from hub.core.text import N_
from hub.outbox.models import OutboundMessage
from hub.outbox.words import MessageState

log = structlog.get_logger(__name__)
UNITS = {"m": "minutes", "h": "hours", "d": "days"}
MOST = timedelta(days=400)
PATIENCE_SECONDS = 180  # a worker's turn ends after 120 s at the most: what has not moved by then never will
LONGEST_SECONDS = 1800  # of the work of one moment: something that calls for itself again and again
PAGE_SECONDS = 15  # what somebody waits for a page before it says that the clock is on its way
PAUSE_SECONDS = 0.02  # a worker has the rows
LOCK = 20260302
IS_HELD = text(
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted"
    " AND (classid::bigint << 32 | objid::bigint) = :key"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


def read_duration(words: str) -> timedelta:
    """`7d`, `1h`, `30m`. Raises Invalid on other words and on more than 400 days."""
    match = re.fullmatch(r"(\d{1,5})([mhd])", words.strip())
    if match is None:
        raise Invalid(N_("Please give a duration such as 30m, 1h or 7d."), field="advance")
    duration = timedelta(**{UNITS[match[2]]: int(match[1])})
    if duration > MOST:
        raise Invalid(N_("Please move the clock by 400 days at the most."), field="advance")
    return duration


def advance(duration: timedelta) -> datetime:
    """Move business time and answer when all due work is done. Returns the new time.

    Raises Conflict while somebody else moves the clock.
    """
    with db.engine.connect() as lease:
        if not lease.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": LOCK}):
            raise Conflict(N_("The clock is being moved already. Please wait until it has arrived."))
        lease.commit()
        try:
            _walk(clock.business_now() + duration)
        finally:
            lease.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": LOCK})
            lease.commit()
    return clock.business_now()


def send_off(duration: timedelta) -> datetime:
    """Move business time beside the pages, and wait as long as a page may. Returns where it goes.

    Whether it is there `is_moving` says; while somebody else moves the clock nothing is begun.
    """
    target = clock.business_now() + duration
    walk = Thread(target=_walk_apart, args=(app_ctx.app, duration), name="demo-clock", daemon=True)
    walk.start()
    walk.join(PAGE_SECONDS)
    return target


def is_moving() -> bool:
    """Whether a process of this installation moves the clock; a lock goes with the process that held it."""
    return bool(db.session.scalar(IS_HELD, {"key": LOCK}))


def _walk_apart(app: Flask, duration: timedelta) -> None:
    """Never raises: the page sees that nobody moves the clock any more, and where it stands."""
    with app.app_context():
        try:
            advance(duration)
        except Exception:  # nobody waits for this thread
            log.exception("demo.clock_stopped")


def settle() -> bool:
    """Do all work that is due now, here and by the workers, until it is quiet; returns whether there was any to watch.

    Raises Conflict when nothing moves any more, or never ends.
    """
    stop_at, patience_ends = monotonic() + LONGEST_SECONDS, monotonic() + PATIENCE_SECONDS
    was_busy = False
    while monotonic() < min(stop_at, patience_ends):
        due = [job for job in jobs.JOBS.values() if job.has_due()]
        was_busy |= not all(job.is_watching for job in due)
        if sum(_drain(job, stop_at) for job in due):
            patience_ends = monotonic() + PATIENCE_SECONDS
            continue
        if not due and not _is_in_flight():
            db.session.remove()
            return was_busy
        _await_workers(patience_ends)
    raise Conflict(N_("The work due now does not end. Please look at the logs of the demo."))


def _drain(job: jobs.Job, stop_at: float) -> int:
    """Batch after batch, as a worker does: to look at all kinds after each batch costs more than the batches."""
    done = 0
    while monotonic() < stop_at and (count := job.work(_no_bell)):
        done += count
    return done


def _walk(target: datetime) -> None:
    """What falls due at a moment is done before anything else is looked at: a look at all kinds costs more than most work.

    What watches others is looked at after their work, and at the end: between two moments nothing changes.
    """
    settle()
    is_changed = True
    while (found := _next_due(is_changed=is_changed)) is not None and found[0] <= target:
        moment, due = found
        _set(max(moment, clock.business_now()))
        is_changed = not all(job.is_watching for job in due)
        for job in due:
            _drain(job, monotonic() + LONGEST_SECONDS)
        is_changed |= settle()
    _set(max(target, clock.business_now()))
    settle()


def _next_due(*, is_changed: bool) -> tuple[datetime, list[jobs.Job]] | None:
    """The next moment at which something is planned, and what falls due then."""
    planned = {
        job: moment
        for job in jobs.JOBS.values()
        if (is_changed or not job.is_watching) and (moment := job.next_due_at()) is not None
    }
    db.session.remove()
    if not planned:
        return None
    first = min(planned.values())
    return first, [job for job, moment in planned.items() if moment == first]


def _set(moment: datetime) -> None:
    with transaction():
        clock.set_business_now(moment)


def _is_in_flight() -> bool:
    """Whether a worker holds a message between claim and outcome."""
    held = OutboundMessage.state.in_([MessageState.CLAIMED, MessageState.CALLING])
    return db.session.scalar(select(OutboundMessage.id).where(held).limit(1)) is not None


def _await_workers(stop_at: float) -> None:
    """Until the messages they hold are out; looking at every kind of work meanwhile would only slow them down."""
    db.session.remove()
    sleep(PAUSE_SECONDS)
    while _is_in_flight() and monotonic() < stop_at:
        db.session.remove()
        sleep(PAUSE_SECONDS)


def _no_bell() -> None:
    """The walk looks at every kind itself."""
