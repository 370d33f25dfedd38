"""The quiet work of the door out: events of providers left without their effect, raw signals of clicks past their time."""

from collections.abc import Callable

from hub.core import clock
from hub.core.db import transaction
from hub.outbox import provider_hooks
from hub.outbox.tracking import noting


def work_receipts(wake: Callable[[], None]) -> int:
    """One batch of both. Returns the rows handled; 0 when nothing is left."""
    applied = provider_hooks.work_stored()
    with transaction():
        purged = noting.purge_signals(now=clock.business_now())
    if applied == provider_hooks.BATCH or purged == noting.PURGE_BATCH:
        wake()
    return applied + purged


def has_due() -> bool:
    """Whether an event still waits for its effect; old signals are asked for once a day by the schedule."""
    return provider_hooks.has_stored()
