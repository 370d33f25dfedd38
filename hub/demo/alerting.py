"""The alerts of the demo: what was told of each wait, a delay notice, two stores that tell when nobody is signed in."""

from datetime import datetime, timedelta
from typing import Any

from hub.core.actor import SYSTEM
from hub.inbox import actions
from hub.inbox.deadlines import USUAL_STEPS, Deadline, make_deadline
from hub.stores.rules import Hours

TOLD_AT_START = timedelta(hours=20)
TOLD_STORES: dict[int | None, tuple[str, ...]] = {1: ("responsable.lyon@verel.example",), 2: (), None: ()}


def choose_alerts(*, now: datetime) -> None:
    """The usual steps; a manager by mail for the first store, everybody of the second, the head office for its queue."""
    percents = {step.audience.value: step.percent for step in USUAL_STEPS}
    actions.change_alert_policy(
        percents=percents, has_delay_notice=True, tells_unattended=False, by=SYSTEM, now=now
    )
    for store_id, mails in TOLD_STORES.items():
        actions.change_store_alert(
            store_id=store_id,
            is_on=True,
            after_minutes=60,
            idle_minutes=30,
            mails=mails,
            phones=(),
            by=SYSTEM,
            now=now,
        )


def warned_of(
    at: datetime, hours: Hours | None, target_seconds: int, due: Deadline, now: datetime
) -> dict[str, Any]:
    """What was told already; of what became late last the staff and the customers hear when the demo starts."""
    is_warned = due.warn_at is not None and due.warn_at <= now
    is_missed = due.due_at is not None and due.due_at <= now - TOLD_AT_START
    percent = 100 if is_missed else 75 if is_warned else 0
    return {
        "warned_at": due.warn_at if is_warned else None,
        "missed_at": due.due_at if is_missed else None,
        "warned_percent": percent,
        "warn_at": make_deadline(hours, at, target_seconds, warned_percent=percent).warn_at,
    }
