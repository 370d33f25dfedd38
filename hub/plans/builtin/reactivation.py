"""Two years without a sign of life: an offer and an audience, a question, the notice with the day, the day of erasure itself."""

from hub.plans.builtin.shape import BuiltinPlan

DEFINITION = {
    "format": 2,
    "entry": {"on": "no_sign_of_life", "months": 24, "catch_up_days": 365},
    "exits": [{"is": "life_sign"}],
    "daily_limit": 1000,
    "horizon_days": 90,
    "steps": [
        {"key": "code", "kind": "promo", "pool": "reactivation"},
        {"key": "offer", "template": "reactivation_offer", "purpose": "promotion", "expires_days": 7},
        {"key": "audience", "kind": "audience", "name": "Réactivation", "days": 60},
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
            "template": "reactivation_notice",
            "purpose": "service",
            "expires_days": 7,
        },
        {
            "key": "erasure",
            "kind": "erasure_due",
            "anchor": "first_message",
            "delay": {"days": 60},
            "days": 0,
            "expires_days": 30,
        },
    ],
}
PLAN = BuiltinPlan(
    "reactivation",
    "Réactivation avant suppression",
    "Reactivation before deletion",
    80,
    10,
    is_on=False,
    definition=DEFINITION,
    english={"audience": {"name": "Reactivation"}},
)
