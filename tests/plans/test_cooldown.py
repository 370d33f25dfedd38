"""The cool-down of a plan: who heard of it rests; a passage that ended before it said anything keeps nobody out."""

import pytest

from tests.plans.lives import Lives, Script, baskets, orders

PLAN = {
    "format": 2,
    "entry": {"on": "basket_left", "minutes": 30, "cooldown_hours": 24},
    "exits": [{"is": "basket_paid"}, {"is": "basket_changed"}],
    "steps": [
        {"key": "note", "kind": "property", "property": "left_basket", "value": True},
        {
            "key": "one",
            "delay": {"minutes": 60},
            "template": "welcome_prospect",
            "purpose": "promotion",
            "expires_days": 1,
        },
        {
            "key": "two",
            "delay": {"minutes": 90},
            "template": "welcome_prospect",
            "purpose": "promotion",
            "expires_days": 1,
        },
    ],
}
LIVES: dict[str, tuple[Script, list[str], list[str]]] = {
    "touched again before the first message": (
        [("D0 10:00", baskets()), ("D0 10:45", baskets(euros=60))],
        ["2026-03-03 11:45", "2026-03-03 12:15"],
        ["basket_changed", "completed"],
    ),
    "touched again after the first message": (
        [("D0 10:00", baskets()), ("D0 11:10", baskets(euros=60))],
        ["2026-03-03 11:00"],
        ["basket_changed"],
    ),
    "another basket while the first one waits": (
        [("D0 10:00", baskets()), ("D0 10:10", baskets("B2"))],
        ["2026-03-03 11:00", "2026-03-03 11:30"],
        ["completed"],
    ),
    "ordered before the first message, and another basket": (
        [("D0 10:00", baskets()), ("D0 10:40", orders("A1")), ("D0 15:00", baskets("B2"))],
        ["2026-03-03 16:00", "2026-03-03 16:30"],
        ["basket_paid", "completed"],
    ),
}


@pytest.mark.parametrize("control_percent", [0, 100])
@pytest.mark.parametrize("name", LIVES)
def test_who_heard_nothing_does_not_rest(lives: Lives, name: str, control_percent: int) -> None:
    script, messages, exits = LIVES[name]
    lives.of("mine", PLAN, control_percent=control_percent)
    lived = lives.live(*script, until="D+2")
    assert [each[:16] for each in lived.messages if "note" not in each] == messages
    assert lived.exits == exits
