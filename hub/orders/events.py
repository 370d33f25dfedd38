"""Order events as they were received: kept whatever they are, the same one taken once."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import Any

from sqlalchemy import func, select

from hub.core.db import db
from hub.core.text import N_
from hub.orders.models import OrderEvent
from hub.orders.payload import OrderPayload, read_payload
from hub.orders.rows import FieldError
from hub.orders.words import EventOutcome, OrderState
from hub.stores.queries import StoreRow, find_store_by_code

LOCK_CLASS = 4_711
MAX_KEY_LENGTH = 200
MAX_DEPTH = 60
TOO_DEEP = "(nested too deeply to be kept)"


@dataclass(frozen=True)
class Event:
    """One event as received: `order` and `store` are None when `errors` says why."""

    key: str
    source: str
    external_id: str | None
    body: Mapping[str, Any]
    order: OrderPayload | None
    store: StoreRow | None
    errors: tuple[FieldError, ...]


def read_event(payload: object, *, source: str, now: datetime) -> Event:
    """Read what came, whatever it is. The key is the hash of source and body."""
    body = storable(payload)
    if not isinstance(body, dict):
        body = {"body": body}
        text = N_("Please give a JSON object.")
        return Event(key_of(source, body), source, None, body, None, None, (FieldError("", text, {}),))
    store = _find_store(body.get("store"))
    read = read_payload(body, country=store.country if store else "FR", now=now)
    errors = [] if isinstance(read, OrderPayload) else read
    if store is None and not any(error.field == "store" for error in errors):
        text = N_("No store has the code “%(given)s”. Please create the store or correct the code.")
        errors = [*errors, FieldError("store", text, {"given": str(body.get("store"))[:MAX_KEY_LENGTH]})]
    return Event(
        key=key_of(source, body),
        source=source,
        external_id=_external_id_of(body),
        body=body,
        order=read if isinstance(read, OrderPayload) and not errors else None,
        store=store,
        errors=tuple(errors),
    )


def _find_store(code: object) -> StoreRow | None:
    return find_store_by_code(str(code).strip()) if isinstance(code, str | int) else None


def _external_id_of(body: Mapping[str, Any]) -> str | None:
    given = body.get("external_id")
    return str(given).strip()[:MAX_KEY_LENGTH] if isinstance(given, str | int) and given != "" else None


def key_of(source: str, body: object) -> str:
    text = json.dumps([source, body], sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def storable(value: object, depth: int = 0) -> Any:
    """JSON as PostgreSQL can keep it: no NUL, no half characters, no infinite numbers, no endless nest."""
    if isinstance(value, dict | list):
        if depth >= MAX_DEPTH:
            return TOO_DEEP
        if isinstance(value, list):
            return [storable(inner, depth + 1) for inner in value]
        return {_whole(str(key)): storable(inner, depth + 1) for key, inner in value.items()}
    is_plain = (
        value is None or isinstance(value, bool | int) or (isinstance(value, float) and isfinite(value))
    )
    return value if is_plain else _whole(str(value))


def _whole(text: str) -> str:
    return text.replace("\x00", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def lock_events(event: Event) -> None:
    """Events of one order wait for each other until the transaction ends."""
    name = event.external_id or event.key
    db.session.execute(select(func.pg_advisory_xact_lock(LOCK_CLASS, func.hashtext(name))))


def find_same(event: Event) -> OrderEvent | None:
    return db.session.scalar(select(OrderEvent).where(OrderEvent.event_key == event.key))


def keep(
    event: Event, same: OrderEvent | None, *, outcome: EventOutcome, order_id: int | None, now: datetime
) -> None:
    """Store the event as it came, or say what became of one that was refused before."""
    row = same or OrderEvent(
        event_key=event.key,
        source=event.source,
        external_id=event.external_id,
        payload=dict(event.body),
        received_at=now,
    )
    row.outcome = outcome
    row.state = event.order.state if event.order else None
    row.reason = write_reason(event.errors)
    row.order_id = order_id
    db.session.add(row)
    db.session.flush()


def find_earlier_states(external_id: str) -> set[OrderState]:
    """The states the order has been in, by the events that were taken."""
    found = select(OrderEvent.state).where(
        OrderEvent.external_id == external_id, OrderEvent.outcome == EventOutcome.TAKEN
    )
    return {OrderState(state) for state in db.session.scalars(found) if state}


def write_reason(errors: tuple[FieldError, ...]) -> str | None:
    """Errors as JSON, so that they can be shown in the reader's language later."""
    plain = [{"field": error.field, "text": error.text, "values": dict(error.values)} for error in errors]
    return json.dumps(plain, ensure_ascii=False, default=str) if plain else None


def read_reason(reason: str | None) -> tuple[FieldError, ...]:
    plain = json.loads(reason) if reason else []
    return tuple(FieldError(error["field"], error["text"], error["values"]) for error in plain)
