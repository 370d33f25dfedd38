"""What a person decides about two customers who may be one, short of merging them."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.batches import among
from hub.core.db import db
from hub.core.errors import Conflict, Invalid, NotFound
from hub.core.text import N_
from hub.customers.duplicates.models import AddressLink, CustomerPair
from hub.customers.duplicates.words import PairState
from hub.customers.models import Address, Customer


def keep_apart(one_id: int, other_id: int, *, by: Actor, now: datetime) -> None:
    """They are not the same: never proposed again. Raises NotFound, and Conflict when they were merged meanwhile."""
    _decide(one_id, other_id, PairState.APART, by=by, now=now)


def reopen_pair(pair_id: int, *, by: Actor, now: datetime) -> None:
    """Take "not the same" back. Raises NotFound or Conflict."""
    row = db.session.get(CustomerPair, pair_id, with_for_update=True)
    if row is None:
        raise NotFound(N_("This pair is gone: one of the two was changed or merged. Please open the list."))
    if row.state is PairState.MERGED:
        raise Conflict(N_("They are merged. Please undo the merge in the list of merges."))
    row.state, row.decided_at, row.decided_by_id = PairState.OPEN, None, None
    _note("pair.reopened", row.left_id, row.right_id, by=by, now=now)
    db.session.flush()


def share_addresses(
    owner_id: int, other_id: int, address_ids: Collection[int], *, by: Actor, now: datetime
) -> int:
    """One household, two persons: the other one shares these addresses, which stay the owner's. Returns how many.

    Whoever writes from such an address is still found as its owner. Raises Invalid when none is chosen.
    """
    _decide(owner_id, other_id, PairState.HOUSEHOLD, by=by, now=now)
    mine = select(Address.id).where(Address.customer_id == owner_id, among(Address.id, address_ids))
    ids = list(db.session.scalars(mine))
    if not ids:
        raise Invalid(N_("Please tick at least one address that they share."), field="addresses")
    rows = [
        {"address_id": each, "customer_id": other_id, "linked_at": now, "linked_by_id": by.agent_id}
        for each in ids
    ]
    db.session.execute(insert(AddressLink).on_conflict_do_nothing(), rows)
    return len(ids)


def unshare_address(link_id: int, *, by: Actor, now: datetime) -> None:
    """The address is its owner's alone again. Raises NotFound."""
    gone = delete(AddressLink).where(AddressLink.id == link_id)
    customer_id = db.session.scalar(gone.returning(AddressLink.customer_id))
    if customer_id is None:
        raise NotFound(N_("This address is not shared any more. Please reload the page."))
    note_change(
        "address.unshared", subject_kind="customer", subject_id=customer_id, by=by, now=now, link_id=link_id
    )


def _decide(one_id: int, other_id: int, state: PairState, *, by: Actor, now: datetime) -> None:
    left_id, right_id = sorted((one_id, other_id))
    found = select(Customer.merged_into_id).where(Customer.id.in_([left_id, right_id]))
    merged = list(db.session.scalars(found))
    if left_id == right_id or len(merged) != len({left_id, right_id}):
        raise NotFound(N_("This customer does not exist any more."))
    if any(each is not None for each in merged):
        raise Conflict(N_("One of them was merged meanwhile. Please open the customer again."))
    decided = {"state": state, "decided_at": now, "decided_by_id": by.agent_id}
    new = insert(CustomerPair).values(
        left_id=left_id, right_id=right_id, points=0, is_exact=False, reasons=[], found_at=now, **decided
    )
    db.session.execute(new.on_conflict_do_update(index_elements=["left_id", "right_id"], set_=decided))
    _note(f"pair.{state.value}", left_id, right_id, by=by, now=now)


def _note(action: str, left_id: int, right_id: int, *, by: Actor, now: datetime) -> None:
    for customer_id, other_id in ((left_id, right_id), (right_id, left_id)):
        note_change(
            action, subject_kind="customer", subject_id=customer_id, by=by, now=now, other_id=other_id
        )
