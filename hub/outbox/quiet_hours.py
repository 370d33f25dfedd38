"""The hours in which one may write to somebody, in the time of the place where he lives. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hub.outbox.places import Place
from hub.stores.rules import is_public_holiday

SUNDAY = 6
LONGEST_QUIET_DAYS = 14


@dataclass(frozen=True)
class DayHours:
    """From `opens` (included) to `closes` (excluded), whole local hours."""

    opens: int
    closes: int


MAIL_HOURS = DayHours(7, 21)
SMS_HOURS = DayHours(8, 20)


def next_allowed(hours: DayHours, place: Place, now: datetime, *, is_every_day: bool) -> datetime:
    """The first moment from `now` on inside the hours; not on Sundays and public holidays unless `is_every_day`."""
    zone = ZoneInfo(place.time_zone)
    local = now.astimezone(zone)
    for ahead in range(LONGEST_QUIET_DAYS):
        day = local.date() + timedelta(days=ahead)
        if not is_every_day and _is_rest_day(place, day):
            continue
        opens = datetime.combine(day, time(hours.opens), zone)
        closes = datetime.combine(day, time(), zone) + timedelta(hours=hours.closes)
        if now < closes:
            return max(now, opens.astimezone(now.tzinfo))
    return now + timedelta(days=LONGEST_QUIET_DAYS)


def _is_rest_day(place: Place, day: date) -> bool:
    return day.weekday() == SUNDAY or is_public_holiday(place.territory, day)
