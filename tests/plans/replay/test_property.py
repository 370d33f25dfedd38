"""Small plans and small lives, drawn: lived by the real engine and replayed they tell the same, also under a daily limit."""

import os
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from tests.conftest import TUESDAY
from tests.plans.lives import Deed, Lives
from tests.plans.replay.town import Town, buys, differences, refuses

PEOPLE, DAYS = 4, 16
FEW = 3
EXAMPLES = 300 if os.environ.get("LARGE") else FEW
ASKED: list[dict[str, Any]] = [
    {"is": "weekday", "in": [0, 2, 4]},
    {"is": "known_customer"},
    {"is": "known_customer", "not": True},
    {"is": "amount", "against": "own", "side": "above"},
    {"is": "purchased"},
    {"is": "first_message_sent"},
    {"any": [{"is": "weekday", "in": [1, 5, 6]}, {"is": "phone_known", "not": True}]},
]
WHEN = st.lists(st.sampled_from(ASKED), max_size=1)
DELAYS: list[dict[str, Any]] = [
    {}, {"minutes": 30}, {"days": 1}, {"days": 2, "at": "22:30"}, {"days": 3, "at": "06:00"}, {"days": 5},
]  # fmt: skip
EXITS: list[Any] = [{"is": "purchased", "days": 4}, "purchased", "cancelled", "refused"]


@st.composite
def sends(draw: st.DrawFn, key: str, *, is_first: bool = False) -> dict[str, Any]:
    return {
        "key": key,
        "template": draw(st.sampled_from(["welcome_first_order", "second_purchase_standard"])),
        "anchor": "entry" if is_first else draw(st.sampled_from(["entry", "first_message"])),
        "delay": draw(st.sampled_from(DELAYS)),
        "expires_days": draw(st.sampled_from([1, 5])),
        "when": draw(WHEN),
    }


@st.composite
def plans(draw: st.DrawFn) -> dict[str, Any]:
    """A message; perhaps a fork, each way with one of its own; a last one; perhaps an end long after."""
    steps = [draw(sends("hello", is_first=True))]
    if draw(st.booleans()):
        steps += [
            {"key": "fork", "kind": "split", "delay": draw(st.sampled_from(DELAYS)),
                "when": [draw(st.sampled_from(ASKED))], "otherwise": "other"},
            {**draw(sends("one")), "next": "last"},
            draw(sends("other")),
        ]  # fmt: skip
    steps.append(draw(sends("last")))
    if draw(st.booleans()):
        steps.append({"key": "bye", "kind": "end", "delay": {"days": 8}})
    exits = draw(st.lists(st.sampled_from(EXITS), max_size=3, unique_by=str))
    return {
        "format": 2,
        "entry": {"on": draw(st.sampled_from(["order_placed", "first_order"])), "cooldown_hours": draw(st.sampled_from([0, 24]))},
        "exits": [each for each in exits if each != "purchased" or EXITS[0] not in exits],
        "spread_days": draw(st.sampled_from([0, 0, 2])),
        "daily_limit": draw(st.sampled_from([None, 1, 2])),
        "steps": steps,
    }  # fmt: skip


@st.composite
def deeds(draw: st.DrawFn) -> list[tuple[str, Deed]]:
    """Orders of some people at some hours, a few of them cancelled; somebody refuses offers.

    Nothing at the minute at which a step falls due: which of two customers' happenings of one instant came first nobody can say.
    """
    minutes = st.integers(0, DAYS * 24 * 60).filter(lambda minute: minute % 30)
    moments = draw(
        st.lists(minutes, min_size=2, max_size=7, unique_by=lambda minute: minute % 30).map(sorted)
    )
    script: list[tuple[str, Deed]] = []
    for number, minute in enumerate(moments):
        who, at = draw(st.integers(0, PEOPLE - 1)), (TUESDAY + timedelta(minutes=minute)).isoformat()
        if draw(st.integers(0, 5)) == 0:
            script.append((at, refuses(who)))
            continue
        euros, name = draw(st.sampled_from([20, 50, 90])), f"N{number}"
        script.append((at, buys(who, name, euros=euros)))
        if draw(st.integers(0, 3)) == 0:
            later = (TUESDAY + timedelta(minutes=minute + draw(st.integers(1, 5_000)))).isoformat()
            script.append((later, buys(who, name, euros=euros, state="cancelled", placed_at=at)))
    return script


HELLO = {"key": "hello", "template": "second_purchase_standard", "expires_days": 1}
OWN = {"is": "amount", "against": "own", "side": "above"}
CANCELLED_LATER: tuple[dict[str, Any], list[tuple[str, Deed]]] = (
    {"format": 2, "entry": {"on": "order_placed"}, "steps": [{**HELLO, "when": [OWN]}]},
    [
        ("D0 12:00", buys(0, "N0", euros=20)),
        ("D+1 12:00", buys(0, "N1", euros=50)),
        ("D+5 12:00", buys(0, "N1", euros=50, state="cancelled", placed_at="D+1 12:00")),
    ],
)
"""What an order was worth as it was asked."""
BLOCKED_AT_ONCE: tuple[dict[str, Any], list[tuple[str, Deed]]] = (
    {"format": 2, "entry": {"on": "order_placed"},
        "steps": [HELLO, {**HELLO, "key": "next", "anchor": "first_message", "delay": {"minutes": 30}}]},
    [("D0 11:00", refuses(0)), ("D0 12:00", buys(0, "N0"))],
)  # fmt: skip
"""The next step does not wait for a message that was refused as it was posted."""
EARLIER_BY_NAME: tuple[dict[str, Any], list[tuple[str, Deed]]] = (
    {"format": 2, "entry": {"on": "order_placed"}, "steps": [
        HELLO, {**HELLO, "key": "one", "delay": {"days": 1}, "expires_days": 5},
        {**HELLO, "key": "last", "anchor": "first_message", "delay": {"minutes": 30}}]},
    [("D0 12:00", buys(0, "N0")), ("D0 13:00", buys(0, "N1")), ("D0 14:00", buys(0, "N2"))],
)  # fmt: skip
"""The first message is the one posted first, whatever the database makes of the order of the names."""


@example(*CANCELLED_LATER, 0)
@example(*BLOCKED_AT_ONCE, 0)
@example(*EARLIER_BY_NAME, 0)
@settings(
    max_examples=EXAMPLES,
    derandomize=EXAMPLES == FEW,  # the test command tells the same each time
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(plans(), deeds(), st.sampled_from([0, 40]))
def test_small_lives_lived_and_replayed(
    lives: Lives,
    ground: Connection,
    definition: dict[str, Any],
    script: list[tuple[str, Deed]],
    control_percent: int,
) -> None:
    lives.session.commit()
    before, lives.clock.now = ground.begin_nested(), TUESDAY
    try:
        town = Town.of(lives, PEOPLE)
        lives.of("mine", definition, control_percent=control_percent)
        lives.live(*script, until="D+30 00:30")
        replayed = town.replayed("mine", lives.moment("D0 00:00"), lives.clock.now)
        assert differences(replayed.told, town.lived("mine")) == {}
    finally:
        lives.session.rollback()
        before.rollback()
        lives.session.expire_all()
