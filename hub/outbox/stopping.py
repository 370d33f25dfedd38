"""Asks orders, baskets and customers, just before the provider is called, whether a message has lost its point."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from hub.customers.known import get_last_activity
from hub.orders import queries as orders
from hub.orders.behaviour.queries import BasketRow, get_baskets, get_last_visits
from hub.orders.behaviour.words import BasketState
from hub.orders.known import Span, list_first_purchases
from hub.orders.words import OrderState
from hub.outbox.letter import Letter
from hub.outbox.rules import Answer, Verdict
from hub.outbox.tracking.queries import get_last_clicks
from hub.outbox.words import BlockReason

PURCHASE_SINCE = "purchase_since"
ORDER_CANCELLED = "order_cancelled"
BASKET = "basket"
LIFE_SINCE = "life_since"
GONE = frozenset({OrderState.CANCELLED, OrderState.RETURNED})
DOOMSDAY = datetime(9999, 1, 1, tzinfo=UTC)


def find_stopped(letters: Sequence[Letter]) -> dict[int, Verdict]:
    """Verdicts "never" for letters whose `stop_if` has come true: a statement or two a word, whatever their number."""
    stopped: dict[int, Verdict] = {}
    for word, find in _FINDERS.items():
        asked = [letter for letter in letters if letter.stop_if.get(word)]
        if asked:
            stopped |= {letter.id: _stopped(detail) for letter, detail in find(asked)}
    return stopped


_Found = list[tuple[Letter, str]]


def _find_bought(letters: Sequence[Letter]) -> _Found:
    """An order since then, and until then where that is told; not the one that let the customer in."""
    asked = [letter for letter in letters if letter.customer_id]
    spans = [_span(letter.customer_id or 0, letter.stop_if) for letter in asked]
    found = list_first_purchases(spans)
    return [(letter, PURCHASE_SINCE) for letter, at in zip(asked, found, strict=True) if at is not None]


def _span(customer_id: int, told: Mapping[str, Any]) -> Span:
    until = told.get("purchase_until")
    return Span(
        customer_id,
        datetime.fromisoformat(told[PURCHASE_SINCE]),
        datetime.fromisoformat(until) if until else DOOMSDAY,
        told.get("but_order"),
    )


def _find_cancelled(letters: Sequence[Letter]) -> _Found:
    states = orders.get_states([int(letter.stop_if[ORDER_CANCELLED]) for letter in letters])
    return [
        (letter, ORDER_CANCELLED)
        for letter in letters
        if states.get(int(letter.stop_if[ORDER_CANCELLED])) in GONE
    ]


def _find_basket_gone(letters: Sequence[Letter]) -> _Found:
    """The basket was paid, emptied or touched since, whichever the message fears."""
    baskets = get_baskets({int(letter.stop_if[BASKET]["id"]) for letter in letters})
    found: _Found = []
    for letter in letters:
        told = letter.stop_if[BASKET]
        basket = baskets.get(int(told["id"]))
        if basket is not None and (state := _state_of(basket, told)) in told["states"]:
            found.append((letter, f"{BASKET}_{state}"))
    return found


def _state_of(basket: BasketRow, told: Mapping[str, Any]) -> str:
    if basket.state is BasketState.OPEN:
        return "changed" if basket.touched_at >= datetime.fromisoformat(told["since"]) else ""
    return "paid" if basket.state is BasketState.ORDERED else "emptied"


def _find_alive(letters: Sequence[Letter]) -> _Found:
    """Something written down, a click or a visit since then."""
    ids = {letter.customer_id for letter in letters if letter.customer_id}
    signs = (get_last_activity(ids), get_last_clicks(ids), get_last_visits(ids))
    return [
        (letter, LIFE_SINCE)
        for letter in letters
        if any(
            at >= datetime.fromisoformat(letter.stop_if[LIFE_SINCE])
            for found in signs
            if (at := found.get(letter.customer_id or 0))
        )
    ]


def _stopped(detail: str) -> Verdict:
    return Verdict(Answer.NEVER, BlockReason.STOPPED, detail)


_FINDERS: Mapping[str, Callable[[Sequence[Letter]], _Found]] = {
    PURCHASE_SINCE: _find_bought,
    ORDER_CANCELLED: _find_cancelled,
    BASKET: _find_basket_gone,
    LIFE_SINCE: _find_alive,
}
