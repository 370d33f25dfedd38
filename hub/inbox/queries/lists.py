"""Lists of tickets: by due time or by latest change, filtered and searched, in at most three statements."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Select, func, literal, literal_column, select, tuple_

from hub.core.db import db
from hub.core.errors import Invalid
from hub.core.paging import Page, decode_key, make_page
from hub.core.text import N_
from hub.inbox.indexing import matches
from hub.inbox.models import Ticket
from hub.inbox.models.tickets import OPEN_STATES
from hub.inbox.queries.access import only_visible
from hub.inbox.queries.rows import TicketFilters, TicketRow
from hub.inbox.words import InboxView, TicketState
from hub.staff import queries as staff
from hub.staff.queries import AgentRow
from hub.staff.rules import Viewer
from hub.stores import queries as stores
from hub.stores.queries import StoreRow

PAGE_SIZE = 50
BY_DUE_TIME = frozenset(
    {
        InboxView.WAITING,
        InboxView.LATE,
        InboxView.MINE,
        InboxView.UNASSIGNED,
        InboxView.UNATTRIBUTED,
        InboxView.OPEN,
    }
)
ROW_COLUMNS: tuple[Any, ...] = (
    Ticket.id,
    Ticket.number,
    Ticket.subject,
    Ticket.preview,
    Ticket.requester_name,
    Ticket.requester_address,
    Ticket.customer_id,
    Ticket.channel,
    Ticket.state,
    Ticket.priority,
    Ticket.store_id,
    Ticket.assignee_id,
    Ticket.reason_id,
    Ticket.order_id,
    Ticket.is_grievance,
    Ticket.is_confirmed,
    Ticket.score,
    Ticket.waiting_since,
    Ticket.due_at,
    Ticket.warned_at,
    Ticket.list_at,
    Ticket.created_at,
    Ticket.updated_at,
    Ticket.last_event_id,
)
"""Of TicketRow all but the two names."""


def list_tickets(
    filters: TicketFilters, viewer: Viewer, after: str | None = None, size: int = PAGE_SIZE
) -> Page[TicketRow]:
    """One page. Views of open tickets come by due time, earliest first; the others by latest change."""
    is_by_due = filters.view in BY_DUE_TIME and not filters.search.strip()
    statement = _filtered(only_visible(select(*ROW_COLUMNS), viewer), filters, viewer)
    statement = _sorted(statement, after, is_by_due=is_by_due).limit(size + 1)
    rows = rows_of(db.session.execute(statement).mappings().all())
    return make_page(rows, size=size, key=lambda row: (row.list_at if is_by_due else row.updated_at, row.id))


def list_customer_tickets(
    customer_id: int, viewer: Viewer, size: int = 20, *, is_everywhere: bool = False
) -> list[TicketRow]:
    """The customer's tickets, newest first, that the person may see. `is_everywhere`: for an export by the administrator."""
    statement = select(*ROW_COLUMNS).where(Ticket.customer_id == customer_id)
    if not is_everywhere:
        statement = only_visible(statement, viewer)
    return rows_of(db.session.execute(statement.order_by(Ticket.id.desc()).limit(size)).mappings().all())


def count_views(viewer: Viewer, *, store_id: int | None = None) -> dict[InboxView, int]:
    """How many tickets the views of open tickets hold, in one statement.."""
    is_waiting = Ticket.waiting_since.is_not(None)
    statement = select(
        func.count().filter(is_waiting),
        func.count().filter(Ticket.assignee_id == viewer.agent_id),
        func.count().filter(Ticket.assignee_id.is_(None)),
        func.count().filter(Ticket.store_id.is_(None)),
        func.count(),
    ).where(_OPEN)
    if store_id is not None:
        statement = statement.where(Ticket.store_id == store_id)
    waiting, mine, unassigned, unattributed, everything = db.session.execute(
        only_visible(statement, viewer)
    ).one()
    return {
        InboxView.WAITING: waiting,
        InboxView.MINE: mine,
        InboxView.UNASSIGNED: unassigned,
        InboxView.UNATTRIBUTED: unattributed,
        InboxView.OPEN: everything,
    }


