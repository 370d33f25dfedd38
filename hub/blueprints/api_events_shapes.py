"""The JSON shapes of the chain's own events: what is taken and what is answered."""

from typing import Any

from pydantic import BaseModel

from hub.blueprints.openapi_parts import send
from hub.blueprints.openapi_schemas import MOMENT, NUMBER, TEXT, enum, whole
from hub.orders.own_events.payload import EventPayload
from hub.orders.own_events.rows import OwnEventRow
from hub.orders.words import EventOutcome

BODIES: tuple[type[BaseModel], ...] = (EventPayload,)
EVENT = whole(
    {"id": NUMBER, "name": TEXT, "customer_id": NUMBER, "values": {"type": "object"}, "happened_at": MOMENT}
)


def paths() -> dict[str, Any]:
    """The operation of this door."""
    answer = whole({"outcome": enum(EventOutcome), "event": EVENT})
    told = send(
        "An event of your own name, once; kept also when it is refused", "EventPayload", answer, status="200"
    )
    return {"/events": {"post": told}}


def event_shape(row: OwnEventRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "customer_id": row.customer_id,
        "values": dict(row.values),
        "happened_at": row.happened_at.isoformat(),
    }
