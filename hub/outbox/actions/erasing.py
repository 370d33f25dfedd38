"""Takes back what waits for an address that was erased."""

from datetime import datetime

from sqlalchemy import select, update

from hub.core.db import db
from hub.customers.queries import list_addresses
from hub.outbox.models import OutboundMessage
from hub.outbox.words import BlockReason, MessageState


def cancel_to_erased(customer_id: int, *, now: datetime) -> int:
    """Cancel, and empty of its address, each waiting message to an address the customer no longer has. How many."""
    kept = [row.value for row in list_addresses(customer_id)]
    m = OutboundMessage
    taken = (
        update(m)
        .where(
            m.id.in_(select(m.id).where(m.customer_id == customer_id)),
            m.state.in_([MessageState.WAITING, MessageState.CLAIMED]),
            m.recipient.is_not(None),
            m.recipient.not_in(kept),
        )
        .values(
            state=MessageState.CANCELLED,
            reason=BlockReason.NO_ADDRESS,
            recipient=None,
            recipient_name="",
            counted_at=None,
            ended_at=now,
            lease_token=None,
            lease_until=None,
        )
        .returning(m.id)
        .execution_options(synchronize_session=False)
    )
    return len(db.session.scalars(taken).all())
