"""Filters: pure rules."""

from datetime import date

import pytest

from hub.core.errors import Invalid
from hub.statistics import rules

TODAY = date(2026, 3, 3)


def read(**args: str) -> rules.Filters:
    return rules.read_filters(args, today=TODAY, time_zone="Europe/Paris", store_id=None)


def test_the_last_thirty_days_without_words() -> None:
    found = read()
    assert (found.since_on, found.until_on, found.days) == (date(2026, 2, 2), TODAY, 30)
    assert found.before().until_on == date(2026, 2, 1)
    assert found.before().days == 30


@pytest.mark.parametrize(
    ("args", "field"),
    [
        ({"since": "soon"}, "since"),
        ({"since": "2026-03-04"}, "since"),
        ({"since": "2020-01-01"}, "since"),
        ({"channel": "pigeon"}, "channel"),
    ],
)
def test_wrong_filters_name_their_field(args: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as error:
        read(**args)
    assert error.value.field == field
