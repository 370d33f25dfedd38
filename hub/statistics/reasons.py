"""Why customers write: tickets of a period by contact reason, within what the reader may see."""

from sqlalchemy import func, select

from hub.core.db import db
from hub.inbox.models import Ticket
from hub.staff.rules import Viewer
from hub.statistics.narrowing import narrowed_tickets
from hub.statistics.rules import Filters


def count_by_reason(filters: Filters, *, viewer: Viewer) -> dict[int | None, int]:
    """Tickets that came in the period by the id of their reason, None for those without; merged ones count once."""
    found = (
        select(Ticket.reason_id, func.count())
        .where(
            Ticket.created_at >= filters.since,
            Ticket.created_at < filters.until,
            Ticket.merged_into_id.is_(None),
            *narrowed_tickets(filters, viewer),
        )
        .group_by(Ticket.reason_id)
    )
    return dict(db.session.execute(found).all())
