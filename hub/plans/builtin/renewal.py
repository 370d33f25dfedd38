"""The long variant of up and cross-sell: when the life of a product is over and nothing of its kind was bought since."""

from hub.plans.builtin.shape import BuiltinPlan

DEFINITION = {
    "format": 2,
    "entry": {"on": "order_placed", "due_by": "life"},
    "exits": [{"is": "cancelled"}, {"is": "returned"}],
    "horizon_days": 90,
    "steps": [
        {
            "key": "renewal",
            "anchor": "date",
            "delay": {"days": 0, "at": "10:00"},
            "when": [{"is": "suggested", "why": "renewal"}],
            "template": "replenishment",
            "recommend": "renewal",
            "purpose": "promotion",
            "expires_days": 14,
        },
    ],
}
PLAN = BuiltinPlan(
    "renewal",
    "Renouvellement en fin de vie",
    "Renewal at the end of life",
    120,
    10,
    is_on=False,
    definition=DEFINITION,
)
