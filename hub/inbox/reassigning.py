"""What the inbox gives from one customer to another: tickets with all that hangs on them, calls, ratings."""

from collections.abc import Collection

from sqlalchemy import select

from hub.core.batches import among
from hub.core.db import db
from hub.customers.merging.journal import Journal
from hub.customers.merging.owning import owned
from hub.inbox.models import CallTask, PhoneCall, Ticket, TicketRating

OWNED = (owned(Ticket), owned(CallTask), owned(PhoneCall), owned(TicketRating))


def lock(customer_ids: Collection[int]) -> None:
    """Hold their tickets, by id, as whoever holds several does."""
    mine = select(Ticket.id).where(among(Ticket.customer_id, customer_ids))
    db.session.scalars(mine.order_by(Ticket.id).with_for_update()).all()


def reassign(merge: Journal) -> int:
    """Returns how many rows were given."""
    return merge.give(OWNED)
