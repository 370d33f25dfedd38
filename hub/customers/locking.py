"""Holds the rows of many customers, always in one order: two batches never wait for each other in a ring."""

from collections.abc import Collection

from sqlalchemy import select

from hub.core.batches import among
from hub.core.db import db
from hub.customers.models import Customer


def hold_customers(customer_ids: Collection[int]) -> None:
    """Until the transaction ends; whoever writes several kinds of things of them holds all of them first."""
    held = select(Customer.id).where(among(Customer.id, sorted(customer_ids))).order_by(Customer.id)
    db.session.execute(held.with_for_update(key_share=True)).all()
