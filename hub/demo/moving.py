"""Moves the demo's clock: from due moment to due moment, doing all due work at each."""

import re
from datetime import datetime, timedelta
from time import monotonic, sleep

from sqlalchemy import select, text

from hub import jobs
from hub.core import clock
from hub.core.db import db, transaction
from hub.core.errors import Conflict, Invalid
from hub.core.text import N_
from hub.outbox.models import OutboundMessage
from hub.outbox.words import MessageState

UNITS = {"m": "minutes", "h": "hours", "d": "days"}
MOST = timedelta(days=400)
PATIENCE_SECONDS = 60
PAUSE_SECONDS = 0.02  # a worker has the rows
LOCK = 20260302


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


def settle() -> None:
    """Do all work that is due now, here and by the workers, until it is quiet. Raises Conflict when it never is."""
    stop_at = monotonic() + PATIENCE_SECONDS
    while monotonic() < stop_at:
        due = [job for job in jobs.JOBS.values() if job.has_due()]
        if sum(_drain(job, stop_at) for job in due):
            continue
        if not due and not _is_in_flight():
            db.session.remove()
            return
        _await_workers(stop_at)
    raise Conflict(N_("The work due now does not end. Please look at the logs of the demo."))


def _drain(job: jobs.Job, stop_at: float) -> int:
    """Batch after batch, as a worker does: to look at all kinds after each batch costs more than the batches."""
    done = 0
    while monotonic() < stop_at and (count := job.work(_no_bell)):
        done += count
    return done


def _walk(target: datetime) -> None:
    """What falls due at a moment is done before anything else is looked at: a look at all kinds costs more than most work."""
    settle()
    while (found := _next_due()) is not None and found[0] <= target:
        moment, due = found
        _set(max(moment, clock.business_now()))
        for job in due:
            _drain(job, monotonic() + PATIENCE_SECONDS)
        settle()
    _set(max(target, clock.business_now()))
    settle()


def _next_due() -> tuple[datetime, list[jobs.Job]] | None:
    """The next moment at which something is planned, and what falls due then."""
    planned = {job: moment for job in jobs.JOBS.values() if (moment := job.next_due_at()) is not None}
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
