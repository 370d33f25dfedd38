"""The one place that says which tickets a person may see; every page, search, export and API call goes through it."""

from typing import Any

from sqlalchemy import ColumnElement, Select, false, true
from sqlalchemy.orm import QueryableAttribute

from hub.core.errors import NotFound
from hub.core.text import N_
from hub.inbox.models import Ticket
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


def no_such_ticket() -> NotFound:
    """The same answer for a ticket that does not exist and for one of another store."""
    return NotFound(N_("This ticket does not exist, or it belongs to a store that is not yours."))
