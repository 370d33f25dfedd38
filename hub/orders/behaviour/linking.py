"""A browser belongs to a customer once it logs in, orders or follows a link: what it did before is his then."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from hub.core.db import db
from hub.orders.behaviour.closing import find_closing_order, lock_baskets
from hub.orders.behaviour.models import Basket, Visit, Visitor
from hub.orders.behaviour.words import BasketState


def see_visitors(visitor_ids: Collection[str], *, now: datetime) -> dict[str, int | None]:
    """Whom each browser belongs to; new ones are noted. Their rows are held, so that a link waits for us or we for it."""
    if not visitor_ids:
        return {}
    rows = [{"visitor_id": each, "first_seen_at": now} for each in sorted(set(visitor_ids))]
    seen = insert(Visitor)
    seen = seen.on_conflict_do_update(
        index_elements=["visitor_id"], set_={"visitor_id": seen.excluded.visitor_id}
    )
    found = db.session.execute(seen.values(rows).returning(Visitor.visitor_id, Visitor.customer_id))
    return {row.visitor_id: row.customer_id for row in found}


def link_visitors(pairs: Mapping[str, int], *, now: datetime) -> None:
    """From now on these browsers are those customers'; so is what they did while they were nobody's.

    What a browser did while it was somebody else's stays with that customer.
    """
    owners = see_visitors(pairs, now=now)
    new = {visitor_id: owner for visitor_id, owner in pairs.items() if owners[visitor_id] != owner}
    for customer_id in sorted(set(new.values())):
        lock_baskets(customer_id)
    for visitor_id, customer_id in sorted(new.items()):
        linked = update(Visitor).where(Visitor.visitor_id == visitor_id)
        db.session.execute(linked.values(customer_id=customer_id, linked_at=now))
        nobodys = update(Visit).where(Visit.visitor_id == visitor_id, Visit.customer_id.is_(None))
        db.session.execute(
            nobodys.values(customer_id=customer_id).execution_options(synchronize_session=False)
        )
        _take_baskets(visitor_id, customer_id)


def _take_baskets(visitor_id: str, customer_id: int) -> None:
    """Baskets of the browser become the customer's, closed if he has ordered since; the customer's are held."""
    nobodys = select(Basket).where(Basket.visitor_id == visitor_id, Basket.customer_id.is_(None))
    for basket in db.session.scalars(nobodys.order_by(Basket.id).with_for_update()):
        basket.customer_id = customer_id
        order = find_closing_order(
            customer_id=customer_id, external_id=basket.external_id, touched_at=basket.touched_at
        )
        if basket.state is BasketState.OPEN and order is not None:
            basket.state = BasketState.ORDERED
            basket.order_id, basket.closed_at = order[0], order[1]
    db.session.flush()


def forget_visitor(visitor_id: str) -> None:
    """Consent is withdrawn: the browser is nobody's, and what it did while it was nobody's is gone.

    What belongs to a customer stays his, but does not lead back to the browser.
    """
    _unname(visitor_id)
    db.session.execute(delete(Visitor).where(Visitor.visitor_id == visitor_id))


def _unname(visitor_id: str) -> None:
    gone = (Visit.visitor_id == visitor_id, Visit.customer_id.is_(None))
    db.session.execute(delete(Visit).where(*gone).execution_options(synchronize_session=False))
    for table in (Visit, Basket):
        kept = update(table).where(table.visitor_id == visitor_id)
        db.session.execute(kept.values(visitor_id=None).execution_options(synchronize_session=False))
