"""Nights of the base: which one stands for a day, which are dropped, how parts of stores add up."""

from datetime import date, timedelta

from hub.core.words import Channel, Purpose
from hub.segments.values.words import Stage
from hub.statistics.base.rules import (
    EVERYBODY,
    PARTS,
    choose_night,
    list_thinned,
    month_before,
    said_part,
    stage_part,
    sum_up,
    year_before,
)

TODAY = date(2026, 3, 31)


def test_a_night_up_to_a_week_before_stands_for_the_day_and_no_later_one() -> None:
    wanted = date(2026, 2, 28)
    assert month_before(TODAY) == wanted
    kept = [wanted - timedelta(days=days) for days in (9, 6, 2)] + [wanted + timedelta(days=1)]
    assert choose_night(kept, wanted) == wanted - timedelta(days=2)
    assert choose_night([wanted, *kept], wanted) == wanted
    assert choose_night([wanted - timedelta(days=7), wanted + timedelta(days=1)], wanted) is None
    assert year_before(date(2028, 2, 29)) == date(2027, 2, 28)


def test_of_old_nights_the_mondays_are_enough_for_any_day_of_three_years() -> None:
    kept = [TODAY - timedelta(days=days) for days in range(1200)]
    dropped = set(list_thinned(kept, TODAY))
    left = [day for day in kept if day not in dropped]
    assert {day.weekday() for day in left if (TODAY - day).days > 62} == {0}
    assert len([day for day in left if (TODAY - day).days <= 62]) == 63
    assert max((TODAY - day).days for day in left) <= 3 * 366
    assert all(choose_night(left, TODAY - timedelta(days=days)) for days in range(3 * 366 - 7))


def test_stores_add_up_and_who_said_nothing_was_never_asked() -> None:
    lyon = {EVERYBODY: 10, "has:mail": 8, "yes:email:promotion": 3, "no:email:promotion": 1}
    lille = {EVERYBODY: 4, "has:mail": 2, "yes:email:promotion": 2}
    both = sum_up([lyon, lille])
    assert both[EVERYBODY] == 14
    assert both[said_part("yes", Channel.EMAIL, Purpose.PROMOTION)] == 5
    assert both[said_part("never", Channel.EMAIL, Purpose.PROMOTION)] == 10 - 5 - 1
    assert both[stage_part(Stage.NEW)] == 0
    assert len(PARTS) == 4 + len(Stage) + 25 + 4 + 3 * 3 * 3
