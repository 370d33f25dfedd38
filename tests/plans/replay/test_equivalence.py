"""The important one: days lived with the real engine, then replayed, tell the same."""

from typing import Any

import pytest

from hub.loyalty.words import PoolKind
from hub.plans.replay.words import Table
from tests.makers.loyalty import make_pool
from tests.plans.lives import Deed, Lives
from tests.plans.replay.town import Town, buys, clicks, differences, refuses

OFFERS: dict[str, Any] = {
    "format": 2,
    "entry": {"on": "order_placed", "cooldown_hours": 24},
    "exits": [{"is": "purchased", "days": 20}, "cancelled", "refused"],
    "steps": [
        {"key": "hello", "delay": {"minutes": 30}, "template": "welcome_first_order", "expires_days": 3},
        {
            "key": "more",
            "anchor": "first_message",
            "delay": {"days": 2},
            "template": "second_purchase_standard",
            "expires_days": 5,
        },
        {"key": "fork", "kind": "split", "delay": {"days": 3}, "when": [{"is": "amount", "against": "own", "side": "above"}],
            "otherwise": "again"},
        {"key": "dear", "delay": {"days": 4}, "template": "second_purchase_premium", "next": "last", "expires_days": 20},
        {"key": "again", "delay": {"days": 4}, "template": "second_purchase_standard", "expires_days": 1},
        {
            "key": "last",
            "delay": {"days": 9, "at": "22:30"},
            "template": "welcome_first_order",
            "when": [{"any": [{"is": "weekday", "in": [0, 1, 2, 3]}, {"is": "known_customer"}]}],
        },
    ],
}  # fmt: skip
DAYS: list[tuple[str, Deed]] = [
    ("D0 11:00", buys(0, "A0")),
    ("D0 11:00", buys(1, "A1", euros=80)),
    ("D0 23:50", buys(2, "A2")),
    ("D+1 03:00", buys(3, "A3")),
    ("D+1 09:00", buys(1, "A1", euros=80, state="cancelled", placed_at="D0 11:00")),
    ("D+3 16:00", buys(0, "B0", euros=120)),
    ("D+5 10:00", buys(4, "A4")),
    ("D+5 10:20", refuses(4)),
    ("D+7 20:45", buys(5, "A5", euros=20)),
    ("D+7 21:00", buys(5, "B5", euros=90)),
    ("D+25 21:40", buys(0, "C0")),
    ("D+26 05:00", buys(0, "D0")),
    ("D+12 08:00", buys(2, "B2", euros=10)),
    ("D+13 12:00", buys(3, "B3", euros=10)),
    ("D+13 12:20", buys(3, "B3", euros=10, state="cancelled", placed_at="D+13 12:00")),
]


@pytest.mark.parametrize("control_percent", [0, 40])
def test_orders_caps_and_quiet_hours(lives: Lives, control_percent: int) -> None:
    town = Town.of(lives, 6)
    lives.of("mine", OFFERS, control_percent=control_percent)
    lives.live(*DAYS, until="D+40 00:30")
    lived = town.lived("mine")
    replayed = town.replayed("mine", lives.moment("D0 00:00"), lives.clock.now)
    assert differences(replayed.told, lived) == {}
    if control_percent == 0:
        assert len(lived.sent) > 8
        assert {row[2] for row in lived.unsent} >= {"stopped"}
        assert replayed.tables[Table.MOVED], "caps and quiet hours were met"


FOLLOWED: dict[str, Any] = {
    "format": 2,
    "entry": {"on": "first_order"},
    "exits": ["purchased"],
    "steps": [
        {"key": "hello", "delay": {"days": 1}, "template": "welcome_first_order", "expires_days": 9},
        {"key": "fork", "kind": "split", "anchor": "first_message", "delay": {"days": 1},
            "when": [{"is": "engaged", "step": "hello", "for_days": 2}], "otherwise": "usual"},
        {"key": "dear", "anchor": "first_message", "delay": {"days": 3}, "template": "second_purchase_premium", "next": "bye"},
        {"key": "usual", "anchor": "first_message", "delay": {"days": 3}, "template": "second_purchase_standard"},
        {"key": "bye", "kind": "end", "delay": {"days": 12}},
    ],
}  # fmt: skip


NOTICED: dict[str, Any] = {
    "format": 2,
    "entry": {"on": "first_order"},
    "exits": ["purchased"],
    "daily_limit": 2,
    "steps": [
        {"key": "code", "kind": "promo", "delay": {"days": 1}, "pool": "spring"},
        {"key": "hello", "delay": {"days": 1}, "template": "anti_churn_2"},
        {"key": "notice", "anchor": "first_message", "delay": {"days": 1}, "in_both_arms": True, "template": "reactivation_why",
            "purpose": "service"},
        {"key": "bye", "anchor": "first_message", "delay": {"days": 9}, "template": "anti_churn_3"},
    ],
}  # fmt: skip


@pytest.mark.parametrize("daily_limit", [None, 2])
def test_reactions_as_they_were_and_a_daily_limit(lives: Lives, daily_limit: int | None) -> None:
    town = Town.of(lives, 5)
    lives.of("mine", {**FOLLOWED, "daily_limit": daily_limit})
    ordered = [(f"D0 1{who}:00", buys(who, f"A{who}")) for who in range(5)]
    clicked = ("D+6 09:00", clicks(1, "hello"))
    again = [("D+2 08:00", buys(0, "B0")), ("D+30 08:00", buys(2, "B2"))]
    script = (
        [*ordered, ("D+1 18:00", clicks(1, "hello")), *again]
        if daily_limit is None
        else [*ordered, clicked, *again]
    )
    lives.live(*script, until="D+40 00:30")
    lived = town.lived("mine")
    replayed = town.replayed("mine", lives.moment("D0 00:00"), lives.clock.now)
    assert differences(replayed.told, lived) == {}
    assert len({row[3].date() for row in lived.sent}) > 1
    if daily_limit is None:
        assert sorted({row[2] for row in lived.sent}) == [
            "second_purchase_premium", "second_purchase_standard", "welcome_first_order",
        ]  # fmt: skip


def test_a_daily_limit_with_codes_and_notices(lives: Lives) -> None:
    """Both put off the code with its mail, and leave the notice on its day, in both arms."""
    town = Town.of(lives, 6)
    for number, person in enumerate(town.people):
        person.street = f"{number} rue Basse"  # whose arm never depends on the number of a row
    make_pool(name="spring", kind=PoolKind.SHARED, shared_code="SPRING10", ends_at=lives.moment("D+90"))
    lives.of("mine", NOTICED, control_percent=40)
    lives.live(*((f"D0 1{who}:00", buys(who, f"A{who}")) for who in range(6)), until="D+40 00:30")
    lived = town.lived("mine")
    replayed = town.replayed("mine", lives.moment("D0 00:00"), lives.clock.now)
    assert differences(replayed.told, lived) == {}
    control = {row[0] for row in lived.entered if row[2] == "control"}
    told = {row[0] for row in lived.sent if row[1] == "notice"}
    assert 0 < len(control) < len(told) == 6
    assert replayed.tables[Table.TO_CONTROL] == {"notice": len(control)}
    assert replayed.tables[Table.WAITED]["code|daily_limit"] == 4
    assert {row[3].date() for row in lived.sent if row[1] == "hello"} <= {
        row[5].date() for row in lived.ran if row[2] == "code"
    }
