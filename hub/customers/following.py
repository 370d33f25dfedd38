"""Where a customer who was merged leads: old links and old ids find the survivor."""

from collections.abc import Sequence

from sqlalchemy import select

from hub.core.batches import among
from hub.core.db import db
from hub.customers.models import Customer


def find_survivor(customer_id: int) -> int | None:
    """Who has the rows of this customer, when he was merged; None when he was not, or does not exist."""
    end_id: int | None = None
    next_id: int | None = customer_id
    while next_id is not None:
        next_id = db.session.scalar(select(Customer.merged_into_id).where(Customer.id == next_id))
        end_id = next_id or end_id
    return end_id


def find_survivors(customer_ids: Sequence[int]) -> list[int]:
    """The same customers, those who were merged as who they became, each once; one statement when nobody was."""
    found = select(Customer.id).where(among(Customer.id, customer_ids), Customer.merged_into_id.is_not(None))
    merged = set(db.session.scalars(found))
    ends = ((find_survivor(each) or each) if each in merged else each for each in customer_ids)
    return list(dict.fromkeys(ends))


def list_merged_ids(customer_id: int) -> list[int]:
    """Everybody who was merged into this customer, also by way of somebody else: what is erased with him."""
    found: list[int] = []
    parents = [customer_id]
    while parents:
        children = select(Customer.id).where(Customer.merged_into_id.in_(parents)).order_by(Customer.id)
        parents = list(db.session.scalars(children))
        found += parents
    return found
