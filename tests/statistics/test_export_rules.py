"""Which nightly files are owed and kept: pure functions, walked night by night."""

from datetime import UTC, date, datetime, timedelta

from hub.statistics.exports.rules import (
    DAYS,
    KEPT_NIGHTS,
    Written,
    days_of,
    due_at,
    find_night,
    list_over,
    list_owed,
    name_of,
    number_of,
)
from hub.statistics.words import Grain, Span

ONE = timedelta(days=1)
MARCH = date(2026, 3, 3)


def test_a_night_begins_at_three_where_the_chain_is() -> None:
    assert find_night(datetime(2026, 3, 3, 1, 59, tzinfo=UTC), "Europe/Paris") is None
    assert find_night(datetime(2026, 3, 3, 2, 0, tzinfo=UTC), "Europe/Paris") == MARCH
    assert find_night(datetime(2026, 3, 3, 2, 0, tzinfo=UTC), "America/New_York") == MARCH - ONE
    assert due_at(date(2026, 7, 1), "Europe/Paris") == datetime(2026, 7, 1, 1, 0, tzinfo=UTC)


def test_a_file_ends_with_the_day_that_is_over() -> None:
    assert days_of(Span.RECENT, MARCH) == (date(2026, 1, 27), date(2026, 3, 2))
    first, last = days_of(Span.YEAR, MARCH)
    assert ((last - first).days + 1, last) == (DAYS[Span.YEAR], date(2026, 3, 2))
    assert name_of(Grain.STORES, Span.RECENT, MARCH) == "stores-recent-2026-03-03.csv.gz"
    assert number_of(MARCH) == 20260303


def test_recent_days_each_night_and_a_year_each_month_even_when_the_1st_was_missed() -> None:
    """Between them no day of the last year is ever missing, and a fortnight of nights is kept."""
    written: set[Written] = set()
    missed = {date(2026, 6, 1), date(2026, 6, 2)}
    nights = [MARCH + number * ONE for number in range(150)]
    years = []
    for night in nights:
        if night in missed:
            continue
        owed = list_owed(night, written)
        assert owed[0] is Span.RECENT
        written |= {(span, night) for span in owed}
        assert list_owed(night, written) == []
        written -= list_over(night, written)
        years += [night] if Span.YEAR in owed else []
        newest = max((each for span, each in written if span is Span.YEAR), default=None)
        assert not years or newest == years[-1]
        assert newest is None or days_of(Span.RECENT, night)[0] <= days_of(Span.YEAR, newest)[1] + ONE
    assert years == [date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 3), date(2026, 7, 1)]
    recent = sorted(each for span, each in written if span is Span.RECENT)
    assert recent == nights[-KEPT_NIGHTS:]
