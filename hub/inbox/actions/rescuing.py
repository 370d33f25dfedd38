"""A call that the hub asks for itself: a customer of high value is leaving."""

from datetime import datetime

from sqlalchemy import exists, or_, select

from hub.core.actor import SYSTEM
from hub.core.audit import note_change
from hub.core.db import db
from hub.customers.actions import lock_customer
from hub.customers.models import Customer
from hub.inbox.calling import clean_script
from hub.inbox.models import CallTask, Ticket
from hub.inbox.states import OPEN_STATES
from hub.inbox.words import CallState

KIND = "call_task"


def ask_rescue_call(
    *, customer_id: int, store_id: int | None, script: str, silent_since: datetime, now: datetime
) -> int | None:
    """Put it on the store's list, due now. None when nobody should call.

    That is: a call to this customer is on the list already, the hub has asked for one since `silent_since` (once a
    silence), a grievance of theirs is open, or they are archived.
    """
    lock_customer(customer_id)
    if _is_not_to_be_called(customer_id, silent_since):
        return None
    row = CallTask(
        store_id=store_id,
        customer_id=customer_id,
        created_by_id=None,
        script=clean_script(script),
        due_at=now,
        state=CallState.OPEN,
        attempt_count=0,
        created_at=now,
    )
    db.session.add(row)
    db.session.flush()
    note_change(f"{KIND}.added", subject_kind=KIND, subject_id=row.id, by=SYSTEM, now=now, ticket_id=None)
    return row.id


def _is_not_to_be_called(customer_id: int, silent_since: datetime) -> bool:
    is_ours = CallTask.created_by_id.is_(None) & (CallTask.created_at >= silent_since)
    call = exists().where(CallTask.customer_id == customer_id, or_(CallTask.state == CallState.OPEN, is_ours))
    grievance = exists().where(
        Ticket.customer_id == customer_id, Ticket.is_grievance, Ticket.state.in_(OPEN_STATES)
    )
    gone = exists().where(Customer.id == customer_id, Customer.archived_at.is_not(None))
    return bool(db.session.scalar(select(or_(call, grievance, gone))))
