"""Fifteen days after delivery a form for each product of the order, and one reminder; it ends when all are reviewed."""

from hub.plans.builtin.shape import BuiltinPlan

DEFINITION = {
    "format": 2,
    "entry": {"on": "order_delivered"},
    "exits": [{"is": "cancelled"}, {"is": "returned"}, {"is": "ticket_open"}, {"is": "reviewed"}],
    "steps": [
        {
            "key": "ask",
            "delay": {"days": 15},
            "template": "review_request",
            "purpose": "service",
            "expires_days": 7,
        },
        {
            "key": "remind",
            "anchor": "first_message",
            "delay": {"days": 10},
            "when": [{"is": "first_message_sent"}],
            "template": "review_reminder",
            "purpose": "service",
            "expires_days": 3,
        },
    ],
}
PLAN = BuiltinPlan(
    "review_request",
    "Demande d’avis",
    "Review request",
    90,
    10,
    is_on=False,
    definition=DEFINITION,
)
