"""A month after the last order: what completes it, or a better range; a reminder with the VIP status a fortnight later."""

from typing import Any

from hub.plans.builtin.shape import BuiltinPlan

OTHERWISE_SPOKEN_TO = {"is": "in_plan", "plan": "replenishment", "days": 30, "not": True}


def _remind(key: str, *, of: str) -> dict[str, Any]:
    """In the vein of the letter before: the same kind of products again."""
    return {
        "key": key,
        "anchor": "first_message",
        "delay": {"days": 15},
        "when": [{"is": "first_message_sent"}, OTHERWISE_SPOKEN_TO, {"is": "suggested", "why": of}],
        "template": "cross_sell_reminder",
        "recommend": of,
        "purpose": "promotion",
        "expires_days": 5,
    }


DEFINITION: dict[str, Any] = {
    "format": 2,
    "entry": {"on": "order_placed"},
    "exits": [{"is": "purchased"}, {"is": "cancelled"}, {"is": "returned"}],
    "horizon_days": 75,
    "steps": [
        {
            "key": "way",
            "kind": "split",
            "delay": {"days": 30},
            "when": [
                {"is": "amount", "against": "chain", "side": "above"},
                {"is": "suggested", "why": "complement"},
            ],
            "next": "cross_sell",
            "otherwise": "up_sell",
        },
        {
            "key": "cross_sell",
            "delay": {"days": 30},
            "when": [OTHERWISE_SPOKEN_TO],
            "template": "cross_sell",
            "purpose": "promotion",
            "expires_days": 5,
            "next": "reminder",
        },
        {
            "key": "up_sell",
            "delay": {"days": 30},
            "when": [OTHERWISE_SPOKEN_TO, {"is": "suggested", "why": "better_range"}],
            "template": "up_sell",
            "purpose": "promotion",
            "expires_days": 5,
            "next": "better_reminder",
        },
        _remind("reminder", of="complement"),
        {"key": "reminded", "kind": "end"},
        _remind("better_reminder", of="better_range"),
    ],
}
_FIRST_REMINDER = {
    **_remind("reminder", of="complement"),
    "when": [
        {"is": "first_message_sent"},
        OTHERWISE_SPOKEN_TO,
        {"any": [{"is": "suggested", "why": "complement"}, {"is": "suggested", "why": "better_range"}]},
    ],
}
del _FIRST_REMINDER["recommend"]
_WAY, _CROSS_SELL, _UP_SELL = DEFINITION["steps"][:3]
FIRST = {
    **DEFINITION,
    "steps": [
        _WAY,
        _CROSS_SELL,
        {name: value for name, value in _UP_SELL.items() if name != "next"},
        _FIRST_REMINDER,
    ],
}
"""As it was with one reminder for both ways, which showed what completes the order after a letter about a better range."""
PLAN = BuiltinPlan(
    "cross_sell",
    "Ventes croisées et montée en gamme",
    "Up and cross-sell",
    110,
    10,
    is_on=False,
    definition=DEFINITION,
    former=(FIRST,),
)
