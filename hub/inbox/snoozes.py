"""When a snoozed ticket comes back: at an opening of its store, never in the night; pure."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from hub.stores.rules import Hours, is_open, next_opening

MORNING = time(9)
MONDAY = 0
WEEK = 7
LONGEST = timedelta(days=366)
SOON = timedelta(hours=2)


class SnoozeUntil(StrEnum):
    """What a person chooses; `date` comes with a day."""

    TWO_HOURS = "two_hours"
    NEXT_OPENING = "next_opening"
    TOMORROW = "tomorrow"
    MONDAY = "monday"
    DATE = "date"


def wake_at(choice: SnoozeUntil, hours: Hours, now: datetime, day: date | None = None) -> datetime | None:
    """The moment that a choice means; None where there is none, or only in the past or beyond a year.

    Tomorrow, Monday and a date mean the first opening of the store from that day on; without known hours, 9 o'clock.
    In two hours means nothing where the store is closed by then.
    """
    zone = ZoneInfo(hours.time_zone)
    today = now.astimezone(zone).date()
    if choice is SnoozeUntil.TWO_HOURS:
        found = now + SOON if is_open(hours, now + SOON) else None
    elif choice is SnoozeUntil.NEXT_OPENING:
        found = _after_closing(hours, now)
    else:
        wanted = day if choice is SnoozeUntil.DATE else _day_of(choice, today)
        found = _morning(hours, wanted, zone) if wanted is not None and wanted > today else None
    return found if found is not None and now < found <= now + LONGEST else None


def choices(hours: Hours, now: datetime) -> Mapping[SnoozeUntil, datetime]:
    """What can be chosen now with one press, and what each would mean; no moment twice, under its plainest name."""
    offered = (SnoozeUntil.MONDAY, SnoozeUntil.NEXT_OPENING, SnoozeUntil.TOMORROW, SnoozeUntil.TWO_HOURS)
    named = {moment: choice for choice in offered if (moment := wake_at(choice, hours, now)) is not None}
    return {choice: moment for moment, choice in sorted(named.items())}


def _day_of(choice: SnoozeUntil, today: date) -> date:
    days = 1 if choice is SnoozeUntil.TOMORROW else WEEK - (today.weekday() - MONDAY) % WEEK
    return today + timedelta(days=days)


def _morning(hours: Hours, day: date, zone: ZoneInfo) -> datetime | None:
    if not hours.is_known:
        return datetime.combine(day, MORNING, zone)
    return next_opening(hours, datetime.combine(day, time(0), zone))


def _after_closing(hours: Hours, now: datetime) -> datetime | None:
    """The next time that the doors open: of an open store, after it has closed."""
    at = now
    for _ in range(WEEK * 4):
        if not is_open(hours, at):
            return next_opening(hours, at)
        at = _closing(hours, at)
    return None


def _closing(hours: Hours, at: datetime) -> datetime:
    """The first quarter of an hour from `at` on at which the store is closed."""
    step = timedelta(minutes=15)
    begin = at.replace(minute=at.minute - at.minute % 15, second=0, microsecond=0)
    for number in range(1, 4 * 24 * 2):
        if not is_open(hours, begin + number * step):
            return begin + number * step
    return at + timedelta(days=2)
