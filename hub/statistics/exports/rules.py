"""Which files of figures a night owes, of which days, under which names, and when they leave. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hub.statistics.words import Grain, Span

NIGHT_AT = time(3)
"""In the chain's time zone: the day is over, and scores and the count of the base are through."""
RECENT_DAYS = 35
"""More than any month, so that they always reach back into the latest month that is over."""
MONTHS = 12
KEPT_NIGHTS = 14
PATIENCE = timedelta(hours=3)
"""So long a night waits until no day is left to be gathered; then it bears a few, since traffic may never end."""
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Stretch:
    """The days of a file, both ends included."""

    span: Span
    first: date
    last: date


@dataclass(frozen=True)
class Written:
    """A file that is kept: its kind, its first day and the night that wrote it last."""

    span: Span
    first: date
    night: date


def find_night(now: datetime, time_zone: str) -> date | None:
    """The day of the chain whose night has begun; None before that, when the last night is over for good."""
    local = now.astimezone(ZoneInfo(time_zone))
    return local.date() if local.time() >= NIGHT_AT else None


def due_at(night: date, time_zone: str) -> datetime:
    return datetime.combine(night, NIGHT_AT, ZoneInfo(time_zone))


def recent_of(night: date) -> Stretch:
    """Up to the day that has just ended."""
    return Stretch(Span.RECENT, night - RECENT_DAYS * DAY, night - DAY)


def months_of(night: date) -> list[Stretch]:
    """The year of whole months before that of the night, the latest first."""
    found, begin = list[Stretch](), night.replace(day=1)
    for _ in range(MONTHS):
        last = begin - DAY
        begin = last.replace(day=1)
        found.append(Stretch(Span.MONTH, begin, last))
    return found


def list_owed(night: date, written: Collection[Written]) -> list[Stretch]:
    """The recent days each night; from the 1st on each month of the year, unless it was written anew this month.

    A chain without any file of a month waits for its first 1st.
    """
    months = [each for each in written if each.span is Span.MONTH]
    fresh = {each.first for each in months if each.night >= night.replace(day=1)}
    is_begun = night.day == 1 or bool(months)
    missing = [each for each in months_of(night) if is_begun and each.first not in fresh]
    is_told = any((each.span, each.night) == (Span.RECENT, night) for each in written)
    return missing if is_told else [recent_of(night), *missing]


def list_over(night: date, written: Collection[Written]) -> set[Written]:
    """What leaves: recent days of a fortnight ago, and months of more than a year ago."""
    oldest = months_of(night)[-1].first
    return {
        each
        for each in written
        if (each.first < oldest if each.span is Span.MONTH else (night - each.night).days >= KEPT_NIGHTS)
    }


def name_of(grain: Grain, stretch: Stretch, night: date) -> str:
    """Recent days by their night, a month by itself: written anew it keeps its name."""
    when = night.isoformat() if stretch.span is Span.RECENT else f"{stretch.first:%Y-%m}"
    return f"{grain}-{stretch.span}-{when}.csv.gz"


def number_of(night: date) -> int:
    """The night as a number that a person can read, 20260303: under it a failure is put off."""
    return int(night.strftime("%Y%m%d"))
