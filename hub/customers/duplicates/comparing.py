"""Two or more customers side by side: each field with everybody's value and whose a merge would keep."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from hub.core.db import db
from hub.customers.duplicates.finding import look_at_people
from hub.customers.duplicates.models import AddressLink
from hub.customers.duplicates.rows import SharedAddress
from hub.customers.duplicates.scoring import Score, score
from hub.customers.merging.fields import ADDRESS_FIELDS, PROPERTY, ROW_FIELDS, propose
from hub.customers.merging.values import look_at
from hub.customers.models import Address, Customer


@dataclass(frozen=True)
class FieldRow:
    """One field: everybody's value by customer id, and whose is proposed. `is_same`: there is nothing to choose."""

    name: str
    values: dict[int, Any]
    proposed_id: int
    is_same: bool


def compare_fields(survivor_id: int, other_ids: Sequence[int]) -> list[FieldRow]:
    """Fields at least one of them has. Raises NotFound."""
    everybody = {each: look_at(each) for each in (survivor_id, *other_ids)}
    kept = dict(everybody[survivor_id])
    proposed = dict.fromkeys([*ROW_FIELDS, *ADDRESS_FIELDS], survivor_id)
    for other_id in other_ids:
        theirs = everybody[other_id]
        for name, keeps in propose(kept, theirs).items():
            if not keeps:
                kept[name], proposed[name] = theirs.get(name), other_id
            else:
                proposed.setdefault(name, survivor_id if name in kept else other_id)
    names = [*ADDRESS_FIELDS, *ROW_FIELDS, *sorted(name for name in proposed if name.startswith(PROPERTY))]
    rows = [_row(name, everybody, proposed[name]) for name in names]
    return [row for row in rows if any(value not in (None, "") for value in row.values.values())]


def _row(name: str, everybody: dict[int, dict[str, Any]], proposed_id: int) -> FieldRow:
    values = {each: row.get(name) for each, row in everybody.items()}
    first, *others = values.values()
    return FieldRow(name, values, proposed_id, all(other == first for other in others))


def score_now(one_id: int, other_id: int) -> Score | None:
    """How likely the two are one as they are now; None when one is gone."""
    people = look_at_people([one_id, other_id])
    return score(people[one_id], people[other_id]) if len(people) == len({one_id, other_id}) else None


def list_address_ids(customer_id: int) -> list[tuple[int, str]]:
    """(id, value) of a customer's own addresses, for sharing them."""
    found = select(Address.id, Address.value).where(Address.customer_id == customer_id)
    return [(row.id, row.value) for row in db.session.execute(found.order_by(Address.id))]


def list_shared(customer_id: int) -> list[SharedAddress]:
    """Addresses this customer shares, and those of his that others share; one statement."""
    owner, sharer = aliased(Customer), aliased(Customer)
    found = (
        select(AddressLink.id, Address.value, owner, sharer)
        .join(Address, Address.id == AddressLink.address_id)
        .join(owner, owner.id == Address.customer_id)
        .join(sharer, sharer.id == AddressLink.customer_id)
        .where((owner.id == customer_id) | (sharer.id == customer_id))
        .order_by(Address.value, AddressLink.id)
    )
    return [
        SharedAddress(
            link_id,
            value,
            *((by.id, _name(by)) if of.id == customer_id else (of.id, _name(of))),
            is_mine=of.id == customer_id,
        )
        for link_id, value, of, by in db.session.execute(found)
    ]


def _name(row: Customer) -> str:
    return " ".join(filter(None, (row.first_name, row.last_name))) or row.company or f"#{row.id}"
