"""The alerts of the demo: customers hear of a delay, and two stores tell when nobody is signed in."""

from datetime import datetime

from hub.core.actor import SYSTEM
from hub.inbox import actions
from hub.inbox.deadlines import USUAL_STEPS

TOLD_STORES = {1: ("responsable.lyon@verel.example",), 2: ()}


def choose_alerts(*, now: datetime) -> None:
    """The usual steps; a manager by mail for the first store, everybody of the second."""
    percents = {step.audience.value: step.percent for step in USUAL_STEPS}
    actions.change_alert_policy(percents=percents, has_delay_notice=True, by=SYSTEM, now=now)
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
