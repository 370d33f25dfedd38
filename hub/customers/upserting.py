"""Find-or-create by any id for systems that tell who they mean: one or hundreds, and never two people made one."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, func, select
from sqlalchemy.dialects.postgresql import insert

from hub.core.batches import among, given_rows, rows_given, table_of
from hub.core.db import db
from hub.core.errors import Conflict, HubError, Invalid, NotFound
from hub.core.text import N_
from hub.core.words import Language
from hub.customers import rules
from hub.customers.identity import Claim, claims_of, owners_of, resolve_customer
from hub.customers.models import Address, Customer, ExternalId
from hub.customers.one_statement import find_or_create_by_one_mail
from hub.customers.rows import CustomerDetails
from hub.customers.words import AddressKind, IdKind

TWO_PEOPLE = N_(
    "%(one)s belongs to customer %(first)s, %(other)s to customer %(second)s. Nothing was changed: "
    "please leave one of them out, or have the two customers merged."
)
NOBODY = N_("Please give a mail address, a phone number, a loyalty card or an id of your system.")
FIELDS = ("title", "first_name", "last_name", "birth_on", "street", "postcode", "town", "company")
MOST = 500


@dataclass(frozen=True)
class Upserted:
    """What became of one of a batch. `error` when it was refused; then nothing of it was kept and no other suffered."""

    customer_id: int | None
    is_new: bool = False
    error: HubError | None = None


def upsert_customer(details: CustomerDetails, *, now: datetime) -> Upserted:
    """Find by any id, else make; empty fields are filled. Raises Invalid, or Conflict when two ids name two customers.

    A phone that somebody of another name has is shared, not a second name: it stays where it is.
    """
    claims = claims_of(details)
    if not claims:
        raise Invalid(NOBODY, field="email")
    if len(claims) == 1 and claims[0].kind is IdKind.MAIL:
        by_mail = find_or_create_by_one_mail(claims[0].value, details, now=now)
        if by_mail is not None and (by_mail.is_new or not any(_told(details))):
            return Upserted(by_mail.customer_id, by_mail.is_new)
    _check_one(details, claims, owners_of(claims)[0])
    found = resolve_customer(details, now=now)
    if found.elsewhere:
        _check_one(details, claims, owners_of(claims)[0])
    return Upserted(found.customer_id, found.is_new)


def upsert_customers(people: Sequence[CustomerDetails], *, now: datetime) -> list[Upserted]:
    """The same for up to 500, each for itself; those nobody has an id of are made in three statements.

    Those that are known, share an id with another one of the batch or may share a phone go one by one.
    """
    claimed = [_claims(details) for details in people]
    owners, _unconfirmed = owners_of({claim for claims in claimed for claim in claims.claims})
    seen: set[Claim] = set()
    fresh: dict[int, _Told] = {}
    for position, (details, claims) in enumerate(zip(people, claimed, strict=True)):
        is_known = any(claim in owners or claim in seen for claim in claims.claims)
        if claims.error is None and not is_known:
            fresh[position] = _Told(details, claims.claims)
        seen.update(claims.claims)
    made = _make(fresh, now=now)
    known = _find_complete(people, claimed, owners)
    return [
        Upserted(None, error=claims.error)
        if claims.error
        else made.get(position) or known.get(position) or _upsert_alone(details, now=now)
        for position, (details, claims) in enumerate(zip(people, claimed, strict=True))
    ]


def _told(details: CustomerDetails) -> list[object]:
    """What is told beside the ids."""
    return [getattr(details, name) for name in (*FIELDS, "preferred_store_id")]


@dataclass(frozen=True)
class _Claims:
    claims: tuple[Claim, ...] = ()
    error: HubError | None = None


@dataclass(frozen=True)
class _Told:
    details: CustomerDetails
    claims: tuple[Claim, ...]


def _claims(details: CustomerDetails) -> _Claims:
    try:
        found = claims_of(details)
    except Invalid as error:
        return _Claims(error=error)
    return _Claims(found) if found else _Claims(error=Invalid(NOBODY, field="email"))


def _upsert_alone(details: CustomerDetails, *, now: datetime) -> Upserted:
    try:
        with db.session.begin_nested():
            return upsert_customer(details, now=now)
    except (Invalid, Conflict, NotFound) as error:
        return Upserted(None, error=error)


def _check_one(details: CustomerDetails, claims: Sequence[Claim], owners: Mapping[Claim, int]) -> None:
    """Raises Conflict, naming both ids, when they belong to two customers."""
    named = [(claim, owners[claim]) for claim in claims if claim in owners]
    if not named:
        return
    (first, owner), others = named[0], named[1:]
    for other, its_owner in others:
        if its_owner != owner and not (other.kind is IdKind.PHONE and _is_shared(details, owner, its_owner)):
            raise Conflict(
                TWO_PEOPLE,
                field=_field(other),
                one=first.value,
                first=owner,
                other=other.value,
                second=its_owner,
            )


def _is_shared(details: CustomerDetails, owner: int, phone_owner: int) -> bool:
    """Families share a phone: the name given, else the known one, is not that of the phone's owner."""
    found = select(Customer.id, Customer.first_name, Customer.last_name).where(
        Customer.id.in_([owner, phone_owner])
    )
    names = {row.id: (row.first_name, row.last_name) for row in db.session.execute(found)}
    given = (rules.clean_name(details.first_name), rules.clean_name(details.last_name))
    return not rules.is_same_name(given if any(given) else names[owner], names[phone_owner])


def _field(claim: Claim) -> str:
    return {IdKind.MAIL: "email", IdKind.PHONE: "phone", IdKind.LOYALTY_CARD: "loyalty_card"}.get(
        claim.kind, "external_ids"
    )


def _find_complete(
    people: Sequence[CustomerDetails], claimed: Sequence[_Claims], owners: Mapping[Claim, int]
) -> dict[int, Upserted]:
    """Known customers whose ids are all theirs and to whom nothing is told that they lack: there is nothing to do."""
    asked: dict[int, int] = {}
    for position, claims in enumerate(claimed):
        whose = {owners.get(claim) for claim in claims.claims}
        if len(whose) == 1 and (owner := whose.pop()) is not None:
            asked[position] = owner
    if not asked:
        return {}
    unconfirmed = exists().where(Address.customer_id == Customer.id, Address.unconfirmed_since.is_not(None))
    columns = [getattr(Customer, name) for name in (*FIELDS, "preferred_store_id")]
    rows = db.session.execute(
        select(Customer.id, *columns).where(among(Customer.id, set(asked.values())), ~unconfirmed)
    )
    known = {row.id: row for row in rows}
    return {
        position: Upserted(owner)
        for position, owner in asked.items()
        if owner in known and not _adds(people[position], known[owner])
    }


def _adds(details: CustomerDetails, row: Any) -> bool:
    if any(getattr(details, name) and not getattr(row, name) for name in FIELDS if "name" not in name):
        return True
    has_name = bool(row.first_name or row.last_name)
    is_named = bool(details.first_name.strip() or details.last_name.strip())
    return (is_named and not has_name) or bool(details.preferred_store_id and not row.preferred_store_id)


def _make(told: Mapping[int, _Told], *, now: datetime) -> dict[int, Upserted]:
    """By position those that were made; one whose id somebody took meanwhile is taken back, to be looked at alone."""
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
    return {
        place: Upserted(new_id, is_new=True)
        for place, new_id in zip(places, ids, strict=True)
        if new_id not in lost
    }


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


def _row(told: _Told, now: datetime) -> dict[str, Any]:
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


__all__ = ["MOST", "Upserted", "upsert_customer", "upsert_customers"]
