"""Which days a digest is about, and when it leaves. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hub.statistics.words import Period
from hub.stores.rules import is_public_holiday

SEND_AT = time(7)
LATEST = timedelta(hours=24)
"""What could not be made by then is not made any more by itself: nobody wants last week's digest on a Thursday."""
DAY, WEEK = timedelta(days=1), timedelta(days=7)
SATURDAY = 5


@dataclass(frozen=True)
class Round:
    """The digests of one period: the days they are about, both included, and the moment they are due."""

    period: Period
    since_on: date
    until_on: date
    due_at: datetime

    def is_open(self, now: datetime) -> bool:
        return self.due_at <= now < self.due_at + LATEST


def find_round(period: Period, day: date, *, time_zone: str, territory: str) -> Round:
    """The one that is due in the week or the month of this day: about the week or the month before it.

    Due on Monday, or on the first working day of the month, at 7:00 in the chain's time zone.
    """
    if period is Period.WEEK:
        first = due_on = day - timedelta(days=day.weekday())
        since_on = first - WEEK
    else:
        first = day.replace(day=1)
        due_on = _working_day(first, territory)
        since_on = (first - DAY).replace(day=1)
    due_at = datetime.combine(due_on, SEND_AT, ZoneInfo(time_zone))
    return Round(period, since_on, first - DAY, due_at)


def find_latest(period: Period, now: datetime, *, time_zone: str, territory: str) -> Round:
    """The one of the last week or month that is over."""
    return find_round(period, _local(now, time_zone), time_zone=time_zone, territory=territory)


def find_next(period: Period, now: datetime, *, time_zone: str, territory: str) -> Round:
    """The next one that comes due after this moment."""
    found = find_latest(period, now, time_zone=time_zone, territory=territory)
    if found.due_at > now:
        return found
    later = found.until_on + DAY + (WEEK if period is Period.WEEK else timedelta(days=31))
    return find_round(period, later, time_zone=time_zone, territory=territory)


def _local(now: datetime, time_zone: str) -> date:
    return now.astimezone(ZoneInfo(time_zone)).date()


def _working_day(day: date, territory: str) -> date:
    """The day itself, or the next one that is neither a Saturday, a Sunday nor a public holiday there."""
    while day.weekday() >= SATURDAY or is_public_holiday(territory, day):
        day += DAY
    return day
