"""Intervals and filters: pure rules."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.errors import Invalid
from hub.statistics import rules

TODAY = date(2026, 3, 3)


def read(**args: str) -> rules.Filters:
    return rules.read_filters(args, today=TODAY, time_zone="Europe/Paris", store_id=None)


def test_wilson_matches_the_published_example() -> None:
    """81 of 263: Newcombe 1998, Statistics in Medicine 17:857, table I, method 3: 0.2553 to 0.3662."""
    found = rules.wilson(81, 263)
    assert found is not None
    assert (round(found.low, 4), round(found.high, 4)) == (0.2553, 0.3662)


@given(st.integers(1, 10_000), st.data())
def test_the_interval_holds_the_share_and_stays_a_share(total: int, data: st.DataObject) -> None:
    found = rules.wilson(data.draw(st.integers(0, total)), total)
    assert found is not None
    assert 0 <= found.low <= found.value <= found.high <= 1


def test_nothing_observed_has_no_interval() -> None:
    assert rules.wilson(0, 0) is None


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
