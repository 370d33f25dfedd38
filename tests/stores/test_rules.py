"""Business time: days chosen by hand, then laws that must hold for any hours and any moments."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.stores.rules import (
    Hours,
    Range,
    add_business_seconds,
    business_seconds,
    is_open,
    is_public_holiday,
    next_opening,
)
from hub.stores.words import Territory

PARIS = ZoneInfo("Europe/Paris")
DAY = (Range(time(10), time(12, 30)), Range(time(14), time(19)))
WEEK = Hours("Europe/Paris", "FR", dict.fromkeys(range(6), DAY))
ALWAYS = Hours("Europe/Paris", "FR", {day: (Range(time(0), time(0)),) for day in range(7)})
HOUR = 3600


def paris(month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=PARIS).astimezone(UTC)


def test_a_day_counts_its_ranges_and_skips_the_lunch_break() -> None:
    assert business_seconds(WEEK, paris(3, 3), paris(3, 4)) == 7.5 * HOUR
    assert business_seconds(WEEK, paris(3, 3, 12), paris(3, 3, 14, 30)) == HOUR


def test_a_closed_day_is_zero_and_unknown_hours_are_none() -> None:
    assert business_seconds(WEEK, paris(3, 8), paris(3, 9)) == 0
    assert business_seconds(Hours("Europe/Paris", "FR"), paris(3, 8), paris(3, 9)) is None
    assert add_business_seconds(Hours("Europe/Paris", "FR"), paris(3, 8), 60) is None
    assert next_opening(Hours("Europe/Paris", "FR", {0: ()}), paris(3, 8)) is None


def test_a_wait_over_the_weekend_counts_only_opening_hours() -> None:
    assert business_seconds(WEEK, paris(3, 7, 18), paris(3, 9, 11)) == 2 * HOUR
    assert add_business_seconds(WEEK, paris(3, 7, 18), 2 * HOUR) == paris(3, 9, 11)


def test_a_public_holiday_closes_unless_an_exceptional_day_opens() -> None:
    labour_day = date(2026, 5, 1)
    assert business_seconds(WEEK, paris(5, 1), paris(5, 2)) == 0
    opened = Hours(WEEK.time_zone, WEEK.territory, WEEK.weekly, {labour_day: (Range(time(9), time(10)),)})
    assert business_seconds(opened, paris(5, 1), paris(5, 2)) == HOUR
    closed = Hours(WEEK.time_zone, WEEK.territory, WEEK.weekly, {date(2026, 3, 3): ()})
    assert business_seconds(closed, paris(3, 3), paris(3, 4)) == 0


@pytest.mark.parametrize(
    ("territory", "day", "is_holiday"),
    [
        (Territory.METROPOLE, date(2026, 4, 3), False),
        (Territory.ALSACE_MOSELLE, date(2026, 4, 3), True),
        (Territory.ALSACE_MOSELLE, date(2026, 12, 26), True),
        (Territory.GUADELOUPE, date(2026, 5, 27), True),
        (Territory.MARTINIQUE, date(2026, 5, 22), True),
        (Territory.GUYANE, date(2026, 6, 10), True),
        (Territory.REUNION, date(2026, 12, 20), True),
        (Territory.MAYOTTE, date(2026, 4, 27), True),
        (Territory.METROPOLE, date(2026, 7, 14), True),
        (Territory.BELGIUM, date(2026, 7, 21), True),
        (Territory.SWITZERLAND, date(2026, 8, 1), True),
        (Territory.LUXEMBOURG, date(2026, 6, 23), True),
        (Territory.BELGIUM, date(2026, 7, 14), False),
    ],
)
def test_holidays_belong_to_their_territory(territory: Territory, day: date, is_holiday: bool) -> None:
    assert is_public_holiday(territory, day) is is_holiday


def test_days_of_daylight_saving_are_an_hour_shorter_and_longer() -> None:
    assert business_seconds(ALWAYS, paris(3, 29), paris(3, 30)) == 23 * HOUR
    assert business_seconds(ALWAYS, paris(10, 25), paris(10, 26)) == 25 * HOUR
    night = Hours("Europe/Paris", "FR", {6: (Range(time(2), time(3)),)})
    assert business_seconds(night, paris(3, 29), paris(3, 30)) == 0
    assert business_seconds(night, paris(10, 25), paris(10, 26)) == 2 * HOUR


def test_the_time_zone_is_the_stores() -> None:
    reunion = Hours("Indian/Reunion", "FR-974", {1: (Range(time(9), time(10)),)})
    assert is_open(reunion, datetime(2026, 3, 3, 5, 30, tzinfo=UTC))
    assert not is_open(reunion, datetime(2026, 3, 3, 9, 30, tzinfo=UTC))


def test_the_next_opening_is_now_when_open() -> None:
    assert next_opening(WEEK, paris(3, 3, 11)) == paris(3, 3, 11)
    assert next_opening(WEEK, paris(3, 3, 12, 30)) == paris(3, 3, 14)
    assert next_opening(WEEK, paris(3, 7, 19)) == paris(3, 9, 10)
    assert is_open(WEEK, paris(3, 3, 10))
    assert not is_open(WEEK, paris(3, 3, 19))


def test_a_store_closed_for_good_has_no_next_moment() -> None:
    shut = {date(2026, 3, 1) + timedelta(days=number): () for number in range(900)}
    closed = Hours("Europe/Paris", "FR", WEEK.weekly, shut)
    assert add_business_seconds(closed, paris(3, 3), 60) is None
    assert business_seconds(closed, paris(3, 3), paris(12, 31)) == 0


MINUTES = st.integers(0, 24 * 60 - 1).map(lambda minute: time(minute // 60, minute % 60))
RANGES = st.lists(MINUTES, min_size=2, max_size=6, unique=True).map(
    lambda marks: tuple(
        Range(opens, closes) for opens, closes in zip(sorted(marks)[::2], sorted(marks)[1::2], strict=False)
    )
)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 31), timezones=st.just(UTC))  # noqa: DTZ001
SWITCHES = st.sampled_from([paris(3, 28, 12), paris(10, 24, 12)])
NEAR_SWITCH = st.builds(
    lambda day, spread: day + timedelta(seconds=spread), SWITCHES, st.integers(0, 172_800)
)
ANY_MOMENT = st.one_of(MOMENTS, NEAR_SWITCH)


@st.composite
def any_hours(draw: st.DrawFn) -> Hours:
    weekly = draw(st.dictionaries(st.integers(0, 6), RANGES, min_size=1))
    days = st.integers(0, 380).map(lambda number: date(2026, 1, 1) + timedelta(days=number))
    exceptions = draw(st.dictionaries(days, st.one_of(st.just(()), RANGES), max_size=4))
    zone = draw(st.sampled_from(["Europe/Paris", "Indian/Reunion", "America/Cayenne", "Europe/Brussels"]))
    return Hours(zone, draw(st.sampled_from(Territory)), weekly, exceptions)


@settings(max_examples=80, deadline=None)
@given(any_hours(), st.tuples(ANY_MOMENT, ANY_MOMENT, ANY_MOMENT))
def test_business_time_adds_up(hours: Hours, moments: tuple[datetime, datetime, datetime]) -> None:
    first, middle, last = sorted(moments)
    whole = business_seconds(hours, first, last)
    parts = (business_seconds(hours, first, middle), business_seconds(hours, middle, last))
    assert whole is not None
    assert whole == sum(part or 0 for part in parts)
    assert 0 <= whole <= (last - first).total_seconds() + 1
    assert business_seconds(hours, last, first) == 0 or first.replace(microsecond=0) == last


@settings(max_examples=80, deadline=None)
@given(any_hours(), ANY_MOMENT, st.integers(0, 60 * HOUR), st.integers(0, 3 * HOUR))
def test_adding_is_the_inverse_of_measuring(hours: Hours, start: datetime, seconds: int, more: int) -> None:
    due = add_business_seconds(hours, start, seconds)
    later = add_business_seconds(hours, start, seconds + more)
    assert due is not None
    assert later is not None
    assert business_seconds(hours, start, due) == seconds
    assert start.replace(microsecond=0) <= due <= later
    if seconds:
        assert business_seconds(hours, start, due - timedelta(seconds=1)) == seconds - 1


@settings(max_examples=40, deadline=None)
@given(any_hours(), ANY_MOMENT)
def test_nothing_passes_until_the_next_opening(hours: Hours, at: datetime) -> None:
    opening = next_opening(hours, at)
    assert opening is not None
    assert business_seconds(hours, at, opening) == 0
    assert is_open(hours, opening)
