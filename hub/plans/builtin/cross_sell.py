"""A month after the last order: what completes it, or a better range; a reminder with the VIP status a fortnight later."""

from hub.plans.builtin.shape import BuiltinPlan

OTHERWISE_SPOKEN_TO = {"is": "in_plan", "plan": "replenishment", "days": 30, "not": True}
DEFINITION = {
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
        },
        {
            "key": "reminder",
            "anchor": "first_message",
            "delay": {"days": 15},
            "when": [
                {"is": "first_message_sent"},
                OTHERWISE_SPOKEN_TO,
                {
                    "any": [
                        {"is": "suggested", "why": "complement"},
                        {"is": "suggested", "why": "better_range"},
                    ]
                },
            ],
            "template": "cross_sell_reminder",
            "purpose": "promotion",
            "expires_days": 5,
        },
    ],
}
PLAN = BuiltinPlan(
    "cross_sell",
    "Ventes croisées et montée en gamme",
    "Up and cross-sell",
    110,
    10,
    is_on=False,
    definition=DEFINITION,
)
