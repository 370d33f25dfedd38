"""Which nightly files are owed and kept: pure functions, walked night by night."""

from datetime import UTC, date, datetime, timedelta

from hub.statistics.exports.rules import (
    KEPT_NIGHTS,
    MONTHS,
    Stretch,
    Written,
    due_at,
    find_night,
    list_over,
    list_owed,
    months_of,
    name_of,
    number_of,
    recent_of,
)
from hub.statistics.words import Grain, Span

ONE = timedelta(days=1)
MARCH = date(2026, 3, 3)


def test_a_night_begins_at_three_where_the_chain_is() -> None:
    assert find_night(datetime(2026, 3, 3, 1, 59, tzinfo=UTC), "Europe/Paris") is None
    assert find_night(datetime(2026, 3, 3, 2, 0, tzinfo=UTC), "Europe/Paris") == MARCH
    assert find_night(datetime(2026, 3, 3, 2, 0, tzinfo=UTC), "America/New_York") == MARCH - ONE
    assert find_night(datetime(2026, 3, 3, 9, 0, tzinfo=UTC), "Asia/Tokyo") == MARCH
    assert due_at(date(2026, 7, 1), "Europe/Paris") == datetime(2026, 7, 1, 1, 0, tzinfo=UTC)


def test_files_end_with_a_day_that_is_over() -> None:
    recent, months = recent_of(MARCH), months_of(MARCH)
    assert (recent.first, recent.last) == (date(2026, 1, 27), date(2026, 3, 2))
    assert (months[0].first, months[0].last) == (date(2026, 2, 1), date(2026, 2, 28))
    assert (months[-1].first, len(months)) == (date(2025, 3, 1), MONTHS)
    assert name_of(Grain.STORES, recent, MARCH) == "stores-recent-2026-03-03.csv.gz"
    assert name_of(Grain.CHAIN, months[0], MARCH) == "chain-month-2026-02.csv.gz"
    assert number_of(MARCH) == 20260303


def days_in(written: set[Written]) -> set[date]:
    """Every day of which a file is kept."""
    found = set()
    for each in written:
        whole = recent_of(each.night), *months_of(each.first + 31 * ONE)
        last = next(row.last for row in whole if (row.span, row.first) == (each.span, each.first))
        found |= {each.first + number * ONE for number in range((last - each.first).days + 1)}
    return found


def test_every_day_of_a_year_is_kept_even_when_nights_are_missed() -> None:
    """Months are begun on a 1st, made up when it was missed, and go on where a night broke off."""
    written: set[Written] = set()
    missed = {date(2026, 5, 30) + number * ONE for number in range(5)}
    nights = [MARCH + number * ONE for number in range(150)]
    began: dict[date, int] = {}
    for night in nights:
        for stretch in [] if night in missed else list_owed(night, written)[: 1 + 7]:
            written -= {each for each in written if (each.span, each.first) == (stretch.span, stretch.first)}
            written.add(Written(stretch.span, stretch.first, night))
            if stretch.span is Span.MONTH:
                began[night] = began.get(night, 0) + 1
        written -= list_over(night, written)
        if night >= date(2026, 4, 2) and night not in missed:
            year = {night - number * ONE for number in range(1, 335)}
            assert year <= days_in(written), night
    assert began == {
        date(2026, 4, 1): 7, date(2026, 4, 2): 5, date(2026, 5, 1): 7, date(2026, 5, 2): 5,
        date(2026, 6, 4): 7, date(2026, 6, 5): 5, date(2026, 7, 1): 7, date(2026, 7, 2): 5,
    }  # fmt: skip
    recent = sorted(each.night for each in written if each.span is Span.RECENT)
    assert recent == nights[-KEPT_NIGHTS:]
    assert len([each for each in written if each.span is Span.MONTH]) == MONTHS
    assert list_owed(nights[-1], written) == []
    assert list_owed(MARCH, set()) == [recent_of(MARCH)], "months wait for the first 1st"
    assert list_owed(date(2026, 4, 1), set())[1] == Stretch(
        Span.MONTH, MARCH.replace(day=1), date(2026, 3, 31)
    )
