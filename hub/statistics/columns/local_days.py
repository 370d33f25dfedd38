"""The days of the chain: where they begin, which one a moment belongs to, which hour of the week. Pure."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

QUARTER_SECONDS = 900
"""Every zone is a whole number of quarter hours off: all moments of one quarter are in the same hour."""
WEEK_HOURS = 24 * 7


def day_of(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()


def begin_of(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of the day. Where midnight is skipped it is the moment that takes its place."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def days_between(first: date, last: date) -> list[date]:
    """Both ends included."""
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def runs_of(days: Iterable[date]) -> Iterator[tuple[date, date]]:
    """First and last of each run of days without a gap."""
    first = last = None
    for day in sorted(set(days)):
        if last is not None and first is not None and day != last + timedelta(days=1):
            yield first, last
            first = day
        first, last = first or day, day
    if first is not None and last is not None:
        yield first, last


def slot_of(seconds: float, zone: ZoneInfo) -> int:
    """The hour of the week of a moment, given in seconds since 1970."""
    local = datetime.fromtimestamp(seconds, zone)
    return local.weekday() * 24 + local.hour
