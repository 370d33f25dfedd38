"""Who holds a loyalty card."""

from sqlalchemy import select

from hub.core.db import db
from hub.customers.models import ExternalId
from hub.customers.queries import CustomerRow, get_customers

SOURCE = "loyalty_card"


def find_customer_by_card(card: str) -> CustomerRow | None:
    """By the whole number of the card."""
    found = select(ExternalId.customer_id).where(
        ExternalId.source == SOURCE, ExternalId.value == card.strip()
    )
    owner = db.session.scalar(found)
    return get_customers([owner]).get(owner) if owner is not None else None
