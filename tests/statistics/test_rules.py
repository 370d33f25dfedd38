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
    before = found.before()
    assert before is not None
    assert (before.until_on, before.days) == (date(2026, 2, 1), 30)


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
