"""When a store is open, and business time measured in its opening hours. Pure.

Business time follows spec inbox.md "Response times": several ranges a day, the store's time zone, exceptional days,
public holidays of its territory, daylight saving. All day closed gives 0; a store without known hours gives None.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

MIDNIGHT = time(0)
LONGEST_CLOSING_DAYS = 400
SECOND = timedelta(seconds=1)


@dataclass(frozen=True, order=True)
class Range:
    """Opening times of one day in local time; a range that `closes_at` 00:00 lasts until the end of the day."""

    opens_at: time
    closes_at: time


@dataclass(frozen=True)
class Hours:
    """When a store is open. `weekly` goes from Monday 0; a missing week day is closed; an empty week is "unknown".

    `exceptions` replace the week and the public holiday of their date; no range in them means closed.
    """

    time_zone: str
    territory: str
    weekly: Mapping[int, tuple[Range, ...]] = field(default_factory=dict)
    exceptions: Mapping[date, tuple[Range, ...]] = field(default_factory=dict)

    @property
    def is_known(self) -> bool:
        return any(self.weekly.values())


def is_public_holiday(territory: str, day: date) -> bool:
    """Whether the day is a legal holiday there (`holidays` library; codes as in stores/words.Territory)."""
    return day in _holidays_of(territory, day.year)


@lru_cache(maxsize=1024)
def _holidays_of(territory: str, year: int) -> frozenset[date]:
    country, _, part = territory.partition("-")
    return frozenset(holidays.country_holidays(country, subdiv=part or None, years=year))


def ranges_on(hours: Hours, day: date) -> tuple[Range, ...]:
    """The opening ranges of a local date: its exception, else nothing on a public holiday, else the week's."""
    exception = hours.exceptions.get(day)
    if exception is not None:
        return exception
    weekly = hours.weekly.get(day.weekday(), ())
    return () if not weekly or is_public_holiday(hours.territory, day) else weekly


def business_seconds(hours: Hours, start: datetime, end: datetime) -> int | None:
    """Whole seconds the store was open from `start` to `end`; 0 when `end` is not later; None: no hours known."""
    if not hours.is_known:
        return None
    start, end = _whole(start), _whole(end)
    total = 0
    for opens, closes in _openings(hours, _local_day(hours, start)):
        if opens >= end:
            break
        total += max(0, (min(closes, end) - max(opens, start)) // SECOND)
    return total


def add_business_seconds(hours: Hours, start: datetime, seconds: int) -> datetime | None:
    """The first moment at which `seconds` of business time have passed since `start`; `start` itself for 0.

    None: no hours known, or the store stays closed for more than 400 days.
    """
    if not hours.is_known:
        return None
    start, left = _whole(start), timedelta(seconds=seconds)
    if not left:
        return start
    for opens, closes in _openings(hours, _local_day(hours, start)):
        begin = max(opens, start)
        if closes - begin >= left:
            return begin + left
        left -= max(timedelta(0), closes - begin)
    return None


def is_open(hours: Hours, at: datetime) -> bool:
    """Whether the store is open at that moment; False when no hours are known."""
    opening = next_opening(hours, at)
    return opening is not None and opening <= at


def next_opening(hours: Hours, at: datetime) -> datetime | None:
    """The first moment from `at` on at which the store is open: `at` itself when it is. None: not in sight."""
    if not hours.is_known:
        return None
    for opens, closes in _openings(hours, _local_day(hours, at)):
        if closes > at:
            return max(opens, at)
    return None


def _openings(hours: Hours, first: date) -> Iterator[tuple[datetime, datetime]]:
    """UTC intervals from the local day `first` on, ascending and disjoint, until the store is closed for too long."""
    zone, day, closed_days, last = ZoneInfo(hours.time_zone), first, 0, datetime.min.replace(tzinfo=UTC)
    while closed_days < LONGEST_CLOSING_DAYS and day < date.max:
        ranges = ranges_on(hours, day)
        closed_days = 0 if ranges else closed_days + 1
        for opens, closes in sorted(_interval(zone, day, each) for each in ranges):
            if closes > max(opens, last):
                yield max(opens, last), closes
                last = closes
        day += timedelta(days=1)


def _interval(zone: ZoneInfo, day: date, each: Range) -> tuple[datetime, datetime]:
    """In UTC; an hour that exists twice is open twice, an hour that does not exist has no length."""
    opens = datetime.combine(day, each.opens_at, zone)
    if each.closes_at == MIDNIGHT:
        closes = datetime.combine(day + timedelta(days=1), MIDNIGHT, zone)
    else:
        closes = datetime.combine(day, each.closes_at, zone).replace(fold=1)
    return opens.astimezone(UTC), closes.astimezone(UTC)


def _local_day(hours: Hours, at: datetime) -> date:
    return at.astimezone(ZoneInfo(hours.time_zone)).date()


def _whole(at: datetime) -> datetime:
    """Whole seconds in UTC, so that two waits in a row add up exactly."""
    return at.astimezone(UTC).replace(microsecond=0)
