"""Keeps what a basket was at each touch, also of events that came too late to change it."""

from sqlalchemy.dialects.postgresql import insert

from hub.core.db import db
from hub.orders.behaviour import rules
from hub.orders.behaviour.models import BasketTouch
from hub.orders.behaviour.payload import BasketPayload
from hub.orders.behaviour.words import BasketState


def note_touch(basket_id: int, given: BasketPayload, event_key: str) -> None:
    """One row an event, however often it is told."""
    touch = insert(BasketTouch).values(
        basket_id=basket_id,
        touched_at=given.updated_at,
        event_key=event_key,
        state=given.state,
        device=given.device,
        total_cents=total_of_basket(given),
        line_count=0 if given.state is BasketState.EMPTIED else len(given.lines),
    )
    db.session.execute(touch.on_conflict_do_nothing())


def total_of_basket(given: BasketPayload) -> int:
    """What the shop says it comes to, else what its lines do."""
    if given.total_cents is not None:
        return given.total_cents
    return rules.total_of((line.quantity, line.unit_price_cents) for line in given.lines)
