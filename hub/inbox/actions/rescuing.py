"""A call that the hub asks for itself: a customer of high value is leaving."""

from datetime import datetime

from sqlalchemy import select

from hub.core.actor import SYSTEM
from hub.core.audit import note_change
from hub.core.db import db
from hub.customers.actions import lock_customer
from hub.inbox.calling import clean_script
from hub.inbox.models import CallTask
from hub.inbox.words import CallState

KIND = "call_task"


def ask_rescue_call(*, customer_id: int, store_id: int | None, script: str, now: datetime) -> int | None:
    """Put it on the store's list, due now. None while a call to this customer is on the list already."""
    lock_customer(customer_id)
    waiting = select(CallTask.id).where(CallTask.customer_id == customer_id, CallTask.state == CallState.OPEN)
    if db.session.scalar(waiting.limit(1)) is not None:
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
