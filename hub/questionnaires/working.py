"""The work of forgetting who used an open link, thirty days later."""

from collections.abc import Callable
from datetime import UTC, date

from hub.core import clock
from hub.core.db import transaction
from hub.questionnaires.open_links import PURGE_BATCH, has_old_uses, purge_uses


def has_due() -> bool:
    return has_old_uses(_today())


def work_link_uses(wake: Callable[[], None]) -> int:
    """One batch; returns how many went."""
    with transaction():
        count = purge_uses(_today())
    if count == PURGE_BATCH:
        wake()
    return count


def _today() -> date:
    return clock.business_now().astimezone(UTC).date()
