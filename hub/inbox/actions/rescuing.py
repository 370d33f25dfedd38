"""Calls that the hub asks for itself: a customer of high value is leaving, or a plan has come to a step that calls."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text

from hub.core.actor import SYSTEM
from hub.core.audit import note_change
from hub.core.batches import among
from hub.core.db import db
from hub.customers.actions import lock_customer
from hub.customers.models import Customer
from hub.customers.objecting import list_objecting
from hub.inbox.calling import clean_script
from hub.inbox.models import CallTask
from hub.inbox.states import OPEN_STATES
from hub.inbox.words import CallState

KIND = "call_task"


# Whom nobody should call: a call is on the list, the hub has asked for one, a grievance is open, or they are archived.
_NOT_TO_BE_CALLED = text("""
    SELECT position FROM unnest(CAST(:ids AS bigint[]), CAST(:sinces AS timestamptz[]))
        WITH ORDINALITY AS asked (customer_id, since, position)
    WHERE EXISTS (SELECT FROM call_tasks WHERE call_tasks.customer_id = asked.customer_id
            AND (state = 'open' OR (created_by_id IS NULL AND created_at >= asked.since)))
        OR EXISTS (SELECT FROM tickets WHERE tickets.customer_id = asked.customer_id AND is_grievance
            AND state = ANY(:open_states))
        OR EXISTS (SELECT FROM customers WHERE id = asked.customer_id AND archived_at IS NOT NULL)
""")


@dataclass(frozen=True, kw_only=True)
class CallWish:
    """A call of the hub's own to one customer; once since `silent_since`."""

    customer_id: int
    store_id: int | None
    script: str
    silent_since: datetime


def ask_rescue_call(
    *, customer_id: int, store_id: int | None, script: str, silent_since: datetime, now: datetime
) -> int | None:
    """Put it on the store's list, due now. None when nobody should call.

    That is: a call to this customer is on the list already, the hub has asked for one since `silent_since` (once a
    silence), a grievance of theirs is open, they are archived, or object to advertising.
    """
    lock_customer(customer_id)
    if list_objecting([customer_id]):
        return None
    wish = CallWish(customer_id=customer_id, store_id=store_id, script=script, silent_since=silent_since)
    return _ask([wish], now=now)[0]


def ask_calls(wishes: Sequence[CallWish], *, now: datetime) -> list[int | None]:
    """As `ask_rescue_call` for many customers, each once, in a handful of statements; in the order of the wishes."""
    ids = sorted({wish.customer_id for wish in wishes})
    held = select(Customer.id).where(among(Customer.id, ids)).order_by(Customer.id)
    db.session.execute(held.with_for_update(key_share=True))
    return _ask(wishes, now=now)


def _ask(wishes: Sequence[CallWish], *, now: datetime) -> list[int | None]:
    refused = _list_not_to_be_called(wishes)
    rows = {
        place: CallTask(
            store_id=wish.store_id,
            customer_id=wish.customer_id,
            created_by_id=None,
            script=clean_script(wish.script),
            due_at=now,
            state=CallState.OPEN,
            attempt_count=0,
            created_at=now,
        )
        for place, wish in enumerate(wishes)
        if place not in refused
    }
    db.session.add_all(rows.values())
    db.session.flush()
    for row in rows.values():
        note_change(f"{KIND}.added", subject_kind=KIND, subject_id=row.id, by=SYSTEM, now=now, ticket_id=None)
    return [rows[place].id if place in rows else None for place in range(len(wishes))]


def _list_not_to_be_called(wishes: Sequence[CallWish]) -> set[int]:
    given = {
        "ids": [wish.customer_id for wish in wishes],
        "sinces": [wish.silent_since for wish in wishes],
        "open_states": [state.value for state in OPEN_STATES],
    }
    return {position - 1 for position in db.session.scalars(_NOT_TO_BE_CALLED, given)}
