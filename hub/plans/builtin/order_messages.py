"""Confirms an order and says what becomes of it: no offer in it, no cap, no control arm."""

from typing import Any

from hub.plans.builtin.shape import BuiltinPlan

BEHIND = {
    "order_placed": "shipped",
    "order_paid": "shipped",
    "order_shipped": "delivered",
    "order_ready": "delivered",
}
"""From where on a letter tells nothing new: a purchase that the till tells as taken home is not confirmed on top."""
STATES = ("order_placed", "order_paid", "order_shipped", "order_ready", "order_delivered")


def _step(state: str, least: str | None) -> dict[str, Any]:
    """The letter and the trigger have one name. `least`: an order that is as far as that gets it no more."""
    behind = [{"is": "order_reached", "least": least, "not": True}] if least else []
    return {
        "key": state.removeprefix("order_"),
        "template": state,
        "purpose": "transactional",
        "when": [{"is": "entered_by", "trigger": state}, *behind],
        "expires_days": 2,
    }


DEFINITION: dict[str, Any] = {
    "format": 2,
    "entry": {"on": list(STATES)},
    "exits": [{"is": "cancelled"}],
    "steps": [_step(state, BEHIND.get(state)) for state in STATES],
}
FIRST = {**DEFINITION, "steps": [_step(state, None) for state in STATES]}
"""As it was when each state had its letter, also one that was told too late."""
PLAN = BuiltinPlan(
    "order_messages",
    "Messages de commande",
    "Order messages",
    10,
    0,
    is_on=False,
    definition=DEFINITION,
    former=(FIRST,),
)
