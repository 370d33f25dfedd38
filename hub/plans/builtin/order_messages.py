"""Confirms an order and says what becomes of it: no offer in it, no cap, no control arm."""

from typing import Any

from hub.plans.builtin.shape import BuiltinPlan

STATES = ("order_placed", "order_paid", "order_shipped", "order_ready", "order_delivered")


def _step(state: str) -> dict[str, Any]:
    """The letter and the trigger have one name."""
    return {
        "key": state.removeprefix("order_"),
        "template": state,
        "purpose": "transactional",
        "when": [{"is": "entered_by", "trigger": state}],
        "expires_days": 2,
    }


DEFINITION: dict[str, Any] = {
    "format": 2,
    "entry": {"on": list(STATES)},
    "exits": [{"is": "cancelled"}],
    "steps": [_step(state) for state in STATES],
}
PLAN = BuiltinPlan(
    "order_messages",
    "Messages de commande",
    "Order messages",
    10,
    0,
    is_on=False,
    definition=DEFINITION,
)
