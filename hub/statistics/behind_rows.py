"""Rows behind figures of ratings and gestures, and what all such rows have in common."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, cast, null, select

from hub.inbox.models import Gesture, Ticket, TicketRating
from hub.inbox.ratings import UNHAPPY
from hub.inbox.words import GestureState
from hub.staff.rules import Viewer
from hub.statistics.clicks import Clicked
from hub.statistics.narrowing import narrowed
from hub.statistics.rules import Filters

Parts = Select[*tuple[Any, ...]]
GRANTED = (GestureState.GRANTED, GestureState.DONE)


def columns(
    row_id: Any, ticket_id: Any, at: Any, seconds: Any = None, target: Any = None, agent_id: Any = None
) -> Parts:
    return select(
        row_id.label("id"),
        ticket_id.label("ticket_id"),
        at.label("at"),
        (null() if seconds is None else seconds).label("seconds"),
        (null() if target is None else target).label("target"),
        (cast(null(), BigInteger) if agent_id is None else agent_id).label("agent_id"),
    )


def within(moment: Any, filters: Filters) -> list[ColumnElement[bool]]:
    return [moment >= filters.since, moment < filters.until]


def rated(filters: Filters, clicked: Clicked, viewer: Viewer, _now: datetime) -> Parts:
    """Answers after a solved ticket, or the questions."""
    is_asked = clicked.measure == "ticket_asked"
    at: Any = TicketRating.asked_at if is_asked else TicketRating.answered_at
    found = columns(TicketRating.id, TicketRating.ticket_id, at, agent_id=TicketRating.agent_id)
    found = found.where(*within(at, filters), *_of_stores(filters, clicked, viewer, TicketRating))
    if filters.agent_id is not None:
        found = found.where(TicketRating.agent_id == filters.agent_id)
    if clicked.measure == "recovery":
        found = found.where(TicketRating.ticket_id.in_(select(Ticket.id).where(Ticket.score == UNHAPPY)))
    if not is_asked:
        found = found.where(TicketRating.score.is_not(None))
    return found.where(TicketRating.score == clicked.score) if clicked.score else found


def gestures(filters: Filters, clicked: Clicked, viewer: Viewer, _now: datetime) -> Parts:
    """By the day of the decision."""
    at = Gesture.decided_at
    found = columns(Gesture.id, Gesture.ticket_id, at, agent_id=Gesture.asked_by_id)
    states = (GestureState.REFUSED,) if clicked.measure == "gestures_refused" else GRANTED
    found = found.where(
        Gesture.state.in_(states), *within(at, filters), *_of_stores(filters, clicked, viewer, Gesture)
    )
    return found.where(Gesture.kind == clicked.gesture) if clicked.gesture else found


def _of_stores(
    filters: Filters, clicked: Clicked, viewer: Viewer, row: type[TicketRating] | type[Gesture]
) -> list[ColumnElement[bool]]:
    central = [row.store_id.is_(None)] if clicked.is_central else []
    return [*narrowed(filters, viewer, row.store_id), *central]
