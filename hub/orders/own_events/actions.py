"""Takes in events of the chain's own names, once; what is refused is kept and may be taken in again."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db
from hub.core.errors import Conflict, NotFound
from hub.core.facts import record
from hub.core.text import N_
from hub.customers.following import find_survivor
from hub.customers.naming import find_customers
from hub.customers.queries import get_customers
from hub.orders.behaviour.baskets import details_of
from hub.orders.events import key_of, storable, write_reason
from hub.orders.own_events.facts import EventReceived
from hub.orders.own_events.models import OwnEvent
from hub.orders.own_events.payload import EventPayload, EventWho, is_name, read_own_event
from hub.orders.own_events.rows import OwnEventRow, TakenOwnEvent
from hub.orders.rows import FieldError
from hub.orders.words import EventOutcome

LOCK_CLASS = 4_714
UNKNOWN = N_("No customer has this id or address. Please send the customer first, then the event again.")
NO_OBJECT = N_("Please give a JSON object.")


def take_own_event(payload: object, *, source: str, now: datetime) -> TakenOwnEvent:
    """Store one event as it came: TAKEN with the fact EventReceived, UNCHANGED when it was taken before, else REFUSED.

    Never raises for bad input: what is refused is kept with its reasons, and taken when it is told again after the cause
    is mended. An event makes no customer.
    """
    told = storable(payload)
    body: dict[str, Any] = told if isinstance(told, dict) else {"body": told}
    return _take(body, _key_of(body, source), source=source, now=now, is_object=isinstance(told, dict))


def take_in_again(event_id: int, *, by: Actor, now: datetime) -> TakenOwnEvent:
    """Read a refused one once more, as it came. Raises NotFound, Conflict when it has been taken meanwhile."""
    row = db.session.scalar(select(OwnEvent).where(OwnEvent.id == event_id))
    if row is None:
        raise NotFound(N_("This event does not exist."))
    if row.outcome is not EventOutcome.REFUSED:
        raise Conflict(N_("This event has been taken in meanwhile."))
    taken = _take(row.payload, row.event_key, source=row.source, now=now, received_at=row.received_at)
    note_change(
        "own_event.taken_again",
        subject_kind="own_event",
        subject_id=event_id,
        by=by,
        now=now,
        outcome=taken.outcome,
    )
    db.session.flush()
    return taken


def _key_of(body: Mapping[str, Any], source: str) -> str:
    told_id = body.get("id")
    if isinstance(told_id, str | int) and not isinstance(told_id, bool) and str(told_id).strip():
        return key_of(source, {"own_event": str(told_id).strip()})
    return key_of(source, body)


def _take(
    body: Mapping[str, Any],
    key: str,
    *,
    source: str,
    now: datetime,
    is_object: bool = True,
    received_at: datetime | None = None,
) -> TakenOwnEvent:
    db.session.execute(select(func.pg_advisory_xact_lock(LOCK_CLASS, func.hashtext(key))))
    row = db.session.scalar(select(OwnEvent).where(OwnEvent.event_key == key))
    if row is not None and row.outcome is EventOutcome.TAKEN:
        return TakenOwnEvent(EventOutcome.UNCHANGED, _shown(row))
    read = read_own_event(body, now=now) if is_object else [FieldError("", NO_OBJECT, {})]
    row = row or OwnEvent(event_key=key, source=source, received_at=now)
    if not isinstance(read, EventPayload):
        return _refuse(row, body, tuple(read), now=now)
    customer_id = _find(read.customer)
    if customer_id is None:
        return _refuse(row, body, (FieldError("customer", UNKNOWN, {}),), now=now)
    row.name, row.customer_id, row.values = read.name, customer_id, dict(read.values)
    row.happened_at = read.happened_at or received_at or now
    row.outcome, row.reason, row.payload = EventOutcome.TAKEN, None, {}
    db.session.add(row)
    db.session.flush()
    fact = EventReceived(customer_id=customer_id, event_id=row.id, name=row.name)
    record(fact, now=row.happened_at)
    return TakenOwnEvent(EventOutcome.TAKEN, _shown(row))


def _refuse(
    row: OwnEvent, body: Mapping[str, Any], errors: tuple[FieldError, ...], *, now: datetime
) -> TakenOwnEvent:
    """Kept as it came; its name only where it is one, so that nothing else stands there."""
    row.name = str(body["name"]) if is_name(body.get("name")) else ""
    row.customer_id, row.values, row.payload = None, {}, dict(body)
    row.outcome, row.reason, row.happened_at = EventOutcome.REFUSED, write_reason(errors), now
    db.session.add(row)
    db.session.flush()
    return TakenOwnEvent(EventOutcome.REFUSED, None, errors)


def _find(who: EventWho) -> int | None:
    """By our id, else by any other; one who was merged is who he became. Nobody who was erased."""
    if who.id is None:
        return next(iter(find_customers([details_of(who)])), None)
    customer_id = find_survivor(who.id) or who.id
    found = get_customers([customer_id]).get(customer_id)
    return None if found is None or found.is_erased else customer_id


def _shown(row: OwnEvent) -> OwnEventRow:
    return OwnEventRow(row.id, row.name, row.customer_id or 0, dict(row.values), row.happened_at)
