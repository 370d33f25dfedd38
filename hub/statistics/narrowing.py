"""What the reader of a figure may see and has asked for, as conditions on the columns of store, channel, reason, agent."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from hub.inbox.models import ReplyWait, Ticket
from hub.inbox.words import TicketState
from hub.reasons.queries import ReasonRow, list_reasons
from hub.staff.rules import Viewer
from hub.statistics.rules import Filters
from hub.stores.models import Store

SETTLED = (TicketState.SOLVED, TicketState.CLOSED)


def narrowed(filters: Filters, viewer: Viewer, column: Any) -> list[ColumnElement[bool]]:
    """Stores of the reader, and among them those or the region of the address."""
    conditions: list[ColumnElement[bool]] = []
    if not viewer.scope.is_everything:
        conditions.append(column.in_(viewer.scope.store_ids))
    if filters.store_id is not None:
        conditions.append(column == filters.store_id)
    if filters.store_ids:
        conditions.append(column.in_(filters.store_ids))
    if filters.region_id is not None:
        conditions.append(column.in_(select(Store.id).where(Store.region_id == filters.region_id)))
    return conditions


def narrowed_waits(filters: Filters, viewer: Viewer) -> list[ColumnElement[bool]]:
    """The same of waits, and their channel, reason and who replied."""
    asked = _asked(filters, ReplyWait.channel, ReplyWait.reason_id, ReplyWait.agent_id)
    return [*narrowed(filters, viewer, ReplyWait.store_id), *asked]


def narrowed_tickets(
    filters: Filters, viewer: Viewer, store: Any = Ticket.store_id
) -> list[ColumnElement[bool]]:
    """The same of tickets; `store` may be the one that was found first."""
    asked = _asked(filters, Ticket.channel, Ticket.reason_id, Ticket.assignee_id)
    return [*narrowed(filters, viewer, store), *asked]


def of_its_own() -> list[ColumnElement[bool]]:
    """Spam, merged and withdrawn tickets are closed in the moment that ended them; solved ones a week later."""
    ended_later = or_(
        Ticket.closed_at.is_(None), Ticket.solved_at.is_(None), Ticket.closed_at > Ticket.solved_at
    )
    return [Ticket.merged_into_id.is_(None), ended_later]


def solved_in(filters: Filters) -> list[ColumnElement[bool]]:
    """Solved for good in the period."""
    return [Ticket.solved_at >= filters.since, Ticket.solved_at < filters.until, *of_its_own()]


def reasons_of(filters: Filters) -> frozenset[int]:
    """The reason of the filters and all that stand below it, retired ones too."""
    if filters.reason_id is None:
        return frozenset()
    return filters.reason_ids or reasons_below(filters.reason_id, list_reasons(active=False))


def reasons_below(reason_id: int, rows: Iterable[ReasonRow]) -> frozenset[int]:
    """A reason and all below it; a reason comes before those below."""
    found = {reason_id}
    for row in rows:
        if row.parent_id in found:
            found.add(row.id)
    return frozenset(found)


def _asked(filters: Filters, channel: Any, reason: Any, agent: Any) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.channel is not None:
        conditions.append(channel == filters.channel)
    if filters.reason_id is not None:
        conditions.append(reason.in_(reasons_of(filters)))
    if filters.agent_id is not None:
        conditions.append(agent == filters.agent_id)
    return conditions
