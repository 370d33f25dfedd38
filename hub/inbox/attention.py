"""Whether a store leaves its customers waiting with nobody signed in, and when it is to be told. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hub.stores.rules import Hours, Range, add_business_seconds, business_seconds, is_open, next_opening

SETTING = "unattended"
"""Of the chain; one made new begins with it switched on (`start_chain`), older ones choose."""
OFFICE_DAYS = range(5)
OFFICE_HOURS = (Range(time(9), time(18)),)
MINUTE = 60
MIDNIGHT = time(0)
PAUSE = timedelta(hours=1)
USUAL_AFTER_MINUTES = 30
USUAL_IDLE_MINUTES = 15


@dataclass(frozen=True)
class Watch:
    """What a store has chosen and what is known of it: the oldest wait and the last alert (business time).

    `store_id` None: the central queue, which the head office looks after. `new_since`: the oldest wait that began after
    the last alert, if any did.
    """

    store_id: int | None
    after_minutes: int
    idle_minutes: int
    waiting_since: datetime
    told_at: datetime | None
    new_since: datetime | None = None


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
    """During opening hours, once the moment of `next_look_at` has come. Without known hours: never."""
    at = next_look_at(hours, watch)
    return at is not None and at <= now and is_open(hours, now)


def next_look_at(hours: Hours, watch: Watch) -> datetime | None:
    """When the store is to be told next, if nothing changes; None without known hours.

    Once the first customer has waited long enough; after that only when one who is new has, an hour later at the
    earliest, and at the first opening of another day.
    """
    at = _after(hours, watch, watch.waiting_since)
    if at is None or watch.told_at is None:
        return next_opening(hours, at) if at is not None else None
    moments = [next_opening(hours, _next_morning(hours, watch.told_at))]
    if watch.new_since is not None:
        is_late_at = _after(hours, watch, watch.new_since)
        moments.append(max(is_late_at, watch.told_at + PAUSE) if is_late_at else None)
    soonest = min((moment for moment in moments if moment is not None), default=None)
    return next_opening(hours, max(at, soonest)) if soonest is not None else None


def _after(hours: Hours, watch: Watch, since: datetime) -> datetime | None:
    return add_business_seconds(hours, since, watch.after_minutes * MINUTE)


def _next_morning(hours: Hours, at: datetime) -> datetime:
    """Midnight after the moment, where the store is."""
    zone = ZoneInfo(hours.time_zone)
    return datetime.combine(at.astimezone(zone).date() + timedelta(days=1), MIDNIGHT, zone).astimezone(UTC)
