"""Calls to make: put on the list, made with what came of them, given to somebody else, taken off again."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db
from hub.core.errors import Conflict, Forbidden, Invalid
from hub.core.facts import record
from hub.core.text import N_
from hub.customers.queries import get_customer
from hub.inbox.actions.events import lock_end, lock_ticket
from hub.inbox.actions.replying import log_call
from hub.inbox.calling import after_call, clean_script
from hub.inbox.colleagues import find_answerer
from hub.inbox.facts import CustomerCalled
from hub.inbox.models import CallAttempt, CallTask, Ticket
from hub.inbox.words import CallOutcome, CallState, TicketState

KIND = "call_task"


@dataclass(frozen=True, kw_only=True)
class CallDraft:
    """A call to make. Of a ticket, customer and store are the ticket's; else both are needed."""

    script: str
    due_at: datetime
    ticket_id: int | None = None
    customer_id: int | None = None
    store_id: int | None = None
    assignee_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class CallResult:
    """What came of a try; `next_at` when to try again."""

    outcome: CallOutcome
    note: str = ""
    next_at: datetime | None = None


def add_call(draft: CallDraft, *, by: Actor, now: datetime) -> int:
    """Put a call on the list. Raises Invalid (nobody to call, nothing to say, a person of another store), Conflict."""
    if by.agent_id is None:
        raise Forbidden(N_("Only a person can ask for a call."))
    customer_id, store_id = _whom(draft)
    if draft.assignee_id is not None:
        check_colleague(draft.assignee_id, store_id)
    if draft.ticket_id is not None and _find_open(draft.ticket_id) is not None:
        raise Conflict(N_("A call for this ticket is on the list already."))
    row = CallTask(
        store_id=store_id,
        customer_id=customer_id,
        ticket_id=draft.ticket_id,
        assignee_id=draft.assignee_id,
        created_by_id=by.agent_id,
        script=clean_script(draft.script),
        due_at=draft.due_at,
        state=CallState.OPEN,
        attempt_count=0,
        created_at=now,
    )
    db.session.add(row)
    db.session.flush()
    note_change(
        f"{KIND}.added", subject_kind=KIND, subject_id=row.id, by=by, now=now, ticket_id=row.ticket_id
    )
    return row.id


def _whom(draft: CallDraft) -> tuple[int | None, int | None]:
    """Customer and store of the call. The ticket is held: two who ask for a call of it at once ask one after the other."""
    if draft.ticket_id is None:
        if draft.customer_id is None:
            raise Invalid(N_("Please choose the customer to call."), field="customer_id")
        if not get_customer(draft.customer_id).phone:
            raise Invalid(N_("No phone number is known for this customer."), field="customer_id")
        return draft.customer_id, draft.store_id
    ticket = lock_ticket(draft.ticket_id)
    phone = get_customer(ticket.customer_id).phone if ticket.customer_id else ticket.requester_address
    if not phone or "@" in phone:
        raise Invalid(N_("No phone number is known for this customer."), field="customer_id")
    return ticket.customer_id, ticket.store_id


def check_colleague(agent_id: int, store_id: int | None) -> None:
    """Raises Invalid for a person who may not answer in that store today."""
    if find_answerer(agent_id, store_id) is None:
        raise Invalid(
            N_("This person does not work in the store of the ticket. Please choose another one."),
            field="assignee",
        )


def _find_open(ticket_id: int) -> int | None:
    found = select(CallTask.id).where(CallTask.ticket_id == ticket_id, CallTask.state == CallState.OPEN)
    return db.session.scalar(found.limit(1))


def log_attempt(task_id: int, result: CallResult, *, by: Actor, now: datetime) -> None:
    """Note what came of a try. On a ticket it stands in the thread; one that reached the customer ends the wait.

    Raises Conflict when the call was made or taken off meanwhile, Invalid without a moment to call again.
    """
    if by.agent_id is None:
        raise Forbidden(N_("Only a person can log a call."))
    task = _lock_open(task_id)
    ticket = lock_end(task.ticket_id) if task.ticket_id else None
    then = after_call(result.outcome, tried_before=task.attempt_count, asked_at=result.next_at, now=now)
    note = result.note.replace("\x00", "").strip()
    attempt = CallAttempt(
        task_id=task.id,
        agent_id=by.agent_id,
        outcome=result.outcome,
        note=note,
        happened_at=now,
        next_at=then.next_at,
        message_id=_log_on_ticket(ticket, result.outcome, note or task.script, by=by, now=now),
    )
    db.session.add(attempt)
    task.attempt_count += 1
    task.last_outcome, task.state = result.outcome, then.state
    task.due_at = then.next_at or task.due_at
    task.ended_at = None if then.state is CallState.OPEN else now
    db.session.flush()
    fact = CustomerCalled(
        customer_id=task.customer_id,
        task_id=task.id,
        store_id=ticket.store_id if ticket else task.store_id,
        ticket_id=ticket.id if ticket else None,
        agent_id=by.agent_id,
        outcome=result.outcome.value,
    )
    record(fact, now=now)


def _log_on_ticket(
    ticket: Ticket | None, outcome: CallOutcome, text: str, *, by: Actor, now: datetime
) -> int | None:
    """The line of the thread, in the joint ticket of one that was merged; none in a ticket that is closed for good."""
    if ticket is None or ticket.state is TicketState.CLOSED:
        return None
    has_reached = outcome is CallOutcome.REACHED
    return log_call(ticket_id=ticket.id, text=text, has_reached=has_reached, by=by, now=now)


def give_call(task_id: int, *, assignee_id: int | None, by: Actor, now: datetime) -> None:
    """To somebody who may answer in the store that has the ticket now, or to whoever has time (None).

    Raises Conflict and Invalid.
    """
    task = _lock_open(task_id)
    if assignee_id is not None:
        ticket = lock_end(task.ticket_id) if task.ticket_id else None
        check_colleague(assignee_id, ticket.store_id if ticket else task.store_id)
    note_change(
        f"{KIND}.given", subject_kind=KIND, subject_id=task.id, by=by, now=now, assignee_id=assignee_id
    )
    task.assignee_id = assignee_id
    db.session.flush()


def drop_call(task_id: int, *, by: Actor, now: datetime) -> None:
    """Take it off the list: it need not be made any more. Raises Conflict."""
    task = _lock_open(task_id)
    task.state, task.ended_at = CallState.GIVEN_UP, now
    note_change(f"{KIND}.dropped", subject_kind=KIND, subject_id=task.id, by=by, now=now)
    db.session.flush()


def _lock_open(task_id: int) -> CallTask:
    task = db.session.scalar(
        select(CallTask)
        .where(CallTask.id == task_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if task is None or task.state is not CallState.OPEN:
        raise Conflict(N_("This call was made or taken off the list meanwhile."))
    return task
