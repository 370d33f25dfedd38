"""Asks orders, just before the provider is called, whether a message has lost its point."""

from collections.abc import Sequence
from datetime import datetime

from hub.orders import queries as orders
from hub.orders.words import OrderState
from hub.outbox.letter import Letter
from hub.outbox.rules import Answer, Verdict
from hub.outbox.words import BlockReason

PURCHASE_SINCE = "purchase_since"
ORDER_CANCELLED = "order_cancelled"
GONE = frozenset({OrderState.CANCELLED, OrderState.RETURNED})


def find_stopped(letters: Sequence[Letter]) -> dict[int, Verdict]:
    """Verdicts "never" for letters whose `stop_if` has come true: two statements at most, whatever their number."""
    buyers = {
        letter.id: (letter.customer_id, datetime.fromisoformat(letter.stop_if[PURCHASE_SINCE]))
        for letter in letters
        if letter.stop_if.get(PURCHASE_SINCE) and letter.customer_id
    }
    order_ids = {
        letter.id: int(letter.stop_if[ORDER_CANCELLED])
        for letter in letters
        if letter.stop_if.get(ORDER_CANCELLED)
    }
    stopped: dict[int, Verdict] = {}
    if buyers:
        bought = orders.list_customers_with_purchase_since(list(buyers.values()))
        stopped |= {row: _stopped(PURCHASE_SINCE) for row, pair in buyers.items() if pair in bought}
    if order_ids:
        states = orders.get_states(list(order_ids.values()))
        gone = {row for row, order_id in order_ids.items() if states.get(order_id) in GONE}
        stopped |= {row: _stopped(ORDER_CANCELLED) for row in gone}
    return stopped


def _stopped(detail: str) -> Verdict:
    return Verdict(Answer.NEVER, BlockReason.STOPPED, detail)
