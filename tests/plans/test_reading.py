"""Definitions as data: both formats are read, and what the engine cannot do is refused in words."""

from typing import Any

import pytest

from hub.core.errors import Invalid
from hub.core.words import Channel
from hub.plans import walking
from hub.plans.definitions import AnyOf, Condition, Delay
from hub.plans.effects import EFFECTS
from hub.plans.reading import OFFERED, parse_definition
from hub.plans.words import Anchor, Ask, ExitReason, StepKind, Trigger

SEND = {"key": "hello", "kind": "send", "template": "welcome_prospect", "purpose": "promotion"}

ERASING = {"key": "erase", "kind": "erasure_due", "days": 0, "delay": {"days": 30}}


def plan(*steps: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"format": 2, "entry": {"on": "by_hand"}, "steps": list(steps or [SEND]), **fields}


def when(*conditions: Any) -> dict[str, Any]:
    return plan({**SEND, "when": list(conditions)})


def test_a_plan_of_today_is_read_whole() -> None:
    found = parse_definition(
        plan(
            {"key": "fork", "kind": "split", "when": [{"is": "phone_known"}], "otherwise": "hello"},
            {**SEND, "key": "text", "channel": "sms", "delay": {"days": 8, "at": "09:30"}, "expires_minutes": 90, "next": "bye"},
            {**SEND, "anchor": "first_message", "is_on": False, "theme": "lamps", "pool": "spring"},
            {"key": "bye", "kind": "end"},
            entry={"on": ["order_paid", "order_shipped"], "when": [{"is": "known_customer", "not": True}], "cooldown_hours": 24},
            exits=[{"is": "purchased", "days": 4}, "returned"],
            daily_limit=500,
            spread_days=14,
            horizon_days=60,
        )
    )  # fmt: skip
    text, hello = found.step("text"), found.step("hello")
    assert found.entry.on == (Trigger.ORDER_PAID, Trigger.ORDER_SHIPPED)
    assert found.entry.when == (Condition(Ask.KNOWN_CUSTOMER, is_not=True),)
    assert [each.reason for each in found.exits] == [ExitReason.PURCHASED, ExitReason.RETURNED]
    assert (text.channel, text.delay, text.expires_minutes) == (Channel.SMS, Delay(8, 0, "09:30"), 90)
    assert (hello.anchor, hello.is_on, hello.theme, hello.pool) == (
        Anchor.FIRST_MESSAGE,
        False,
        "lamps",
        "spring",
    )
    assert (found.daily_limit, found.spread_days, found.horizon_days, found.entry.cooldown_hours) == (
        500,
        14,
        60,
        24,
    )
    assert found.step_after("text") == found.step("bye")


def test_the_first_format_stays_readable() -> None:
    found = parse_definition(
        {
            "enters": "first_order",
            "exits": ["purchased"],
            "steps": [
                {
                    "key": "a", "anchor": "entry", "delay": {"days": 1}, "template": "t", "purpose": "promotion",
                    "when": ["not_answered"], "variants": [["above_average", "premium"]], "expires_days": 3,
                }
            ],
        }
    )  # fmt: skip
    step = found.step("a")
    assert found.entry.on == (Trigger.FIRST_ORDER,)
    assert step.when == (Condition(Ask.ANSWERED, is_not=True),)
    assert step.templates == ("t", "premium")
    assert step.expires_minutes == 3 * 24 * 60


def test_either_of_two_conditions_is_one() -> None:
    found = parse_definition(when({"any": [{"is": "opened"}, {"is": "weekday", "in": [0, 4]}]}))
    assert found.step("hello").when == (
        AnyOf((Condition(Ask.OPENED), Condition(Ask.WEEKDAY, params={"in": [0, 4]}))),
    )


def test_every_kind_that_is_offered_has_its_effect() -> None:
    """A way through the plan needs none; nothing else may stand in a plan and do nothing."""
    assert OFFERED - EFFECTS.keys() == {StepKind.SPLIT, StepKind.END}
    assert EFFECTS.keys() - {StepKind.SEND} == walking.EFFECTS


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (when({"is": "nonsense"}), "unknown condition"),
        (when({"is": "ticket_open"}), "unknown condition"),
        (when({"is": "segment"}), "another value"),
        (when({"is": "segment", "id": "7"}), "another value"),
        (when({"is": "weekday", "in": []}), "another value"),
        (when({"is": "stage", "in": ["asleep"]}), "another value"),
        (when({"is": "basket_value"}), "needs one of"),
        (when({"is": "opened", "stepp": "hello"}), "does not know"),
        (when({"is": "opened", "step": "gone"}), "no step called"),
        (when({"is": "region", "property": "weather"}), "another value"),
        (when({"any": []}), "at least one"),
        (plan(SEND, SEND), "a name of its own"),
        (plan(entry={"on": []}), "lets customers in"),
        (plan(entry={"on": "full_moon"}), "cannot be read"),
        (plan(entry={"on": "churn_below"}), "another value"),
        (plan(entry={"on": "inactive"}), "another value"),
        (plan(entry={"on": "inactive", "months": 6, "weeks": 2}), "does not know"),
        (plan(entry={"on": "date", "of": "name_day", "at": "day"}), "another value"),
        (plan(entry={"on": "basket_left", "waits_for_files": "yes"}), "another value"),
        (plan(entry={"on": "event", "name": "Warranty ended"}), "another value"),
        (plan(exits=[{"is": "merged"}]), "no exit"),
        (plan(exits=[{"is": "purchased", "days": 0}]), "another value"),
        (plan({**SEND, "template": ""}), "lacks: template"),
        (plan({**SEND, "channel": "chat"}), "mails and SMS"),
        (plan({**SEND, "in_both_arms": True}), "choose a service message"),
        (plan({**SEND, "purpose": "service", "in_both_arms": "yes"}), "cannot be read"),
        (plan(SEND, {**ERASING, "in_both_arms": True}, exits=["life_sign"]), "must write to the customer"),
        (plan({**SEND, "next": "gone"}), "no step called"),
        (plan({**SEND, "next": "hello"}), "lead back"),
        (plan({**SEND, "expires_minutes": 0}), "would expire"),
        (plan({**SEND, "delay": {"days": 1, "at": "25:00"}}), "cannot be read"),
        (plan({"key": "fork", "kind": "split"}), "lacks: otherwise"),
        (plan({"key": "code", "kind": "promo"}), "lacks: pool"),
        (plan({"key": "set", "kind": "property", "property": "pet_name"}), "lacks: value"),
        (plan(daily_limit=0), "at least 1"),
        (plan(SEND, {"key": "fork", "kind": "split", "otherwise": "hello"}), "lead back"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_refused_in_words(broken: dict[str, Any], words: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_definition(broken)
    assert words in str(refused.value.text) % refused.value.values
