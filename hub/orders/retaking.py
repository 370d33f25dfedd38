"""Takes in a refused order event again, after what it was refused for is mended: the store exists now, say."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db
from hub.core.errors import Conflict, NotFound
from hub.core.text import N_
from hub.orders.actions import take_event
from hub.orders.events import read_event
from hub.orders.models import OrderEvent
from hub.orders.rows import Taken
from hub.orders.words import EventOutcome


def take_in_again(event_id: int, *, by: Actor, now: datetime) -> Taken:
    """Read the event once more as it came. What it was refused for is in `errors` when it is refused again.

    Its moment is that at which it came: a newer event of the same order stays the winner. Raises NotFound, Conflict.
    """
    row = db.session.scalar(select(OrderEvent).where(OrderEvent.id == event_id).with_for_update())
    if row is None:
        raise NotFound(N_("This order event does not exist."))
    if row.outcome is not EventOutcome.REFUSED:
        raise Conflict(N_("This order has been taken in meanwhile."))
    event = replace(read_event(row.payload, source=row.source, now=now), key=row.event_key)
    taken = take_event(event, now=now)
    note_change(
        "order_event.taken_again",
        subject_kind="order_event",
        subject_id=event_id,
        by=by,
        now=now,
        outcome=taken.outcome,
        order_id=taken.order_id,
    )
    db.session.flush()
    return taken
