"""Two years without a sign of life: an offer and an audience, a question, the notice with the day, the erasure; the last two for all."""

from typing import Any

from hub.plans.builtin.shape import BuiltinPlan

DEFINITION: dict[str, Any] = {
    "format": 2,
    "entry": {"on": "no_sign_of_life", "months": 24, "catch_up_days": 365},
    "exits": [{"is": "life_sign"}],
    "daily_limit": 1000,
    "horizon_days": 90,
    "steps": [
        {"key": "code", "kind": "promo", "pool": "reactivation"},
        {"key": "offer", "template": "reactivation_offer", "purpose": "promotion", "expires_days": 7},
        {
            "key": "audience",
            "kind": "audience",
            "anchor": "first_message",
            "name": "Réactivation",
            "days": 60,
            "expires_days": 15,
        },
        {
            "key": "why",
            "anchor": "first_message",
            "delay": {"days": 15},
            "template": "reactivation_why",
            "purpose": "service",
            "expires_days": 7,
        },
        {
            "key": "notice",
            "anchor": "first_message",
            "delay": {"days": 30},
            "in_both_arms": True,
            "template": "reactivation_notice",
            "purpose": "service",
            "expires_days": 7,
        },
        {
            "key": "erasure",
            "kind": "erasure_due",
            "in_both_arms": True,
            "anchor": "first_message",
            "delay": {"days": 60},
            "days": 0,
            "expires_days": 30,
        },
    ],
}


def _for_one_arm(step: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in step.items() if name != "in_both_arms"}


_FIRST_AUDIENCE = {"key": "audience", "kind": "audience", "name": "Réactivation", "days": 60}
FIRST = {
    **DEFINITION,
    "steps": [
        _FIRST_AUDIENCE if step["key"] == "audience" else _for_one_arm(step) for step in DEFINITION["steps"]
    ],
}
"""As it was when the control arm was neither told nor erased, and the audience did not wait for the offer's day."""
PLAN = BuiltinPlan(
    "reactivation",
    "Réactivation avant suppression",
    "Reactivation before deletion",
    80,
    10,
    is_on=False,
    definition=DEFINITION,
    former=(FIRST,),
    english={"audience": {"name": "Reactivation"}},
)
