"""Days of the chain: 23 and 25 hours long where the clocks change, and each moment in exactly one of them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from hub.core.words import Channel
from hub.inbox.words import DropReason
from hub.statistics.columns.layouts import CHANNELS, DROPS, LAYOUTS, SLOT, Layout
from hub.statistics.columns.local_days import begin_of, days_between, runs_of, slot_of
from hub.statistics.columns.packing import pack, unpack

PARIS = ZoneInfo("Europe/Paris")
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
ONE = Layout(1, {"slot": SLOT, "number": "<i4"})


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25), (date(2026, 3, 28), 24)])
def test_days_are_as_long_as_they_are_there(day: date, hours: int) -> None:
    following = begin_of(day + timedelta(days=1), PARIS)
    assert following - begin_of(day, PARIS) == timedelta(hours=hours)


@pytest.mark.parametrize("day", [SPRING, AUTUMN])
def test_each_moment_is_packed_into_the_day_it_has_where_the_chain_is(day: date) -> None:
    """Every half hour of three days around the change of the clocks, and the last microsecond before each midnight."""
    days = days_between(day - timedelta(days=1), day + timedelta(days=1))
    begin, end = begin_of(days[0], PARIS), begin_of(days[-1] + timedelta(days=1), PARIS)
    moments = [
        begin + timedelta(minutes=30) * number for number in range(int((end - begin).total_seconds() // 1800))
    ]
    moments += [begin_of(each, PARIS) - timedelta(microseconds=1) for each in days[1:]]
    moments.sort()
    rows = [(each.timestamp(), each.timestamp(), number) for number, each in enumerate(moments)]
    packed = pack(rows, ONE, days, PARIS)
    found = {
        each: [int(number) for number in unpack({"number": [packed[each]["number"]]}, ONE)["number"]]
        for each in days
    }
    assert found == {
        each: [number for number, at in enumerate(moments) if at.astimezone(PARIS).date() == each]
        for each in days
    }
    slots = [int(slot) for each in days for slot in unpack({"slot": [packed[each]["slot"]]}, ONE)["slot"]]
    local = [each.astimezone(PARIS) for each in moments]
    assert slots == [each.weekday() * 24 + each.hour for each in local]
    assert len(found[day]) in {46 + 1, 50 + 1}, "two a half-hour, 23 or 25 hours, and the microsecond"


def test_a_day_without_rows_has_no_columns() -> None:
    assert pack([], ONE, [SPRING], PARIS) == {}


def test_runs_of_days_have_no_gap() -> None:
    first = date(2026, 2, 27)
    listed = [first + timedelta(days=number) for number in (3, 0, 1, 0, 7)]
    assert list(runs_of(listed)) == [
        (first, first + timedelta(days=1)),
        (first + timedelta(days=3),) * 2,
        (first + timedelta(days=7),) * 2,
    ]
    assert list(runs_of([])) == []


def test_hours_of_the_week_begin_on_monday() -> None:
    monday = datetime(2026, 3, 1, 23, 0, tzinfo=UTC)
    assert [slot_of(monday.timestamp() + 3600 * hours, PARIS) for hours in (0, 23, 167)] == [0, 23, 167]


def test_every_word_has_a_code_and_every_column_a_width() -> None:
    assert (set(CHANNELS), set(DROPS)) == (set(Channel), set(DropReason))
    assert all(layout.kind_of(name)[1] in "iuf" for layout in LAYOUTS.values() for name in layout.columns)
