"""Filters: pure rules."""

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from hub.core.errors import Invalid
from hub.statistics import rules

TODAY = date(2026, 3, 3)


def read(**args: str) -> rules.Filters:
    return rules.read_filters(args, today=TODAY, time_zone="Europe/Paris")


def test_the_last_thirty_days_without_words() -> None:
    found = read()
    assert (found.since_on, found.until_on, found.days) == (date(2026, 2, 2), TODAY, 30)
    assert days(found.before()) == ("2026-01-03", "2026-01-31"), "today is not over"


def days(found: rules.Filters | None) -> tuple[str, str] | None:
    return (found.since_on.isoformat(), found.until_on.isoformat()) if found else None


def test_only_days_that_are_over_are_compared() -> None:
    """Tuesday 3 March: a week until today has six of them, a month asked for until its end two, today alone none."""
    week, month = read(period="7"), read(since="2026-03-01", until="2026-03-31")
    assert days(week.over()) == ("2026-02-25", "2026-03-02")
    assert days(week.before()) == ("2026-02-18", "2026-02-23"), "Wednesday to Monday as well"
    assert days(month.over()) == ("2026-03-01", "2026-03-02")
    assert days(month.before()) == ("2026-02-26", "2026-02-27")
    assert (month.seen_until_on, month.days) == (TODAY, 31)
    assert days(replace(month, compare=rules.Compare.YEAR).before()) == ("2025-03-01", "2025-03-02")
    over = read(since="2026-02-23", until="2026-03-02")
    assert over.over() == over
    assert days(over.before()) == ("2026-02-15", "2026-02-22")
    for not_yet in (read(since="2026-03-03"), read(since="2026-03-05", until="2026-03-09")):
        assert not_yet.over() is not_yet.before() is rules.sides("tickets", not_yet) is None
    assert read(since="2026-03-05", until="2026-03-09").seen_until_on == date(2026, 3, 9)


def test_the_week_before_this_one_is_monday_to_sunday() -> None:
    found = read(period="last-week")
    assert (found.since_on, found.until_on) == (date(2026, 2, 23), date(2026, 3, 1))


def test_the_same_days_a_year_earlier_keep_what_was_asked() -> None:
    found = read(
        since="2024-02-01", until="2024-02-29", compare="year", reason="7", agent="8", channel="email"
    )
    before = found.before()
    assert before == replace(found, since_on=date(2023, 2, 1), until_on=date(2023, 2, 28))
    assert before.since < before.until == datetime(2023, 3, 1, tzinfo=ZoneInfo("Europe/Paris"))
    assert (before.reason_id, before.agent_id) == (7, 8)
    leap_day = read(since="2024-02-29", until="2024-02-29", compare="year").before()
    assert leap_day is not None
    assert (leap_day.since_on, leap_day.days) == (date(2023, 2, 28), 1)
    assert read(compare="none").before() is None


@pytest.mark.parametrize(
    ("args", "field"),
    [
        ({"since": "soon"}, "since"),
        ({"since": "2026-03-04"}, "since"),
        ({"since": "2020-01-01"}, "since"),
        ({"channel": "pigeon"}, "channel"),
        ({"compare": "yesterday"}, "compare"),
        ({"reason": "late"}, "reason"),
        ({"agent": "9" * 19}, "agent"),
        ({"region": "²"}, "region"),
    ],
)
def test_wrong_filters_name_their_field(args: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as error:
        read(**args)
    assert error.value.field == field
