"""Says that what figures count of a ticket has changed, where no other fact says so, and by which moments it was counted."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select

from hub.core.db import db
from hub.core.facts import record
from hub.inbox.facts import FiguresChanged
from hub.inbox.models import ReplyWait, Ticket


def moments_of(ticket: Ticket) -> set[datetime]:
    """When its waits ended and when it was solved, as its rows say now."""
    ended = func.coalesce(ReplyWait.ended_at, ReplyWait.dropped_at)
    db.session.flush()
    waits = db.session.scalars(select(ended).where(ReplyWait.ticket_id == ticket.id, ended.is_not(None)))
    solved = (ticket.first_solved_at, ticket.solved_at)
    return {*waits, *(moment for moment in solved if moment is not None)}


def tell_recounted(ticket: Ticket, *, now: datetime, gone: Iterable[datetime | None] = ()) -> None:
    """`gone`: moments of before that may stand in its rows no more."""
    seconds = tuple(sorted({int(moment.timestamp()) for moment in gone if moment is not None}))
    record(FiguresChanged(ticket_id=ticket.id, gone=seconds), now=now)
