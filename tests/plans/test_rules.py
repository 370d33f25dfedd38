"""Delays, arms and exits of plans: pure rules."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.errors import Invalid
from hub.plans import rules
from hub.plans.builtin import BUILTIN_PLANS
from hub.plans.rules import Circumstances, Delay
from hub.plans.words import Arm, ExitReason
from tests.conftest import TUESDAY

PARIS = "Europe/Paris"
SURVEY = rules.parse_definition(BUILTIN_PLANS[0].definition)
moments = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds


def test_seven_days_later_is_the_same_local_time() -> None:
    assert rules.due_moment(TUESDAY, Delay(days=7), time_zone=PARIS) == TUESDAY + timedelta(days=7)


def test_daylight_saving_keeps_the_local_time() -> None:
    before = datetime(2026, 3, 25, 9, 0, tzinfo=UTC)  # 10:00 in Paris, winter
    after = rules.due_moment(before, Delay(days=7), time_zone=PARIS)
    assert after == datetime(2026, 4, 1, 8, 0, tzinfo=UTC), "10:00 in Paris, summer"


def test_an_anchor_without_a_time_is_due_at_ten() -> None:
    midnight = datetime(2026, 3, 2, 23, 0, tzinfo=UTC)
    due = rules.due_moment(midnight, Delay(days=1), time_zone=PARIS, has_time=False)
    assert due.astimezone(ZoneInfo(PARIS)).hour == 10


@given(moments, st.integers(0, 400))
def test_a_delay_in_days_lands_on_that_calendar_day(moment: datetime, days: int) -> None:
    zone = ZoneInfo(PARIS)
    due = rules.due_moment(moment, Delay(days=days), time_zone=PARIS).astimezone(zone)
    expected = moment.astimezone(zone).date() + timedelta(days=days)
    assert due.date() == expected or due.hour < 4, "a skipped hour may only move forward by one"


@given(st.integers(1, 2**40))
def test_the_arm_is_stable(customer_id: int) -> None:
    assert rules.draw_arm("welcome_pack", customer_id, 10) is rules.draw_arm("welcome_pack", customer_id, 10)
    assert rules.draw_arm("any", customer_id, 0) is Arm.TREATED
    assert rules.draw_arm("any", customer_id, 100) is Arm.CONTROL


def test_the_control_share_is_what_was_asked() -> None:
    control = sum(rules.draw_arm("welcome_pack", number, 10) is Arm.CONTROL for number in range(20_000))
    assert 1_850 < control < 2_150


def test_every_builtin_plan_can_be_read() -> None:
    for builtin in BUILTIN_PLANS:
        definition = rules.parse_definition(builtin.definition)
        for step in definition.steps:
            rules.may_run(step.when, Circumstances())


@pytest.mark.parametrize(
    "broken",
    [{}, {"enters": "x", "exits": [], "steps": []}, {"enters": "x", "exits": ["nonsense"], "steps": [{}]}],
)
def test_a_broken_definition_is_refused_in_words(broken: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        rules.parse_definition(broken)


def test_exits_stop_the_path_but_not_the_thanks() -> None:
    ask, thank = SURVEY.step("ask"), SURVEY.step("thank")
    assert rules.find_exit(SURVEY, ask, Circumstances(is_cancelled=True)) is ExitReason.CANCELLED
    assert rules.find_exit(SURVEY, ask, Circumstances(has_open_ticket=True)) is ExitReason.TICKET_OPEN
    assert rules.find_exit(SURVEY, ask, Circumstances(was_asked_recently=True)) is ExitReason.ASKED_RECENTLY
    assert rules.find_exit(SURVEY, ask, Circumstances(has_purchased=True)) is None
    assert rules.find_exit(SURVEY, thank, Circumstances(has_open_ticket=True)) is None


def test_the_path_ends_before_its_branch() -> None:
    assert SURVEY.step_after("ask") == SURVEY.step("remind")
    assert SURVEY.step_after("remind") is None
    assert SURVEY.step_after("thank") is None
