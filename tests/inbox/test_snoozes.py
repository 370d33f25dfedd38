"""When a snoozed ticket comes back: an opening of its store, never the night, never the past."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from hub.inbox.snoozes import SnoozeUntil, choices, wake_at
from hub.stores.rules import Hours, Range

PARIS = ZoneInfo("Europe/Paris")
WEEK = {day: (Range(time(10), time(12)), Range(time(14), time(19))) for day in range(1, 6)}
STORE = Hours("Europe/Paris", "FR", WEEK, {date(2026, 3, 12): ()})
UNKNOWN = Hours("Europe/Paris", "FR")


def paris(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("now", "choice", "expected"),
    [
        (paris(10, 11), SnoozeUntil.TOMORROW, paris(11, 10)),
        (paris(11, 11), SnoozeUntil.TOMORROW, paris(13, 10)),  # the 12th is closed for once
        (paris(14, 18), SnoozeUntil.TOMORROW, paris(17, 10)),  # Saturday: Sunday and Monday are closed
        (paris(10, 11), SnoozeUntil.NEXT_OPENING, paris(10, 14)),  # open now: after lunch
        (paris(10, 13), SnoozeUntil.NEXT_OPENING, paris(10, 14)),
        (paris(10, 15), SnoozeUntil.TWO_HOURS, paris(10, 17)),
        (paris(10, 22), SnoozeUntil.NEXT_OPENING, paris(11, 10)),
        (paris(10, 11), SnoozeUntil.MONDAY, paris(17, 10)),  # closed on Mondays: Tuesday
        (paris(16, 11), SnoozeUntil.MONDAY, paris(24, 10)),  # on a Monday, the next one
    ],
)
def test_a_choice_means_an_opening(now: datetime, choice: SnoozeUntil, expected: datetime) -> None:
    assert wake_at(choice, STORE, now.astimezone(UTC)) == expected


def test_a_date_means_its_morning() -> None:
    now = paris(10, 11)
    assert wake_at(SnoozeUntil.DATE, STORE, now, date(2026, 3, 20)) == paris(20, 10)
    assert wake_at(SnoozeUntil.DATE, STORE, now, date(2026, 4, 1)) == datetime(2026, 4, 1, 10, tzinfo=PARIS)
    assert wake_at(SnoozeUntil.DATE, STORE, now, date(2026, 3, 10)) is None
    assert wake_at(SnoozeUntil.DATE, STORE, now, date(2028, 3, 10)) is None
    assert wake_at(SnoozeUntil.DATE, STORE, now) is None


def test_without_hours_the_morning_is_nine_and_no_opening_is_offered() -> None:
    assert wake_at(SnoozeUntil.TOMORROW, UNKNOWN, paris(10, 11)) == paris(11, 9)
    assert set(choices(UNKNOWN, paris(10, 11))) == {SnoozeUntil.TOMORROW, SnoozeUntil.MONDAY}


def test_no_moment_is_offered_twice_and_none_in_the_night() -> None:
    at_lunch = list(choices(STORE, paris(10, 11)))  # in two hours the store is closed for lunch
    assert at_lunch == [SnoozeUntil.NEXT_OPENING, SnoozeUntil.TOMORROW, SnoozeUntil.MONDAY]
    in_the_afternoon = list(choices(STORE, paris(10, 15)))  # it opens next tomorrow morning
    assert in_the_afternoon == [SnoozeUntil.TWO_HOURS, SnoozeUntil.TOMORROW, SnoozeUntil.MONDAY]
