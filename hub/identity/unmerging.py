"""Undoes a merge: both customers have their rows again, and what happened since stays with the survivor."""

from datetime import datetime

from sqlalchemy import or_, select, update

from hub.core import facts
from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db
from hub.core.errors import Conflict, NotFound
from hub.core.text import N_
from hub.customers.facts import CustomersUnmerged
from hub.customers.merging.models import CustomerMerge
from hub.customers.merging.undoing import give_back
from hub.customers.models import Customer
from hub.identity.merging import BEING_ERASED, hold_customers, list_being_erased
from hub.identity.reassigning import LOCKS, list_owned


def unmerge_customers(merge_id: int, *, by: Actor, now: datetime) -> None:
    """Undo one merge. Undoing what is undone does nothing.

    Raises NotFound, and Conflict when a later merge of one of the two stands (that one first), or the journal is gone;
    or the survivor is being erased, and with him whoever was merged into him.
    """
    found = select(CustomerMerge).where(CustomerMerge.id == merge_id)
    merge = db.session.scalar(found)
    if merge is None:
        raise NotFound(N_("This merge does not exist. Please go back to the list."))
    hold_customers([merge.survivor_id, merge.merged_id])
    db.session.refresh(merge)
    if merge.undone_at is not None:
        return
    _check(merge)
    for lock in LOCKS:
        lock([merge.survivor_id])
    db.session.flush()
    db.session.execute(
        update(Customer)
        .where(Customer.id == merge.merged_id)
        .values(merged_into_id=None)
        .execution_options(synchronize_session=False)
    )
    give_back(merge, {each.table.name: each for each in list_owned()})
    merge.undone_at, merge.undone_by_id = now, by.agent_id
    db.session.flush()
    db.session.expire_all()
    _tell(merge, by=by, now=now)


def unmerge_batch(batch_id: int, *, by: Actor, now: datetime) -> int:
    """Undo all merges of one press that stand, the latest first. Returns how many. Raises as `unmerge_customers`."""
    standing = select(CustomerMerge.id).where(
        CustomerMerge.batch_id == batch_id, CustomerMerge.undone_at.is_(None)
    )
    ids = list(db.session.scalars(standing.order_by(CustomerMerge.id.desc())))
    for merge_id in ids:
        unmerge_customers(merge_id, by=by, now=now)
    return len(ids)


def _check(merge: CustomerMerge) -> None:
    both = [merge.survivor_id, merge.merged_id]
    erased = select(Customer.id).where(Customer.id.in_(both), Customer.erased_at.is_not(None))
    if merge.forgotten_at is not None or db.session.scalar(erased.limit(1)) is not None:
        raise Conflict(
            N_("This merge is too old, or one of the two was erased: it cannot be undone any more.")
        )
    if list_being_erased([merge.survivor_id]):
        raise Conflict(BEING_ERASED)
    if find_later_merge(merge.id) is not None:
        raise Conflict(
            N_("One of the two was merged again later. Please undo the later merge first, then this one.")
        )


def find_later_merge(merge_id: int) -> int | None:
    """The latest merge that stands and touches one of the two customers of this one after it."""
    merge = db.session.get_one(CustomerMerge, merge_id)
    both = [merge.survivor_id, merge.merged_id]
    later = select(CustomerMerge.id).where(
        CustomerMerge.id > merge.id,
        CustomerMerge.undone_at.is_(None),
        or_(CustomerMerge.survivor_id.in_(both), CustomerMerge.merged_id.in_(both)),
    )
    return db.session.scalar(later.order_by(CustomerMerge.id.desc()).limit(1))


def _tell(merge: CustomerMerge, *, by: Actor, now: datetime) -> None:
    """Both have it in their timeline."""
    pair = ((merge.survivor_id, merge.merged_id), (merge.merged_id, merge.survivor_id))
    for customer_id, other_id in pair:
        fact = CustomersUnmerged(customer_id=customer_id, other_id=other_id, merge_id=merge.id)
        facts.record(fact, now=now)
        note_change(
            "customer.unmerged",
            subject_kind="customer",
            subject_id=customer_id,
            by=by,
            now=now,
            merge_id=merge.id,
            other_id=other_id,
        )
