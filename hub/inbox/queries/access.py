"""The one place that says which tickets a person may see; every page, search, export and API call goes through it."""

from typing import Any

from sqlalchemy import ColumnElement, Select, exists, false, or_, select, true
from sqlalchemy.orm import QueryableAttribute

from hub.core.errors import NotFound
from hub.core.text import N_
from hub.inbox.models import Expert, ExpertQuestion, Ticket
from hub.inbox.states import OPEN_STATES
from hub.staff.rules import Viewer


def in_scope(viewer: Viewer, column: QueryableAttribute[int | None] = Ticket.store_id) -> ColumnElement[bool]:
    """A person sees the tickets of his or her stores; only the head office sees the central queue."""
    if viewer.scope.is_everything:
        return true()
    if not viewer.scope.store_ids:
        return false()
    return column.in_(viewer.scope.store_ids)


def only_visible(statement: Select[*tuple[Any, ...]], viewer: Viewer) -> Select[*tuple[Any, ...]]:
    return statement if viewer.scope.is_everything else statement.where(in_scope(viewer))


def only_openable(
    statement: Select[*tuple[Any, ...]], viewer: Viewer, *, as_expert: bool
) -> Select[*tuple[Any, ...]]:
    """Of one ticket: who is asked as an expert reads and answers it too, and nothing else may be done with it."""
    if viewer.scope.is_everything or not as_expert:
        return only_visible(statement, viewer)
    return statement.where(or_(in_scope(viewer), is_asked(viewer.agent_id)))


def is_asked(agent_id: int) -> ColumnElement[bool]:
    """Whether a group the person belongs to is asked about the ticket, or was and the person answered.

    The right ends when the ticket is solved, closed or merged, when a colleague of the group has answered, and when the
    person leaves the group; it comes back with a new question (docs/adr/0033).
    """
    groups = select(Expert.group_id).where(Expert.agent_id == agent_id)
    is_mine = or_(ExpertQuestion.answered_at.is_(None), ExpertQuestion.answered_by_id == agent_id)
    asked = exists().where(
        ExpertQuestion.ticket_id == Ticket.id, ExpertQuestion.group_id.in_(groups), is_mine
    )
    return asked & Ticket.state.in_(OPEN_STATES) & Ticket.merged_into_id.is_(None)


def no_such_ticket() -> NotFound:
    """The same answer for a ticket that does not exist and for one of another store."""
    return NotFound(N_("This ticket does not exist, or it belongs to a store that is not yours."))
