"""What becomes of due steps that fail together: they are walked in halves, and the one that fails alone is put off."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from hub.core.db import db, transaction
from hub.plans.models import Enrolment
from hub.plans.words import EnrolmentState, Wait

FAILED = "failed"
"""Under this a passage remembers what went wrong: how often (`count`), `reason`, and the last time (`at`)."""
WAITS = tuple(timedelta(minutes=each) for each in (15, 60, 6 * 60, 24 * 60))
LONGEST = 200
log = structlog.get_logger(__name__)


def walk_apart(
    ids: Sequence[int], error: Exception, walk: Callable[[Sequence[int]], None], *, now: datetime
) -> None:
    """These have failed together and nothing of it is kept. `walk` does some of them in a transaction of its own.

    A database that does not answer is no fault of a passage: that is raised, and the rest comes again.
    """
    if len(ids) == 1:
        put_off(ids[0], error, now=now)
        return
    middle = len(ids) // 2
    for part in (ids[:middle], ids[middle:]):
        try:
            walk(part)
        except OperationalError:
            raise
        except Exception as found:
            log.exception("plans.apart", count=len(part))
            walk_apart(part, found, walk, now=now)


def put_off(enrolment_id: int, error: Exception, *, now: datetime) -> None:
    """Try it again later, each time after a longer wait; its expiry goes on counting from when the step was due."""
    log.error("plans.passage_failed", enrolment_id=enrolment_id, reason=reason_of(error))
    due = (Enrolment.state == EnrolmentState.WAITING, Enrolment.due_at <= now)
    mine = select(Enrolment).where(Enrolment.id == enrolment_id, *due)
    with transaction():
        row = db.session.scalar(mine.with_for_update(skip_locked=True))
        if row is None or row.due_at is None:
            return
        count = row.values.get(FAILED, {}).get("count", 0) + 1
        told = {"count": count, "reason": reason_of(error), "at": now.isoformat()}
        row.values = {"planned_at": row.due_at.isoformat(), **row.values, FAILED: told}
        row.due_at = now + WAITS[min(count, len(WAITS)) - 1]
        row.wait_reason = Wait.FAILED


def reason_of(error: Exception) -> str:
    """In one line: the kind of error and the beginning of what it says."""
    said = str(error).partition("\n")[0]
    return f"{type(error).__name__}: {said}"[:LONGEST]


def failure_of(values: Mapping[str, Any]) -> str:
    """What went wrong at the last try; "" for a passage that goes on."""
    told: Mapping[str, Any] = values.get(FAILED) or {}
    return str(told.get("reason", ""))
