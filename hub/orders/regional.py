"""In which region customers are, and what is said of it at some moment: weather and other words, for many at once."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select

from hub.core.batches import among
from hub.core.db import db
from hub.customers.models import Customer
from hub.orders.as_of import counted_at
from hub.orders.models import Order
from hub.stores.models import Store
from hub.stores.properties import get_region_values


def get_regions(customer_ids: Collection[int], *, at: datetime) -> dict[int, int]:
    """By customer the region of the store he prefers, else of his last order by then; who has neither is left out."""
    last = (
        select(Order.store_id)
        .where(Order.customer_id == Customer.id, counted_at(at))
        .order_by(Order.placed_at.desc(), Order.id.desc())
        .limit(1)
        .correlate(Customer)
        .scalar_subquery()
    )
    found = (
        select(Customer.id, Store.region_id)
        .join(Store, Store.id == func.coalesce(Customer.preferred_store_id, last))
        .where(among(Customer.id, customer_ids), Store.region_id.is_not(None))
    )
    return {row[0]: row[1] for row in db.session.execute(found) if row[1] is not None}


def get_regional_values(customer_ids: Collection[int], *, at: datetime) -> dict[int, dict[str, str]]:
    """By customer what counted in his region at `at`, key to value; {} where nothing is known. Two statements."""
    regions = get_regions(customer_ids, at=at)
    values = get_region_values(set(regions.values()), at=at)
    return {
        customer_id: dict(values[regions[customer_id]]) if customer_id in regions else {}
        for customer_id in customer_ids
    }
