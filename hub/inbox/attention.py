"""Whether a store leaves its customers waiting with nobody signed in, and when it is to be told. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.stores.rules import Hours, add_business_seconds, business_seconds, is_open, next_opening

MINUTE = 60
PAUSE = timedelta(hours=1)
USUAL_AFTER_MINUTES = 30
USUAL_IDLE_MINUTES = 15


@dataclass(frozen=True)
class Watch:
    """What a store has chosen and what is known of it: the oldest wait and the last alert (business time)."""

    store_id: int
    after_minutes: int
    idle_minutes: int
    waiting_since: datetime
    told_at: datetime | None


def waited_seconds(hours: Hours, watch: Watch, now: datetime) -> int | None:
    """Opening time that the longest waiting customer has waited."""
    return business_seconds(hours, watch.waiting_since, now)


def is_to_be_told(hours: Hours, watch: Watch, now: datetime) -> bool:
    """During opening hours, once the wait is long enough, at most once an hour. Without known hours: never."""
    if not is_open(hours, now) or (watch.told_at is not None and now < watch.told_at + PAUSE):
        return False
    waited = waited_seconds(hours, watch, now)
    return waited is not None and waited >= watch.after_minutes * MINUTE


def next_look_at(hours: Hours, watch: Watch) -> datetime | None:
    """When the store may have to be told next, if nothing changes; None without known hours."""
    at = add_business_seconds(hours, watch.waiting_since, watch.after_minutes * MINUTE)
    if at is None:
        return None
    if watch.told_at is not None:
        at = max(at, watch.told_at + PAUSE)
    return next_opening(hours, at)
