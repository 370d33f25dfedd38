"""Makes a customer unreachable and unfindable, and says what he was known by, for the rooms that forget him next."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, exists, select, update

from hub.core.actor import Actor
from hub.core.db import db
from hub.core.errors import NotFound
from hub.core.text import N_
from hub.core.traces import Traces
from hub.customers.consents import hash_of
from hub.customers.duplicates.models import AddressLink
from hub.customers.erasing import erase_addresses
from hub.customers.imports.barring import bar_from_imports
from hub.customers.models import Address, Customer, ExternalId
from hub.customers.words import AddressKind

GONE = N_("This customer does not exist any more.")


def lock_whole(customer_id: int) -> tuple[int, ...]:
    """Hold the rows of a customer and of those merged into him, by id; their ids. Raises NotFound.

    No contact file that waits to be written brings him back from now on; imports are held first, as they hold theirs.
    """
    bar_from_imports(trace(whole_of(customer_id)))
    merged = select(Customer.id).where(Customer.id == customer_id).cte("whole", recursive=True)
    more = select(Customer.id).join(merged, Customer.merged_into_id == merged.c.id)
    whole = select(merged.union(more).c.id)
    found = select(Customer.id).where(Customer.id.in_(whole)).order_by(Customer.id).with_for_update()
    ids = tuple(db.session.scalars(found))
    if customer_id not in ids:
        raise NotFound(GONE)
    return ids


def whole_of(customer_id: int) -> tuple[int, ...]:
    """The same ids, without holding their rows."""
    merged = select(Customer.id).where(Customer.id == customer_id).cte("whole", recursive=True)
    more = select(Customer.id).join(merged, Customer.merged_into_id == merged.c.id)
    return tuple(db.session.scalars(select(merged.union(more).c.id).order_by("id")))


def trace(ids: Sequence[int], *, also: Iterable[str] = ()) -> Traces:
    """What these customers are known by. `also`: addresses elsewhere, used unless they belong to somebody else.

    An address that other people of the household share is theirs too, and no trace of his.
    """
    shared = exists().where(AddressLink.address_id == Address.id, AddressLink.customer_id.not_in(ids))
    own = set(db.session.scalars(select(Address.value).where(Address.customer_id.in_(ids), ~shared)))
    told = {address for address in also if address}
    taken = select(Address.value).where(Address.value.in_(told))
    addresses = sorted(own | (told - set(db.session.scalars(taken))))
    people = db.session.execute(
        select(Customer.first_name, Customer.last_name, Customer.sort_key).where(Customer.id.in_(ids))
    ).all()
    cards = db.session.scalars(select(ExternalId.value).where(ExternalId.customer_id.in_(ids)))
    return Traces(
        ids=tuple(ids),
        mails=tuple(value for value in addresses if "@" in value),
        phones=tuple(value for value in addresses if value.startswith("+")),
        hashes=tuple(map(hash_of, addresses)),
        names=tuple(dict.fromkeys((first, last) for first, last, _ in people)),
        own_names=tuple(
            dict.fromkeys(
                (first, last) for first, last, key in people if first and last and not _has_namesake(key, ids)
            )
        ),
        cards=tuple(sorted(set(cards))),
    )


def _has_namesake(sort_key: str, ids: Sequence[int]) -> bool:
    other = select(Customer.id).where(Customer.sort_key == sort_key, Customer.id.not_in(ids))
    return db.session.scalar(other.limit(1)) is not None


def let_go(ids: Collection[int], *, by: Actor, now: datetime) -> None:
    """Take away what he can be reached and found by: shared addresses go to the next of the household."""
    _hand_over(ids)
    for customer_id in sorted(ids):
        erase_addresses(customer_id, by=by, now=now)
    db.session.execute(delete(ExternalId).where(ExternalId.customer_id.in_(ids)))
    marked = update(Customer).where(Customer.id.in_(ids), Customer.erased_at.is_(None))
    db.session.execute(marked.values(erased_at=now, updated_at=now))


def _hand_over(ids: Collection[int]) -> None:
    links = (
        select(AddressLink.id, AddressLink.address_id, AddressLink.customer_id, Address.kind)
        .join(Address, Address.id == AddressLink.address_id)
        .where(Address.customer_id.in_(ids), AddressLink.customer_id.not_in(ids))
        .order_by(AddressLink.address_id, AddressLink.id.desc())
    )
    first = {
        address_id: (link_id, heir_id, kind)
        for link_id, address_id, heir_id, kind in db.session.execute(links)
    }
    for address_id, (link_id, heir_id, kind) in first.items():
        given = update(Address).where(Address.id == address_id)
        db.session.execute(given.values(customer_id=heir_id, is_primary=not _has_primary(heir_id, kind)))
        db.session.execute(delete(AddressLink).where(AddressLink.id == link_id))


def _has_primary(customer_id: int, kind: AddressKind) -> bool:
    mine = select(Address.id).where(
        Address.customer_id == customer_id, Address.kind == kind, Address.is_primary.is_(True)
    )
    return db.session.scalar(mine.limit(1)) is not None
