"""What the customers room gives from one customer to another: addresses, ids, notes, the timeline, what was decided on pairs."""

from collections.abc import Collection

from sqlalchemy import or_, select

from hub.core.batches import among, table_of
from hub.core.db import db
from hub.core.facts import FactRow
from hub.customers.duplicates.models import AddressLink, CustomerPair, DuplicateKey, DuplicateMark
from hub.customers.duplicates.words import PairState
from hub.customers.imports.models import ImportEffect, ImportRow
from hub.customers.merging.journal import Journal
from hub.customers.merging.models import CustomerMerge
from hub.customers.merging.owning import Fate, owned
from hub.customers.models import Address, Customer, ExternalId
from hub.customers.notes.models import CustomerNote
from hub.customers.quality.models import QualityChange

OWNED = (
    owned(Address),
    owned(ExternalId),
    owned(CustomerNote),
    owned(AddressLink),
    owned(FactRow),
    owned(DuplicateKey, Fate.DERIVED),
    owned(DuplicateMark, Fate.DERIVED),
    owned(ImportRow, Fate.KEPT),
    owned(ImportEffect, Fate.KEPT),
    owned(QualityChange, Fate.KEPT),
    owned(CustomerPair, Fate.ROOM, "left_id"),
    owned(CustomerPair, Fate.ROOM, "right_id"),
    owned(CustomerMerge, Fate.KEPT, "survivor_id"),
    owned(CustomerMerge, Fate.KEPT, "merged_id"),
    owned(Customer, Fate.ROOM, "merged_into_id"),
)


def lock(customer_ids: Collection[int]) -> None:
    """Hold their addresses, by id: the first thing a merge holds."""
    mine = select(Address.id).where(among(Address.customer_id, customer_ids))
    db.session.scalars(mine.order_by(Address.id).with_for_update()).all()


def reassign(merge: Journal) -> int:
    """Rows go to the survivor; nobody shares an address with himself."""
    count = merge.give(OWNED)
    links, address = table_of(AddressLink), table_of(Address)
    own = select(address.c.id).where(address.c.customer_id == merge.to_id)
    count += merge.remove(links, (links.c.customer_id == merge.to_id) & links.c.address_id.in_(own))
    return count + _decide_pairs(merge)


def _decide_pairs(merge: Journal) -> int:
    """Open pairs of the merged customer go: the survivor is compared anew. What a person decided holds for him too."""
    pairs = table_of(CustomerPair)
    both = tuple(sorted((merge.from_id, merge.to_id)))
    mine = or_(pairs.c.left_id == merge.from_id, pairs.c.right_id == merge.from_id)
    is_this = (pairs.c.left_id == both[0]) & (pairs.c.right_id == both[1])
    decided = {"state": PairState.MERGED, "decided_at": merge.now}
    count = merge.change(pairs, is_this & (pairs.c.state == PairState.OPEN), decided)
    count += merge.remove(pairs, mine & ~is_this & (pairs.c.state == PairState.OPEN))
    kept = select(pairs).where(mine, ~is_this, pairs.c.state.in_([PairState.APART, PairState.HOUSEHOLD]))
    for row in db.session.execute(kept).mappings().all():
        other = row["right_id"] if row["left_id"] == merge.from_id else row["left_id"]
        left_id, right_id = sorted((other, merge.to_id))
        same = (pairs.c.left_id == left_id) & (pairs.c.right_id == right_id)
        count += merge.change(pairs, same & (pairs.c.state == PairState.OPEN), {"state": row["state"]})
        values = {name: row[name] for name in row if name != "id"} | {
            "left_id": left_id,
            "right_id": right_id,
        }
        count += merge.add(pairs, values)
    return count
