"""Whether a store leaves its customers waiting with nobody signed in, and when it is to be told. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from hub.stores.rules import Hours, Range, add_business_seconds, business_seconds, is_open, next_opening

SETTING = "unattended"
"""Of the chain; one made new begins with it switched on (`start_chain`), older ones choose."""
OFFICE_DAYS = range(5)
OFFICE_HOURS = (Range(time(9), time(18)),)
MINUTE = 60
PAUSE = timedelta(hours=1)
USUAL_AFTER_MINUTES = 30
USUAL_IDLE_MINUTES = 15


@dataclass(frozen=True)
class Watch:
    """What a store has chosen and what is known of it: the oldest wait and the last alert (business time).

    `store_id` None: the central queue, which the head office looks after.
    """

    store_id: int | None
    after_minutes: int
    idle_minutes: int
    waiting_since: datetime
    told_at: datetime | None


def is_usually_on(settings: Mapping[str, Any]) -> bool:
    """Whether stores that have not chosen are told, and the central queue."""
    return bool(settings.get(SETTING, {}).get("is_on", False))


def office_hours(time_zone: str) -> Hours:
    """When the head office looks after the central queue: Monday to Friday, nine to six, not on public holidays."""
    return Hours(time_zone=time_zone, territory="FR", weekly=dict.fromkeys(OFFICE_DAYS, OFFICE_HOURS))


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
