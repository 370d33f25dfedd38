"""When what ends a passage early happened in the past: the live engine is told of it by facts, a replay looks it up."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from hub.orders.behaviour.words import BasketState
from hub.orders.known import Span, list_first_placed
from hub.orders.queries import OrderRow
from hub.orders.words import OrderState
from hub.plans.definitions import Definition
from hub.plans.looking.asked import Subject
from hub.plans.replay.moments import list_first_refusals, list_first_signs, list_first_touches
from hub.plans.replay.passages import Walk
from hub.plans.words import ExitReason

STATES = {OrderState.CANCELLED: ExitReason.CANCELLED, OrderState.RETURNED: ExitReason.RETURNED}
TOUCHES = {
    BasketState.OPEN: ExitReason.BASKET_CHANGED,
    BasketState.EMPTIED: ExitReason.BASKET_EMPTIED,
    BasketState.ORDERED: ExitReason.BASKET_PAID,
}
Pairs = Sequence[tuple[Walk, Subject]]


def note_ends(
    pairs: Pairs, definition: Definition, orders: Mapping[int, OrderRow], *, until: datetime
) -> None:
    """Write into each passage the first moment of each of its exits until then, a look-up an exit.

    A cancelled or returned order is noted whatever the exits: it stops messages that have not left.
    """
    _note_orders(pairs, orders)
    if definition.find_exit(ExitReason.PURCHASED) or definition.find_exit(ExitReason.BASKET_PAID):
        _note_purchases(pairs, definition, until)
    if definition.find_exit(ExitReason.LIFE_SIGN):
        spans = [_span(seen, None, until) for _, seen in pairs]
        for (walk, _), at in zip(pairs, list_first_signs(spans), strict=True):
            _note(walk, ExitReason.LIFE_SIGN, at)
    if definition.find_exit(ExitReason.REFUSED):
        spans = [_span(seen, None, until) for _, seen in pairs]
        for (walk, _), at in zip(pairs, list_first_refusals(spans, definition.purposes), strict=True):
            _note(walk, ExitReason.REFUSED, at)
    if any(definition.find_exit(reason) for reason in TOUCHES.values()):
        _note_touches(pairs, definition, until)


def _note_orders(pairs: Pairs, orders: Mapping[int, OrderRow]) -> None:
    for walk, _ in pairs:
        order = orders.get(walk.order_id)
        if order is not None and order.state in STATES:
            _note(walk, STATES[order.state], order.state_at)


def _note_purchases(pairs: Pairs, definition: Definition, until: datetime) -> None:
    for reason in (ExitReason.BASKET_PAID, ExitReason.PURCHASED):
        found = definition.find_exit(reason)
        if found is None:
            continue
        mine = [pair for pair in pairs if reason is ExitReason.PURCHASED or pair[1].basket_id]
        spans = [_span(seen, found.params.get("days"), until) for _, seen in mine]
        for (walk, _), at in zip(mine, list_first_placed(spans), strict=True):
            _note(walk, reason, at)


def _note_touches(pairs: Pairs, definition: Definition, until: datetime) -> None:
    mine = [pair for pair in pairs if pair[1].basket_id]
    touches = list_first_touches([(seen.basket_id, seen.since, until) for _, seen in mine])
    for (walk, _), moments in zip(mine, touches, strict=True):
        for state, reason in TOUCHES.items():
            if definition.find_exit(reason):
                _note(walk, reason, moments.get(state))


def _span(seen: Subject, days: int | None, until: datetime) -> Span:
    end = min(until, seen.anchor_at + timedelta(days=days)) if days else until
    return seen.span(seen.since, end)


def _note(walk: Walk, reason: ExitReason, at: datetime | None) -> None:
    if at is not None:
        walk.ends[reason] = min(at, walk.ends.get(reason, at))
