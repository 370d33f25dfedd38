"""The figures that open pages keep asking for: who waits for me, what is new since the list was shown."""

from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select

from hub.core.db import db
from hub.inbox.models import Ticket
from hub.inbox.queries.access import only_visible
from hub.staff.rules import Viewer


def count_waiting_for(viewer: Viewer) -> int:
    """Customers who wait for this person: in his or her tickets, and in those of the stores that nobody has taken.

    Who sees the whole chain is asked for the central queue instead of every store.
    """
    is_free: ColumnElement[bool] = Ticket.assignee_id.is_(None)
    if viewer.scope.is_everything:
        is_free = is_free & Ticket.store_id.is_(None)
    statement = select(func.count()).where(
        Ticket.waiting_since.is_not(None), or_(Ticket.assignee_id == viewer.agent_id, is_free)
    )
    return db.session.scalar(only_visible(statement, viewer)) or 0


def count_news(viewer: Viewer, *, after_id: int, since: datetime | None, but_number: str = "") -> int:
    """Tickets opened since the newest one on screen, and those whose customers began to wait since the list was shown."""
    is_new: ColumnElement[bool] = Ticket.id > after_id
    if since is not None:
        is_new = is_new | (Ticket.waiting_since > since)
    statement = select(func.count()).where(is_new, Ticket.number != but_number)
    return db.session.scalar(only_visible(statement, viewer)) or 0