def count_newer(viewer: Viewer, *, after_id: int) -> int:
    """Tickets opened since the newest one somebody has on screen."""
    statement = select(func.count()).where(Ticket.id > after_id)
    return db.session.scalar(only_visible(statement, viewer)) or 0


def find_newest_id() -> int:
    """The id of the newest ticket of the chain, 0 when there is none: where `count_newer` starts to count."""
    return db.session.scalar(select(func.max(Ticket.id))) or 0


def rows_of(found: Sequence[Mapping[Any, Any]]) -> list[TicketRow]:
    """Rows with the names of stores and assignees: one statement each for the whole page."""
    houses = stores.get_stores({row["store_id"] for row in found if row["store_id"]})
    people = staff.get_agents({row["assignee_id"] for row in found if row["assignee_id"]})
    return [TicketRow(**with_names(row, houses, people)) for row in found]


def with_names(
    row: Mapping[Any, Any], houses: Mapping[int, StoreRow], people: Mapping[int, AgentRow]
) -> dict[str, Any]:
    """The row with `store_name` and `assignee_name`, "" when there is none."""
    store, assignee = houses.get(row["store_id"]), people.get(row["assignee_id"])
    return {
        **row,
        "store_name": store.name if store else "",
        "assignee_name": assignee.name if assignee else "",
    }


_OPEN: ColumnElement[bool] = literal_column(f"(tickets.{OPEN_STATES})", Boolean)
"""Written out, not bound: only so may a plan that is kept use the partial indexes."""


def _filtered(
    statement: Select[*tuple[Any, ...]], filters: TicketFilters, viewer: Viewer
) -> Select[*tuple[Any, ...]]:
    statement = _of_view(statement, filters.view, viewer)
    for column, value in (
        (Ticket.store_id, filters.store_id),
        (Ticket.state, filters.state),
        (Ticket.assignee_id, filters.assignee_id),
        (Ticket.customer_id, filters.customer_id),
        (Ticket.channel, filters.channel),
        (Ticket.reason_id, filters.reason_id),
    ):
        if value is not None:
            statement = statement.where(column == value)
    asked = matches(filters.search) if filters.search.strip() else None
    return statement if asked is None else statement.where(asked)


def _of_view(
    statement: Select[*tuple[Any, ...]], view: InboxView, viewer: Viewer
) -> Select[*tuple[Any, ...]]:
    is_waiting = Ticket.waiting_since.is_not(None)
    conditions: dict[InboxView, tuple[ColumnElement[bool], ...]] = {
        InboxView.WAITING: (is_waiting,),
        InboxView.LATE: (is_waiting, Ticket.missed_at.is_not(None)),
        InboxView.MINE: (_OPEN, Ticket.assignee_id == viewer.agent_id),
        InboxView.UNASSIGNED: (_OPEN, Ticket.assignee_id.is_(None)),
        InboxView.UNATTRIBUTED: (_OPEN, Ticket.store_id.is_(None)),
        InboxView.OPEN: (_OPEN,),
        InboxView.SOLVED: (Ticket.state.in_([TicketState.SOLVED, TicketState.CLOSED]),),
        InboxView.ALL: (),
    }
    return statement.where(*conditions[view])


def _sorted(
    statement: Select[*tuple[Any, ...]], after: str | None, *, is_by_due: bool
) -> Select[*tuple[Any, ...]]:
    if is_by_due:
        statement = statement.order_by(Ticket.list_at, Ticket.id)
        return statement.where(tuple_(Ticket.list_at, Ticket.id) > _position(after)) if after else statement
    statement = statement.order_by(Ticket.updated_at.desc(), Ticket.id.desc())
    return statement.where(tuple_(Ticket.updated_at, Ticket.id) < _position(after)) if after else statement


def _position(after: str) -> Any:
    match decode_key(after):
        case [moment, int(ticket_id)] if not isinstance(moment, (int, str)):
            return tuple_(literal(moment), literal(ticket_id))
    raise Invalid(N_("This page address is not valid. Please start again from the first page."))
