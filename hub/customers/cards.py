"""Who holds a loyalty card: by its whole number, or by the numbers a text names."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from hub.core.batches import among
from hub.core.db import db
from hub.customers.models import Customer, ExternalId
from hub.customers.queries import CustomerRow, get_customers

SOURCE = "loyalty_card"


@dataclass(frozen=True)
class CardHolder:
    customer_id: int
    preferred_store_id: int | None
    card: str


def find_customer_by_card(card: str) -> CustomerRow | None:
    """By the whole number of the card."""
    found = select(ExternalId.customer_id).where(
        ExternalId.source == SOURCE, ExternalId.value == card.strip()
    )
    owner = db.session.scalar(found)
    return get_customers([owner]).get(owner) if owner is not None else None


def find_card_holder(numbers: Sequence[str]) -> CardHolder | None:
    """The holder of one of the cards; None when the numbers name nobody, or two people."""
    found = (
        select(Customer.id, Customer.preferred_store_id, ExternalId.value)
        .join(ExternalId, ExternalId.customer_id == Customer.id)
        .where(ExternalId.source == SOURCE, among(ExternalId.value, numbers))
    )
    holders = {row[0]: CardHolder(*row) for row in db.session.execute(found)}
    return next(iter(holders.values())) if len(holders) == 1 else None
