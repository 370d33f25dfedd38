"""Closes double opt-ins that nobody confirmed in time: what was ticked, and by whom, is forgotten."""

from collections.abc import Callable
from datetime import datetime

from hub.core import clock
from hub.core.db import transaction
from hub.customers.optin import expire_optins, next_expiry


def work_optins(wake: Callable[[], None]) -> int:
    """All that is over by now, in one statement."""
    del wake
    with transaction():
        return expire_optins(now=clock.business_now())


def has_due() -> bool:
    """Whether a confirmation is past its last moment."""
    at = next_expiry()
    return at is not None and at <= clock.business_now()


def next_due_at() -> datetime | None:
    """When the next one ends (business time)."""
    return next_expiry()
