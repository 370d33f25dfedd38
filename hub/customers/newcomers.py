"""Makes hundreds of customers in three statements; one whose id somebody took at the same moment is taken back."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from hub.core.batches import among, given_rows, rows_given, table_of
from hub.core.db import db
from hub.core.words import Language
from hub.customers import rules
from hub.customers.identity import Claim
from hub.customers.models import Address, Customer, ExternalId
from hub.customers.rows import CustomerDetails
from hub.customers.words import AddressKind


@dataclass(frozen=True)
class Newcomer:
    """Somebody nobody has an id of: what is told, and the ids in normal form."""

    details: CustomerDetails
    claims: tuple[Claim, ...]


def make_customers(told: Mapping[int, Newcomer], *, now: datetime) -> dict[int, int]:
    """By position the ids of those that were made; one whose id somebody took meanwhile is taken back, to be looked at alone."""
    if not told:
        return {}
    places = list(told)
    table = table_of(Customer)
    ids = db.session.scalars(
        select(func.nextval(func.pg_get_serial_sequence(table.name, "id"))).select_from(
            func.generate_series(1, len(places))
        )
    ).all()
    rows = [{"id": new_id, **_row(told[place], now)} for place, new_id in zip(places, ids, strict=True)]
    names = list(rows[0])
    given = given_rows(table, names)
    db.session.execute(
        insert(table).from_select(names, select(*(given.c[name] for name in names))), rows_given(rows)
    )
    lost = _take_ids({new_id: told[place].claims for place, new_id in zip(places, ids, strict=True)}, now)
    _take_back(lost)
    return {place: new_id for place, new_id in zip(places, ids, strict=True) if new_id not in lost}


def _take_ids(claims: Mapping[int, Iterable[Claim]], now: datetime) -> set[int]:
    """Write addresses and other ids, in one order for every batch; the customers that did not get all of theirs."""
    pairs = sorted(
        ((claim, owner) for owner, each in claims.items() for claim in each),
        key=lambda pair: (pair[0].kind, pair[0].source, pair[0].value),
    )
    addresses = [
        {
            "customer_id": owner,
            "kind": AddressKind(claim.kind.value),
            "value": claim.value,
            "is_primary": True,
            "created_at": now,
        }
        for claim, owner in pairs
        if not claim.source
    ]
    others = [
        {"customer_id": owner, "source": claim.source, "value": claim.value}
        for claim, owner in pairs
        if claim.source
    ]
    wanted = Counter(owner for _claim, owner in pairs)
    got = Counter([*_insert(Address, addresses), *_insert(ExternalId, others)])
    return {owner for owner, count in wanted.items() if got[owner] != count}


def _insert(kind: type[Address | ExternalId], rows: Sequence[Mapping[str, Any]]) -> list[int]:
    if not rows:
        return []
    table = table_of(kind)
    names = list(rows[0])
    given = given_rows(table, names)
    taken = insert(table).from_select(names, select(*(given.c[name] for name in names)))
    statement = taken.on_conflict_do_nothing().returning(table.c.customer_id)
    return list(db.session.scalars(statement, rows_given(rows)))


def _take_back(customer_ids: Iterable[int]) -> None:
    ids = list(customer_ids)
    if not ids:
        return
    for kind in (Address, ExternalId):
        gone = delete(kind).where(among(kind.customer_id, ids))
        db.session.execute(gone.execution_options(synchronize_session=False))
    gone = delete(Customer).where(among(Customer.id, ids))
    db.session.execute(gone.execution_options(synchronize_session=False))


def _row(told: Newcomer, now: datetime) -> dict[str, Any]:
    details = told.details
    first_name, last_name = rules.clean_name(details.first_name), rules.clean_name(details.last_name)
    company = " ".join(details.company.split())
    return {
        "title": details.title,
        "first_name": first_name,
        "last_name": last_name,
        "sort_key": rules.sort_key_of(first_name, last_name, otherwise=company or told.claims[0].value),
        "birth_on": details.birth_on.isoformat() if details.birth_on else None,
        "street": " ".join(details.street.split()),
        "postcode": details.postcode.strip(),
        "town": " ".join(details.town.split()),
        "country": details.country or rules.HOME,
        "company": company,
        "language": details.language or Language.FRENCH,
        "preferred_store_id": details.preferred_store_id,
        "created_at": now,
        "updated_at": now,
    }
