"""Who holds a loyalty card: looked up by the numbers a text names."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from hub.core.batches import among
from hub.core.db import db
from hub.customers.identity import LOYALTY_CARD
from hub.customers.models import Customer, ExternalId


@dataclass(frozen=True)
class CardHolder:
    customer_id: int
    preferred_store_id: int | None
    card: str


def find_card_holder(numbers: Sequence[str]) -> CardHolder | None:
    """The holder of one of the cards; None when the numbers name nobody, or two people."""
    found = (
        select(Customer.id, Customer.preferred_store_id, ExternalId.value)
        .join(ExternalId, ExternalId.customer_id == Customer.id)
        .where(ExternalId.source == LOYALTY_CARD, among(ExternalId.value, numbers))
    )
    holders = {row[0]: CardHolder(*row) for row in db.session.execute(found)}
    return next(iter(holders.values())) if len(holders) == 1 else None
