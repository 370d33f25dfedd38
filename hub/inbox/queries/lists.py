"""Lists of tickets: by due time or by latest change, filtered and searched, in at most three statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, func, literal, select, tuple_

from hub.core.db import db
from hub.core.paging import Page, make_page
from hub.inbox.models import Ticket
from hub.inbox.queries.access import only_visible
from hub.inbox.queries.conditions import Asking, read_asking
from hub.inbox.queries.found_words import by_change, find_words, position
from hub.inbox.queries.rows import TicketFilters, TicketRow
from hub.inbox.queries.term_conditions import IS_OPEN
from hub.inbox.queries.typos import find_meant
from hub.inbox.words import InboxView, ListSort, TicketState
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
COUNTED = (
    InboxView.WAITING,
    InboxView.MINE,
    InboxView.UNASSIGNED,
    InboxView.UNATTRIBUTED,
    InboxView.OPEN,
)
MOST_COUNTED = 1000
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
    Ticket.snoozed_until,
)
"""Of TicketRow all but the two names."""


@dataclass(frozen=True)
class Found:
    """A page of tickets and what was understood of the search; `asking.also` when mistyped words were put right."""

    page: Page[TicketRow]
    asking: Asking


def find_tickets(
    filters: TicketFilters, viewer: Viewer, after: str | None = None, size: int = PAGE_SIZE
) -> Found:
    """One page. Open tickets come by due time, earliest first; searches and the others by latest change.

    When nothing is found by the words as typed, words like them are tried.
    """
    asking = read_asking(filters.search, viewer)
    if asking.is_hopeless:
        return Found(Page((), None), asking)
    found = Found(_list(filters, asking, viewer, after, size), asking)
    if found.page.rows or not asking.query.words or asking.problems:
        return found
    meant = find_meant(asking.query.words)
    if not meant:
        return found
    guessed = replace(asking, also=meant)
    page = _list(filters, guessed, viewer, after, size)
    return Found(page, guessed) if page.rows else found


def list_tickets(
    filters: TicketFilters, viewer: Viewer, after: str | None = None, size: int = PAGE_SIZE
) -> Page[TicketRow]:
    """The page alone of `find_tickets`."""
    return find_tickets(filters, viewer, after, size).page


def _list(
    filters: TicketFilters, asking: Asking, viewer: Viewer, after: str | None, size: int
) -> Page[TicketRow]:
    """One page of a list. Words are looked for among the latest tickets first."""
    is_by_due = comes_by_due(filters, asking)
    visible = only_visible(select(*ROW_COLUMNS), viewer)
    if asking.is_led_by_words and not is_by_due:
        bare = filtered(visible, filters, asking, viewer, has_words=False)
        seen = None if viewer.scope.is_everything else viewer.scope.store_ids
        rows = rows_of(find_words(bare, asking, after, size, stores=seen))
    else:
        statement = _sorted(filtered(visible, filters, asking, viewer), after, is_by_due=is_by_due)
        rows = rows_of(db.session.execute(statement.limit(size + 1)).mappings().all())
    return make_page(rows, size=size, key=lambda row: (row.list_at if is_by_due else row.updated_at, row.id))


def comes_by_due(filters: TicketFilters, asking: Asking) -> bool:
    """The order: as asked for, else by due time where only open tickets are meant and no words are looked for."""
    if filters.sort is not None:
        return filters.sort is ListSort.DUE
    return (filters.view in BY_DUE_TIME or asking.is_open) and not asking.query.has_words


def list_customer_tickets(
    customer_id: int, viewer: Viewer, size: int = 20, *, is_everywhere: bool = False
) -> list[TicketRow]:
    """The customer's tickets, newest first, that the person may see. `is_everywhere`: for an export by the administrator."""
    statement = select(*ROW_COLUMNS).where(Ticket.customer_id == customer_id)
    if not is_everywhere:
        statement = only_visible(statement, viewer)
    return rows_of(db.session.execute(statement.order_by(Ticket.id.desc()).limit(size)).mappings().all())


