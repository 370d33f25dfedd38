"""What a person was told: the list of notices and how many are unread, within what the person may see."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, Select, func, or_, select, tuple_

from hub.core.db import db
from hub.core.errors import NotFound
from hub.core.paging import Page, decode_key, make_page
from hub.core.text import N_
from hub.inbox.models import Notice, Ticket
from hub.inbox.queries.access import in_scope, is_asked
from hub.staff import queries as staff
from hub.staff.rules import Viewer

PAGE_SIZE = 50
COUNTED_UP_TO = 100


@dataclass(frozen=True, kw_only=True)
class NoticeRow:
    """`ticket_number` and `subject` are "" for a notice about no ticket, `by_name` "" when the house speaks."""

    id: int
    kind: str
    ticket_number: str
    subject: str
    by_name: str
    data: Mapping[str, Any]
    happened_at: datetime
    is_read: bool


def list_notices(viewer: Viewer, after: str | None = None, size: int = PAGE_SIZE) -> Page[NoticeRow]:
    """The person's notices, newest first."""
    columns = (Notice, Ticket.number, Ticket.subject)
    found = _mine(select(*columns), viewer).order_by(Notice.happened_at.desc(), Notice.id.desc())
    if after:
        found = found.where(tuple_(Notice.happened_at, Notice.id) < tuple_(*_place(after)))
    rows = db.session.execute(found.limit(size + 1)).all()
    people = staff.get_agents({row.Notice.by_id for row in rows if row.Notice.by_id})
    made = [
        NoticeRow(
            id=notice.id,
            kind=notice.kind,
            ticket_number=number or "",
            subject=subject or "",
            by_name=people[notice.by_id].name if notice.by_id in people else "",
            data=notice.data,
            happened_at=notice.happened_at,
            is_read=notice.read_at is not None,
        )
        for notice, number, subject in rows
    ]
    return make_page(made, size=size, key=lambda row: (row.happened_at, row.id))


def count_unread(viewer: Viewer) -> int:
    """Unread notices, counted up to a hundred: the figure in the header of every page."""
    return db.session.scalar(select(unread_column(viewer))) or 0


def unread_column(viewer: Viewer) -> ScalarSelect[int]:
    """The same as a column, for a page that asks one statement for several things."""
    unread = _mine(select(Notice.id), viewer).where(Notice.read_at.is_(None)).limit(COUNTED_UP_TO)
    return select(func.count()).select_from(unread.subquery()).scalar_subquery()


def get_notice_place(notice_id: int, viewer: Viewer) -> tuple[str, int | None, str]:
    """What one of the person's notices is about: the number of a ticket ("" for none), a customer, or a page of ours.

    Raises NotFound.
    """
    found = _mine(select(Notice.id, Notice.data, Ticket.number), viewer).where(Notice.id == notice_id)
    row = db.session.execute(found).one_or_none()
    if row is None:
        raise NotFound(N_("This notice does not exist any more. Please go back to your notices."))
    return row.number or "", row.data.get("customer_id"), row.data.get("page", "")


def _mine(statement: Select[*tuple[Any, ...]], viewer: Viewer) -> Select[*tuple[Any, ...]]:
    """A ticket that has left the person's stores takes its notices along, unless the person is asked as an expert."""
    may_see = or_(in_scope(viewer), is_asked(viewer.agent_id))
    return (
        statement.select_from(Notice)
        .outerjoin(Ticket, Ticket.id == Notice.ticket_id)
        .where(Notice.agent_id == viewer.agent_id, or_(Notice.ticket_id.is_(None), may_see))
    )


def _place(after: str) -> tuple[datetime, int]:
    at, notice_id = decode_key(after, datetime, int)
    return at, notice_id
