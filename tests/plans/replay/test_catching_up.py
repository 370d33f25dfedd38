"""A plan that looks back as it begins: its replay begins with the same crowd as its launch."""

from typing import Any

from hub.plans.replay.words import Table
from tests.plans.lives import Lives
from tests.plans.replay.town import Town, buys, differences

PLAN: dict[str, Any] = {
    "format": 2,
    "entry": {"on": "inactive", "months": 6, "catch_up_days": 60},
    "exits": ["purchased"],
    "steps": [
        {"key": "hello", "template": "welcome_first_order", "expires_days": 3},
        {"key": "again", "delay": {"days": 5}, "template": "second_purchase_standard", "expires_days": 3},
    ],
}


def test_a_replay_begins_with_those_the_launch_caught_up_with(lives: Lives) -> None:
    """Silent for 19 days as it begins; the same, but back since; for 219 days; from D+9 on; not at all."""
    town = Town.of(lives, 5)
    lives.live(
        ("D-400 10:00", buys(2, "C0")),
        ("D-200 10:00", buys(0, "A0")),
        ("D-200 11:00", buys(1, "B0")),
        ("D-172 10:00", buys(3, "D0")),
        ("D-30 10:00", buys(4, "E0")),
        ("D-3 10:00", buys(1, "B1")),
        until="D-1",
    )
    lives.of("mine", PLAN)
    lives.live(("D+3 10:00", buys(0, "A1")), until="D+20 00:30")
    lived = town.lived("mine")
    replayed = town.replayed("mine", lives.moment("D0 10:00"), lives.clock.now)
    assert {row[0] for row in lived.entered} == {town.people[0].id, town.people[3].id}
    assert differences(replayed.told, lived) == {}
    assert replayed.tables[Table.CAUGHT_UP] == {"treated": 1}
    assert replayed.tables[Table.ENTERED]["2026-03-03|treated"] == 1