def count_views(viewer: Viewer, *, store_id: int | None = None) -> dict[InboxView, int]:
    """How many tickets the views of open tickets hold, in one statement; none is counted beyond 1,000."""
    counts = [_bounded(view, viewer, store_id) for view in COUNTED]
    return dict(zip(COUNTED, db.session.execute(select(*counts)).one(), strict=True))


def _bounded(view: InboxView, viewer: Viewer, store_id: int | None) -> ScalarSelect[int]:
    found = _of_view(only_visible(select(literal(1)).select_from(Ticket), viewer), view, viewer)
    if store_id is not None:
        found = found.where(Ticket.store_id == store_id)
    return select(func.count()).select_from(found.limit(MOST_COUNTED).subquery()).scalar_subquery()


def count_found(asking: Asking, viewer: Viewer, most: int) -> ScalarSelect[int]:
    """A column that counts the open tickets a search finds, up to `most`: for several in one statement."""
    found = filtered(
        only_visible(select(literal(1)).select_from(Ticket), viewer),
        TicketFilters(view=InboxView.OPEN),
        asking,
        viewer,
    )
    return select(func.count()).select_from(found.limit(most).subquery()).scalar_subquery()


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


def filtered(
    statement: Select[*tuple[Any, ...]],
    filters: TicketFilters,
    asking: Asking,
    viewer: Viewer,
    *,
    has_words: bool = True,
) -> Select[*tuple[Any, ...]]:
    """The statement with the view, the filters and, unless they are looked for apart, the words."""
    statement = _of_view(statement, filters.view, viewer, shows_snoozed=asking.is_about_snoozed)
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
    if filters.updated_since is not None:
        statement = statement.where(Ticket.updated_at >= filters.updated_since)
    if filters.view not in BY_DUE_TIME and comes_by_due(filters, asking):
        statement = statement.where(IS_OPEN)
    return statement.where(*(asking.all_conditions() if has_words else asking.other_conditions()))


HIDES_SNOOZED = frozenset(
    {InboxView.WAITING, InboxView.MINE, InboxView.UNASSIGNED, InboxView.UNATTRIBUTED, InboxView.OPEN}
)
_IS_AWAKE = Ticket.snoozed_until.is_(None) | Ticket.missed_at.is_not(None)
"""Snoozed tickets come back by themselves, or once the customer waits too long."""


def _of_view(
    statement: Select[*tuple[Any, ...]], view: InboxView, viewer: Viewer, *, shows_snoozed: bool = False
) -> Select[*tuple[Any, ...]]:
    is_waiting = Ticket.waiting_since.is_not(None)
    conditions: dict[InboxView, tuple[ColumnElement[bool], ...]] = {
        InboxView.WAITING: (is_waiting,),
        InboxView.LATE: (is_waiting, Ticket.missed_at.is_not(None)),
        InboxView.MINE: (IS_OPEN, Ticket.assignee_id == viewer.agent_id),
        InboxView.UNASSIGNED: (IS_OPEN, Ticket.assignee_id.is_(None)),
        InboxView.UNATTRIBUTED: (IS_OPEN, Ticket.store_id.is_(None)),
        InboxView.OPEN: (IS_OPEN,),
        InboxView.SNOOZED: (Ticket.snoozed_until.is_not(None),),
        InboxView.SOLVED: (Ticket.state.in_([TicketState.SOLVED, TicketState.CLOSED]),),
        InboxView.ALL: (),
    }
    awake = (_IS_AWAKE,) if view in HIDES_SNOOZED and not shows_snoozed else ()
    return statement.where(*conditions[view], *awake)


def _sorted(
    statement: Select[*tuple[Any, ...]], after: str | None, *, is_by_due: bool
) -> Select[*tuple[Any, ...]]:
    if not is_by_due:
        return by_change(statement, after)
    statement = statement.order_by(Ticket.list_at, Ticket.id)
    return statement.where(tuple_(Ticket.list_at, Ticket.id) > position(after)) if after else statement
