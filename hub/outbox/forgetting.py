"""What the outbox does about a customer who is erased, besides what its holding says."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from hub.core.db import db
from hub.outbox.actions.erasing import cancel_to_erased
from hub.outbox.models import OutboundMessage


def list_recipients(ids: Collection[int]) -> list[str]:
    """Every address that was written to for these customers."""
    found = select(OutboundMessage.recipient).where(
        OutboundMessage.customer_id.in_(ids), OutboundMessage.recipient.is_not(None)
    )
    return [address for address in db.session.scalars(found.distinct()) if address]


def forget_waiting(ids: Collection[int], *, now: datetime) -> None:
    """Nothing that waits leaves any more."""
    for customer_id in sorted(ids):
        cancel_to_erased(customer_id, now=now)
