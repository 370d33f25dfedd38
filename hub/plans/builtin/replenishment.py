"""A month after delivery, for products with a cycle: what follows; what is bought again as it is, when it is used up."""

from hub.plans.builtin.shape import BuiltinPlan

FOLLOWS = {"is": "suggested", "why": "next_of_cycle"}
DEFINITION = {
    "format": 2,
    "entry": {"on": "order_delivered", "due_by": "cycle"},
    "exits": [{"is": "purchased"}, {"is": "cancelled"}, {"is": "returned"}],
    "horizon_days": 60,
    "steps": [
        {
            "key": "suggest",
            "delay": {"days": 30},
            "when": [FOLLOWS],
            "template": "replenishment",
            "purpose": "promotion",
            "expires_days": 5,
        },
        {
            "key": "again",
            "anchor": "date",
            "delay": {"days": 0, "at": "10:00"},
            "when": [{"is": "first_message_sent", "not": True}, FOLLOWS],
            "template": "replenishment",
            "purpose": "promotion",
            "expires_days": 5,
        },
    ],
}
PLAN = BuiltinPlan(
    "replenishment",
    "Réassort et complément",
    "Replenishment",
    100,
    10,
    is_on=False,
    definition=DEFINITION,
)
