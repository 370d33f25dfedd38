"""Mail storms as the operations page shows them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from hub.core.db import db
from hub.inbox.models import MailLoop, Ticket

SHOWN = 100


@dataclass(frozen=True)
class StormRow:
    """One storm: automatic mails held back; machine time."""

    id: int
    address: str
    ticket_number: str
    held_count: int
    started_at: datetime
    last_at: datetime
    seen_at: datetime | None


def list_storms() -> list[StormRow]:
    """Those nobody has seen first, then the latest (at most 100)."""
    found = (
        select(
            MailLoop.id,
            MailLoop.address,
            Ticket.number,
            MailLoop.held_count,
            MailLoop.started_at,
            MailLoop.last_at,
            MailLoop.seen_at,
        )
        .join(Ticket, Ticket.id == MailLoop.ticket_id)
        .order_by(MailLoop.seen_at.is_not(None), MailLoop.last_at.desc(), MailLoop.id.desc())
        .limit(SHOWN)
    )
    return [StormRow(*row) for row in db.session.execute(found)]


def count_unseen_storms() -> int:
    """Storms that nobody has looked at yet."""
    return db.session.scalar(select(func.count()).where(MailLoop.seen_at.is_(None))) or 0
