"""Which things a digest shows and why, and when it is due: pure functions."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from hub.statistics.digest.periods import find_latest, find_next, find_round
from hub.statistics.digest.rules import (
    Change,
    Course,
    Opinion,
    Part,
    Place,
    Sight,
    choose,
    expected_median,
    observe,
)
from hub.statistics.digest.words import Rule
from hub.statistics.rows import NO_WAITS, Waits, satisfaction_of
from hub.statistics.words import Period

WHOLE = Place()
PARIS = {"time_zone": "Europe/Paris", "territory": "FR"}


def waits(count: int, median: float = 3600.0, in_time: float = 0.9) -> Waits:
    return Waits(
        count=count,
        measured_count=count,
        median_seconds=median,
        p90_seconds=2 * median,
        mean_seconds=median,
        target_share=in_time,
    )


def course(now: Waits, before: Waits, *past: Waits, place: Place = WHOLE) -> Course:
    return Course(place=place, now=now, before=before, past=past)


def change(now: tuple[int, int], before: tuple[int, int], subject: int = 0) -> Change:
    return Change(now=Part(*now), before=Part(*before), subject=subject)


def rules_of(**sight: Any) -> list[Rule]:
    return [each.rule for each in observe(Sight(**sight))]


STEADY = tuple(waits(60, 3600 + 60 * week) for week in range(8))


def test_each_rule_speaks_beyond_chance_and_never_of_small_numbers() -> None:
    """Every rule with a change that is sure, the same change with 29 cases, and a change that chance explains."""
    late, usual = waits(100, in_time=0.6), waits(100)
    assert rules_of(courses=(course(late, usual),)) == [Rule.LATE]
    assert rules_of(courses=(course(waits(29, in_time=0.0), usual),)) == []
    assert rules_of(courses=(course(late, waits(29, in_time=1.0)),)) == []
    assert rules_of(courses=(course(waits(100, in_time=0.85), usual),)) == []
    assert rules_of(courses=(course(waits(60, 9000), usual, *STEADY),)) == [Rule.SLOW]
    assert rules_of(courses=(course(waits(29, 9000), usual, *STEADY),)) == []
    assert rules_of(courses=(course(waits(60, 3900), usual, *STEADY),)) == []
    assert rules_of(courses=(course(waits(60, 9000), usual, *STEADY[:4]),)) == [], "too short a past"
    glad, sad = satisfaction_of((50, 30, 5)), satisfaction_of((30, 25, 30))
    few = satisfaction_of((0, 0, 29))
    assert rules_of(opinions=(Opinion(place=Place(), now=sad, before=glad),)) == [Rule.SATISFACTION]
    assert rules_of(opinions=(Opinion(place=Place(), now=few, before=glad),)) == []
    assert rules_of(opinions=(Opinion(place=Place(), now=glad, before=sad),)) == [], "better is no warning"
    grown, small, chance = change((30, 100), (5, 100)), change((29, 29), (0, 100)), change((8, 100), (5, 100))
    for name, rule in (("unanswered", Rule.UNANSWERED), ("reopened", Rule.REOPENED), ("moved", Rule.MOVED)):
        assert rules_of(**{name: grown}) == [rule]
        assert rules_of(**{name: small}) == rules_of(**{name: chance}) == []
    assert rules_of(reasons=(change((40, 100), (10, 100), 7), change((10, 100), (40, 100), 8))) == [
        Rule.REASON
    ]
    assert rules_of(reasons=(change((20, 40), (30, 300), 7),)) == [], "a larger share of fewer tickets"
    assert rules_of(gaps=((7, Part(25, 40)), (8, Part(29, 29)), (9, Part(10, 40)))) == [Rule.GAP]
    assert rules_of(central_waiting=10) == [Rule.CENTRAL_QUEUE]
    assert rules_of(central_waiting=9) == []


def test_three_are_chosen_by_tier_then_by_customers_one_of_a_rule() -> None:
    lyon, lille = Place("LYO", "Lyon"), Place("LIL", "Lille")
    sight = Sight(
        courses=(
            course(waits(100, 9000, in_time=0.6), waits(100), *STEADY, place=lyon),
            course(waits(200, in_time=0.6), waits(200), place=lille),
        ),
        reopened=change((100, 300), (10, 300)),
        moved=change((30, 100), (5, 100)),
        gaps=((7, Part(900, 1000)),),
        central_waiting=12,
    )
    chosen = [(each.rule, each.place.name) for each in choose(sight)]
    assert chosen == [(Rule.CENTRAL_QUEUE, ""), (Rule.REOPENED, ""), (Rule.LATE, "Lille")]
    only_lyon = choose(Sight(courses=sight.courses[:1], gaps=sight.gaps))
    assert [each.rule for each in only_lyon] == [Rule.SLOW, Rule.GAP], "late and slow in Lyon are one thing"
    assert choose(Sight()) == ()
    assert choose(Sight(courses=(course(NO_WAITS, NO_WAITS),))) == ()


def test_the_usual_range_of_medians_is_students_on_logarithms() -> None:
    """By hand: medians of e^8 to e^8.4 in steps of 0.1; mean 8.2, spread 0.15811, t(4) 2.7764."""
    found = expected_median([waits(30, 2.718281828459045 ** (8 + step / 10)) for step in range(5)])
    assert found is not None
    assert found.value == pytest.approx(3640.95, abs=0.01)
    assert found.high / found.value == pytest.approx(1.61750, abs=1e-4)
    assert found.low * found.high == pytest.approx(found.value**2)


def test_weeks_leave_on_monday_and_months_on_their_first_working_day_at_seven() -> None:
    week = find_round(Period.WEEK, date(2026, 3, 4), **PARIS)
    assert (week.since_on, week.until_on) == (date(2026, 2, 23), date(2026, 3, 1))
    assert week.due_at == datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
    may = find_round(Period.MONTH, date(2026, 5, 20), **PARIS)
    assert (may.since_on, may.until_on) == (date(2026, 4, 1), date(2026, 4, 30))
    assert may.due_at == datetime(2026, 5, 4, 5, 0, tzinfo=UTC), (
        "1 May is a holiday and a Friday; summer time"
    )
    january = find_round(Period.MONTH, date(2026, 1, 1), **PARIS)
    assert january.due_at.date() == date(2026, 1, 2)
    now = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
    assert find_latest(Period.WEEK, now, **PARIS) == week
    assert not week.is_open(now), "a day later nobody is told any more"
    assert week.is_open(datetime(2026, 3, 3, 5, 59, tzinfo=UTC))
    assert find_next(Period.WEEK, now, **PARIS).due_at == datetime(2026, 3, 9, 6, 0, tzinfo=UTC)
    assert find_next(Period.MONTH, now, **PARIS).due_at == datetime(2026, 4, 1, 5, 0, tzinfo=UTC)
    before = datetime(2026, 2, 28, 23, 30, tzinfo=UTC)
    assert find_next(Period.MONTH, before, **PARIS).due_at == datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
