"""Delays, arms and exits of plans: pure rules."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.errors import Invalid
from hub.plans import rules, walking
from hub.plans.builtin import BUILTIN_PLANS, post_purchase_survey
from hub.plans.looking.table import LOOK_UPS
from hub.plans.rules import Delay
from hub.plans.words import Arm, Ask, ExitReason, Trigger
from tests.conftest import TUESDAY

PARIS = "Europe/Paris"
SURVEY = rules.parse_definition(post_purchase_survey.DEFINITION)
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
            assert all(condition.ask in LOOK_UPS for condition in definition.questions[step.key])


@pytest.mark.parametrize(
    ("on", "trigger", "key"),
    [
        (["order_delivered"], Trigger.ORDER_DELIVERED, "order:1"),
        (["order_paid", "order_delivered"], Trigger.ORDER_DELIVERED, "order:1:order_delivered"),
        (["account_created", "newsletter_joined"], Trigger.NEWSLETTER_JOINED, "order:1"),
        (["newsletter_joined", "first_order"], Trigger.FIRST_ORDER, "order:1"),
        (["order_paid", "newsletter_joined"], Trigger.ORDER_PAID, "order:1"),
    ],
)
def test_only_several_states_of_one_order_are_several_occurrences(
    on: list[str], trigger: Trigger, key: str
) -> None:
    entry = rules.parse_definition(
        {"format": 2, "entry": {"on": on}, "steps": [{"key": "a", "template": "t"}]}
    ).entry
    assert rules.entry_key_of(entry, trigger, "order:1") == key


@pytest.mark.parametrize(
    "broken",
    [{}, {"enters": "x", "exits": [], "steps": []}, {"enters": "x", "exits": ["nonsense"], "steps": [{}]}],
)
def test_a_broken_definition_is_refused_in_words(broken: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        rules.parse_definition(broken)


def knows(*true: Ask) -> walking.Knows:
    return lambda condition: condition.ask in true


def test_exits_stop_the_path_but_not_the_thanks() -> None:
    ask, thank = SURVEY.step("ask"), SURVEY.step("thank")
    find = walking.find_exit
    assert find(SURVEY, ask, knows(Ask.ORDER_CANCELLED)) is ExitReason.CANCELLED
    assert find(SURVEY, ask, knows(Ask.TICKET_OPEN)) is ExitReason.TICKET_OPEN
    assert find(SURVEY, ask, knows(Ask.ASKED_RECENTLY)) is ExitReason.ASKED_RECENTLY
    assert find(SURVEY, ask, knows(Ask.PURCHASED)) is None
    assert find(SURVEY, thank, knows(Ask.TICKET_OPEN)) is None


def test_the_path_ends_before_its_branch() -> None:
    assert SURVEY.step_after("ask") == SURVEY.step("remind")
    assert SURVEY.step_after("remind") is None
    assert SURVEY.step_after("thank") is None
