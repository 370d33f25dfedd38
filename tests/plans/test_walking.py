"""The pure walk: local hours of every zone, expiry, waiting for a real sending, forks, grievances, both arms."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.words import Purpose
from hub.outbox.words import MessageState
from hub.plans import rules, walking
from hub.plans.definitions import AnyOf, Condition, Delay
from hub.plans.reading import parse_definition
from hub.plans.walking import Decision, Position, Sent, advance, decide
from hub.plans.words import Arm, Ask, ExitReason, Skip, StepOutcome, Wait
from tests.conftest import TUESDAY

ZONES = (
    "Europe/Paris", "Indian/Reunion", "America/Guadeloupe", "America/Cayenne", "Pacific/Noumea", "Europe/London",
    "America/Miquelon",
)  # fmt: skip
moments = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
hours = st.times().map(lambda each: each.replace(second=0, microsecond=0))
SEND = {"kind": "send", "template": "t", "purpose": "promotion", "expires_days": 2}
PLAN: dict[str, Any] = {
    "format": 2,
    "entry": {"on": "by_hand"},
    "exits": ["purchased"],
    "steps": [
        {"key": "first", "delay": {"days": 1}, **SEND},
        {"key": "fork", "kind": "split", "anchor": "first_message", "delay": {"days": 3},
         "when": [{"is": "engaged"}], "otherwise": "cold"},
        {"key": "warm", "anchor": "first_message", "delay": {"days": 3}, **SEND, "next": "bye"},
        {"key": "cold", "anchor": "first_message", "delay": {"days": 3}, **SEND,
         "when": [{"is": "opened", "step": "first", "not": True, "for_days": 3}],
         "variants": [{"when": [{"is": "known_customer"}], "template": "known"}]},
        {"key": "bye", "kind": "end"},
    ],
}  # fmt: skip


def at(step_key: str, plan: Mapping[str, Any] = PLAN, **fields: Any) -> Position:
    definition = parse_definition(plan)
    known: dict[str, Any] = {
        "customer_id": 1,
        "arm": Arm.TREATED,
        "definition": definition,
        "step": definition.step(step_key),
        "anchor_at": TUESDAY,
        "due_at": TUESDAY + timedelta(days=1),
        "values": {},
        "time_zone": "Europe/Paris",
    }
    return Position(**{**known, **fields})


def knows(**truths: bool | None) -> walking.Knows:
    return lambda condition: truths.get(condition.ask.value, False)


NOTHING = knows()
NOW = TUESDAY + timedelta(days=1)


@given(moments, st.integers(0, 400), st.sampled_from(ZONES))
def test_days_later_is_the_same_local_time_in_every_zone(moment: datetime, days: int, name: str) -> None:
    """But for the hour that the clocks skip, which comes an hour later."""
    zone = ZoneInfo(name)
    due = rules.due_moment(moment, Delay(days), time_zone=name).astimezone(zone)
    before = moment.astimezone(zone)
    apart = datetime.combine(due.date(), due.time()) - datetime.combine(before.date(), before.time())
    assert apart in {timedelta(days=days), timedelta(days=days, hours=1)}


@given(moments, st.integers(1, 400), hours, st.sampled_from(ZONES))
def test_a_local_hour_is_kept_on_that_day(moment: datetime, days: int, hour: Any, name: str) -> None:
    zone = ZoneInfo(name)
    due = rules.due_moment(moment, Delay(days, at=f"{hour:%H:%M}"), time_zone=name).astimezone(zone)
    assert due.date() == moment.astimezone(zone).date() + timedelta(days=days)
    assert due.time() == hour or (due - timedelta(hours=1)).utcoffset() != due.utcoffset()


@given(moments, st.integers(0, 60), st.integers(0, 3000), st.sampled_from(ZONES))
def test_no_delay_leads_before_its_anchor(moment: datetime, days: int, minutes: int, name: str) -> None:
    assert rules.due_moment(moment, Delay(days, minutes), time_zone=name) >= moment
    assert rules.due_moment(moment, Delay(0, minutes, "00:05"), time_zone=name) >= moment


def test_hours_are_wall_time_over_the_change_of_clocks() -> None:
    night = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)  # 00:30 in Paris, the clocks change at 02:00
    assert rules.due_moment(night, Delay(minutes=180), time_zone="Europe/Paris") == night + timedelta(hours=3)


@pytest.mark.parametrize(
    ("zone", "hour"), [("Europe/Paris", 9), ("Indian/Reunion", 6), ("America/Guadeloupe", 14)]
)
def test_a_day_without_a_time_is_due_at_ten_where_the_customer_lives(zone: str, hour: int) -> None:
    step = replace(parse_definition(PLAN).step("first"), anchor=rules.Anchor.DATE, delay=Delay(-2))
    due = rules.due_of(step, TUESDAY, {"date_on": "2026-03-10"}, time_zone=zone)
    assert due == datetime(2026, 3, 8, hour, tzinfo=UTC)


def test_an_exit_comes_before_everything() -> None:
    late = NOW + timedelta(days=30)
    assert decide(at("first"), knows(purchased=True), late).exit_reason is ExitReason.PURCHASED


def test_what_could_not_run_in_time_is_dropped_and_the_path_goes_on() -> None:
    first = at("first")
    late = decide(first, NOTHING, first.due_at + timedelta(days=2, seconds=1))
    assert (late.outcome, late.reason) == (StepOutcome.EXPIRED, Skip.TOO_LATE)
    assert advance(first, late).step_key == "fork"


def test_follow_ups_count_from_the_planned_time_until_the_message_is_taken() -> None:
    place = advance(at("first"), decide(at("first"), NOTHING, NOW), outbound_id=7)
    assert (place.due_at, place.values["messages"]) == (TUESDAY + timedelta(days=4), {"first": 7})
    taken = {**place.values, "first_message_at": (NOW + timedelta(hours=5)).isoformat()}
    fork = parse_definition(PLAN).step("fork")
    assert rules.due_of(fork, TUESDAY, taken, time_zone="Europe/Paris") == NOW + timedelta(days=3, hours=5)


def test_a_message_on_its_way_is_waited_for() -> None:
    sent = {"first": Sent(MessageState.WAITING, None)}
    decision = decide(at("fork", messages=sent), NOTHING, NOW)
    assert (decision.wait, decision.wait_until) == (Wait.MESSAGE, NOW + walking.LOOK_AGAIN)


@pytest.mark.parametrize(("is_engaged", "key"), [(True, "warm"), (False, "cold")])
def test_a_fork_leads_one_way_or_the_other(is_engaged: bool, key: str) -> None:
    sent = {"first": Sent(MessageState.DELIVERED, NOW - timedelta(days=4))}
    fork = at("fork", messages=sent)
    decision = decide(fork, knows(engaged=is_engaged), NOW)
    assert decision == Decision(outcome=StepOutcome.CHOSEN, reason=Skip.YES if is_engaged else Skip.NO)
    assert advance(fork, decision).step_key == key


def test_a_named_next_step_leads_past_the_others_and_the_end_ends() -> None:
    warm = at("warm")
    assert advance(warm, Decision(outcome=StepOutcome.POSTED)).step_key == "bye"
    bye = at("bye")
    assert advance(bye, decide(bye, NOTHING, NOW)).exit_reason is ExitReason.COMPLETED


def test_not_opened_for_three_days_counts_from_the_real_sending() -> None:
    taken_at = NOW - timedelta(days=1)
    sent = {"first": Sent(MessageState.ACCEPTED, taken_at)}
    decision = decide(at("cold", messages=sent), knows(opened=False), NOW)
    assert decision.wait_until == taken_at + timedelta(days=3)
    later = decide(
        at("cold", messages=sent, due_at=NOW + timedelta(days=2)),
        knows(opened=False),
        NOW + timedelta(days=2),
    )
    assert later.outcome is StepOutcome.POSTED


def test_nobody_failed_to_open_what_never_left() -> None:
    sent = {"first": Sent(MessageState.BLOCKED, None)}
    decision = decide(at("cold", messages=sent), knows(opened=None), NOW)
    assert (decision.outcome, decision.reason) == (StepOutcome.SKIPPED, Skip.NEVER_SENT)


@pytest.mark.parametrize(
    ("truths", "expected"), [((True, None), True), ((False, None), None), ((False, False), False)]
)
def test_either_of_two(truths: tuple[bool | None, bool | None], expected: bool | None) -> None:
    either = AnyOf((Condition(Ask.OPENED), Condition(Ask.PHONE_KNOWN)))
    assert walking.holds(either, knows(opened=truths[0], phone_known=truths[1])) is expected


def test_the_template_follows_the_first_variant_that_fits() -> None:
    sent = {"first": Sent(MessageState.ACCEPTED, NOW - timedelta(days=4))}
    cold = at("cold", messages=sent)
    assert decide(cold, knows(opened=False, known_customer=True), NOW).template == "known"
    assert decide(cold, knows(opened=False), NOW).template == "t"


def test_a_step_switched_off_is_passed_by() -> None:
    plan = {**PLAN, "steps": [{**PLAN["steps"][0], "is_on": False}, *PLAN["steps"][1:]]}
    decision = decide(at("first", plan), NOTHING, NOW)
    assert (decision.outcome, decision.reason) == (StepOutcome.SKIPPED, Skip.OFF)


def test_a_grievance_makes_the_step_wait_and_time_goes_on() -> None:
    held = at("first", held=frozenset({Purpose.PROMOTION}))
    decision = decide(held, NOTHING, NOW)
    assert decision.wait is Wait.GRIEVANCE
    place = advance(held, decision)
    resumed = at("first", values=place.values, due_at=place.due_at)
    assert resumed.planned_at == held.due_at, "the expiry counts from when it was due"
    assert decide(resumed, NOTHING, NOW + timedelta(hours=1)).outcome is StepOutcome.POSTED
    assert decide(resumed, NOTHING, NOW + timedelta(days=3)).outcome is StepOutcome.EXPIRED


def test_a_plan_that_only_serves_does_not_pause() -> None:
    steps = [{**step, "purpose": "transactional"} if step.get("template") else step for step in PLAN["steps"]]
    held = at("first", {**PLAN, "steps": steps}, held=frozenset({Purpose.PROMOTION, Purpose.SURVEY}))
    assert decide(held, NOTHING, NOW).outcome is StepOutcome.POSTED


def test_the_control_arm_walks_the_same_steps() -> None:
    first = at("first", arm=Arm.CONTROL)
    decision = decide(first, NOTHING, NOW)
    place = advance(first, decision)
    assert decision.outcome is StepOutcome.GHOST
    assert (place.step_key, place.due_at) == ("fork", TUESDAY + timedelta(days=4))


@pytest.mark.parametrize(
    ("street", "postcode", "other"),
    [("12, rue de l'Église", "69003", ("12 RUE DE L EGLISE", "69 003")), ("5 bis quai Nord", "13001", ("5bis Quai-Nord", "13001"))],
)  # fmt: skip
def test_one_address_is_one_household(street: str, postcode: str, other: tuple[str, str]) -> None:
    assert rules.household_of(street, postcode) == rules.household_of(*other)
    assert rules.household_of(street, postcode) != rules.household_of("6 quai Nord", postcode)


def test_half_an_address_is_no_household() -> None:
    assert rules.household_of("", "69003") is None
    assert rules.household_of("12 rue Basse", "") is None


def test_a_crowd_is_spread_evenly_and_always_alike() -> None:
    days = [rules.spread("anti_churn", each, 10) for each in range(10_000)]
    assert days == [rules.spread("anti_churn", each, 10) for each in range(10_000)]
    assert all(850 < days.count(day) < 1150 for day in range(10))
