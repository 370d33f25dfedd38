"""Calls to make: the list by due time within what the person may see, and one call with its tries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, literal, select, tuple_

from hub.core.db import db
from hub.core.errors import Invalid, NotFound
from hub.core.paging import Page, decode_key, make_page
from hub.core.text import N_
from hub.customers import queries as customers
from hub.customers.queries import CustomerRow
from hub.inbox.models import CallAttempt, CallTask, Ticket
from hub.inbox.queries.access import in_scope
from hub.inbox.words import CallOutcome, CallState
from hub.staff import queries as staff
from hub.staff.rules import Viewer
from hub.stores import queries as stores

PAGE_SIZE = 50
MOST_COUNTED = 100


@dataclass(frozen=True, kw_only=True)
class CallFilters:
    """`is_mine`: only the person's own and those nobody has; `is_ended`: those made or given up, latest first."""

    is_mine: bool = False
    is_ended: bool = False
    store_id: int | None = None
    customer_id: int | None = None
    ticket_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class CallRow:
    """A call to make. `phone` as it is known now, None once erased; `ticket_number` "" without a ticket."""

    id: int
    store_id: int | None
    store_name: str
    customer_id: int | None
    name: str
    phone: str | None
    ticket_id: int | None
    ticket_number: str
    subject: str
    assignee_id: int | None
    assignee_name: str
    created_by_name: str
    script: str
    due_at: datetime
    state: CallState
    attempt_count: int
    last_outcome: CallOutcome | None
    ended_at: datetime | None


@dataclass(frozen=True)
class AttemptRow:
    agent_name: str
    outcome: CallOutcome
    note: str
    happened_at: datetime
    next_at: datetime | None


_COLUMNS: tuple[Any, ...] = (
    CallTask,
    Ticket.number,
    Ticket.subject,
    Ticket.requester_name,
    Ticket.requester_address,
    Ticket.store_id,
)


def list_calls(
    filters: CallFilters, viewer: Viewer, after: str | None = None, size: int = PAGE_SIZE
) -> Page[CallRow]:
    """Calls to make, earliest first; those that ended, latest first."""
    statement = _filtered(_visible(select(*_COLUMNS), viewer), filters, viewer)
    moment = CallTask.ended_at if filters.is_ended else CallTask.due_at
    place = tuple_(moment, CallTask.id)
    if filters.is_ended:
        statement = statement.order_by(moment.desc(), CallTask.id.desc())
        statement = statement.where(place < _position(after)) if after else statement
    else:
        statement = statement.order_by(moment, CallTask.id)
        statement = statement.where(place > _position(after)) if after else statement
    rows = _rows(db.session.execute(statement.limit(size + 1)).all())
    return make_page(rows, size=size, key=lambda row: (row.ended_at or row.due_at, row.id))


def access_call(task_id: int, viewer: Viewer) -> CallRow:
    """One call, if the person may see it. Raises NotFound."""
    found = db.session.execute(_visible(select(*_COLUMNS), viewer).where(CallTask.id == task_id)).all()
    if not found:
        raise NotFound(N_("This call does not exist, or it belongs to a store that is not yours."))
    return _rows(found)[0]


def list_attempts(task_id: int) -> list[AttemptRow]:
    """The tries of a call, oldest first."""
    found = select(CallAttempt).where(CallAttempt.task_id == task_id).order_by(CallAttempt.id)
    tries = db.session.scalars(found).all()
    people = staff.get_agents({row.agent_id for row in tries})
    return [
        AttemptRow(people[row.agent_id].name, row.outcome, row.note, row.happened_at, row.next_at)
        for row in tries
    ]


def count_calls(viewer: Viewer, *, until: datetime) -> int:
    """Calls due by then that are the person's or nobody's, none counted beyond 100."""
    due = _filtered(
        _visible(select(literal(1)).select_from(CallTask), viewer), CallFilters(is_mine=True), viewer
    )
    due = due.where(CallTask.due_at <= until).limit(MOST_COUNTED)
    return db.session.scalar(select(func.count()).select_from(due.subquery())) or 0


def _visible(statement: Select[*tuple[Any, ...]], viewer: Viewer) -> Select[*tuple[Any, ...]]:
    """The rule of the tickets: a call goes with its ticket, wherever that moved; else it belongs to its store."""
    statement = statement.outerjoin(Ticket, Ticket.id == CallTask.ticket_id)
    if viewer.scope.is_everything:
        return statement
    alone = CallTask.ticket_id.is_(None) & in_scope(viewer, CallTask.store_id)
    return statement.where(alone | (CallTask.ticket_id.is_not(None) & in_scope(viewer)))


def _filtered(
    statement: Select[*tuple[Any, ...]], filters: CallFilters, viewer: Viewer
) -> Select[*tuple[Any, ...]]:
    is_open = CallTask.state == CallState.OPEN
    statement = statement.where(CallTask.state != CallState.OPEN if filters.is_ended else is_open)
    if filters.is_mine:
        statement = statement.where(
            (CallTask.assignee_id == viewer.agent_id) | CallTask.assignee_id.is_(None)
        )
    for column, value in (
        (CallTask.store_id, filters.store_id),
        (CallTask.customer_id, filters.customer_id),
        (CallTask.ticket_id, filters.ticket_id),
    ):
        if value is not None:
            statement = statement.where(column == value)
    return statement


def _rows(found: Sequence[Any]) -> list[CallRow]:
    tasks = [row[0] for row in found]
    places = {row[0].id: row[-1] if row[0].ticket_id else row[0].store_id for row in found}
    houses = stores.get_stores({store_id for store_id in places.values() if store_id})
    people = staff.get_agents(
        {each for task in tasks for each in (task.assignee_id, task.created_by_id) if each}
    )
    whom = customers.get_customers({task.customer_id for task in tasks if task.customer_id})
    names = {agent_id: person.name for agent_id, person in people.items()}
    return [
        CallRow(
            **_of_task(task, names),
            store_id=places[task.id],
            store_name=houses[places[task.id]].name if places[task.id] in houses else "",
            ticket_number=number or "",
            subject=subject or "",
            **_whom(whom.get(task.customer_id), requester, address),
        )
        for task, number, subject, requester, address, _ in found
    ]


def _of_task(task: CallTask, names: dict[int, str]) -> dict[str, Any]:
    kept = ("id", "customer_id", "ticket_id", "assignee_id", "script", "due_at", "state")
    more = ("attempt_count", "last_outcome", "ended_at")
    return {
        **{name: getattr(task, name) for name in (*kept, *more)},
        "assignee_name": names.get(task.assignee_id or 0, ""),
        "created_by_name": names.get(task.created_by_id or 0, ""),
    }


def _whom(customer: CustomerRow | None, requester: str | None, address: str | None) -> dict[str, Any]:
    """Name and number: the customer's as they are now, else the ticket's."""
    if customer is not None:
        return {"name": customer.name or requester or "", "phone": customer.phone}
    return {"name": requester or "", "phone": address if address and "@" not in address else None}


def _position(after: str) -> Any:
    match decode_key(after):
        case [datetime() as moment, int(task_id)]:
            return tuple_(literal(moment), literal(task_id))
    raise Invalid(N_("This page address is not valid. Please start again from the first page."))
