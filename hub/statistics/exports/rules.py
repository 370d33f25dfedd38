"""Which files of figures a night owes, of which days, under which names, and when they leave. Pure."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hub.statistics.words import Grain, Span

NIGHT_AT = time(3)
"""In the chain's time zone: the day is over, and scores and the count of the base are through."""
DAYS = {Span.RECENT: 35, Span.YEAR: 366}
"""More than a month of recent days, so that they always reach back to the end of the latest year."""
KEPT_NIGHTS = 14
PATIENCE = timedelta(hours=3)
"""So long a night waits for days that are not gathered yet; then it writes what is known."""
DAY = timedelta(days=1)
Written = tuple[Span, date]
"""What a night wrote."""


def find_night(now: datetime, time_zone: str) -> date | None:
    """The day of the chain whose night has begun; None before that, when the last night is over for good."""
    local = now.astimezone(ZoneInfo(time_zone))
    return local.date() if local.time() >= NIGHT_AT else None


def due_at(night: date, time_zone: str) -> datetime:
    return datetime.combine(night, NIGHT_AT, ZoneInfo(time_zone))


def days_of(span: Span, night: date) -> tuple[date, date]:
    """The first and the last day of a file: up to the day that has just ended."""
    return night - DAYS[span] * DAY, night - DAY


def list_owed(night: date, written: Collection[Written]) -> list[Span]:
    """The recent days each night; a year on the 1st, or as soon as possible when the 1st was missed.

    A chain without any year waits for its first 1st: before, nobody has rows to fetch.
    """
    owed = [] if (Span.RECENT, night) in written else [Span.RECENT]
    newest = max((each for span, each in written if span is Span.YEAR), default=None)
    is_missing = night.day == 1 if newest is None else newest < night.replace(day=1)
    return [*owed, Span.YEAR] if is_missing else owed


def list_over(night: date, written: Collection[Written]) -> set[Written]:
    """What leaves: all of a fortnight ago, but never the latest year."""
    newest = max((each for span, each in written if span is Span.YEAR), default=None)
    return {
        (span, each)
        for span, each in written
        if (night - each).days >= KEPT_NIGHTS and (span, each) != (Span.YEAR, newest)
    }


def name_of(grain: Grain, span: Span, night: date) -> str:
    return f"{grain}-{span}-{night.isoformat()}.csv.gz"


def number_of(night: date) -> int:
    """The night as a number that a person can read, 20260303: under it a failure is put off."""
    return int(night.strftime("%Y%m%d"))
