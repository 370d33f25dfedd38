"""Find-or-create: one customer for whoever names himself by mail, loyalty card, shop id or phone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.dialects.postgresql import insert

from hub.core.batches import given_rows, rows_given, table_of
from hub.core.db import db
from hub.core.errors import Conflict, Invalid
from hub.core.text import N_
from hub.core.words import Language
from hub.customers import rules
from hub.customers.inheriting import inherit_choices
from hub.customers.models import Address, Customer, ExternalId
from hub.customers.rows import CustomerDetails, Elsewhere, Resolved
from hub.customers.words import AddressKind, IdKind

ATTEMPTS = 4
LOYALTY_CARD = "loyalty_card"


@dataclass(frozen=True)
class Claim:
    """One way to name a customer, normalised; `source` is set for external ids."""

    kind: IdKind
    value: str
    source: str = ""


class _LostError(Exception):
    """Somebody else took the address between our look and our insert."""


def find_or_create_customer(details: CustomerDetails, *, now: datetime, is_typed: bool = False) -> int:
    """The id of the customer these details name; made when nobody has them. See `resolve_customer`."""
    return resolve_customer(details, now=now, is_typed=is_typed).customer_id


def resolve_customer(
    details: CustomerDetails, *, now: datetime, likely_id: int | None = None, is_typed: bool = False
) -> Resolved:
    """Find by mail, then loyalty card, shop id, then phone; else make. Fills empty fields, overwrites none.

    Mail wins over phone: a phone of somebody else stays with them and is told in `elsewhere`. A phone alone
    does not make two people one: with a new mail address the name must agree too (families share a phone).
    `likely_id` is whom the caller expects (the order had this customer before): he gets the new address if the
    name agrees. `is_typed`: anybody may have typed it into a form, so a new address stands behind those he has, until
    it is used. Safe against others doing the same at the same moment: unique keys decide, the loser looks again.
    Raises Invalid (field email or phone) for an unusable address, or when no address and no card is given.
    """
    claims = claims_of(details)
    if not claims:
        raise Invalid(N_("Please give a mail address, a phone number or a loyalty card."), field="email")
    for _attempt in range(ATTEMPTS):
        try:
            with db.session.begin_nested():
                return _resolve_once(details, claims, likely_id, now, is_typed=is_typed)
        except _LostError:
            continue
    raise Conflict(N_("Somebody else is changing this customer. Please try again."))


def claims_of(details: CustomerDetails) -> tuple[Claim, ...]:
    """Normalised, the surest first: the first one must be won for a customer to be made."""
    claims: list[Claim] = []
    if details.email and details.email.strip():
        claims.append(Claim(IdKind.MAIL, rules.normalise_mail(details.email)))
    if details.loyalty_card and details.loyalty_card.strip():
        claims.append(Claim(IdKind.LOYALTY_CARD, details.loyalty_card.strip(), LOYALTY_CARD))
    for source, value in sorted(details.external_ids.items()):
        if value.strip():
            claims.append(Claim(IdKind.EXTERNAL_ID, value.strip(), source))
    if details.phone and details.phone.strip():
        country = details.country or rules.HOME
        claims.append(Claim(IdKind.PHONE, rules.normalise_phone(details.phone, country)))
    return tuple(claims)


def _resolve_once(
    details: CustomerDetails,
    claims: tuple[Claim, ...],
    likely_id: int | None,
    now: datetime,
    *,
    is_typed: bool,
) -> Resolved:
    owners, unconfirmed = owners_of(claims)
    customer_id = _choose(details, claims, owners, likely_id)
    is_new = customer_id is None
    if customer_id is None:
        customer_id = _make(details, claims[0], now)
        owners[claims[0]] = customer_id
    if unconfirmed and not is_typed:
        owners |= _use(unconfirmed, customer_id, now)
    free = [claim for claim in claims if claim not in owners]
    for claim in free:
        if _take(claim, customer_id, now, is_typed=is_typed):
            owners[claim] = customer_id
        elif claim.kind is IdKind.MAIL:
            raise _LostError
    if not is_new:
        _fill(customer_id, details, now)
    owners |= owners_of([claim for claim in free if claim not in owners])[0]
    return Resolved(customer_id, is_new, _elsewhere(customer_id, owners))


def owners_of(claims: Iterable[Claim]) -> tuple[dict[Claim, int], dict[Claim, int]]:
    """Who has what is claimed; and the ids of the addresses among it that only an unconfirmed form had told."""
    addresses = {(AddressKind(c.kind.value), c.value): c for c in claims if not c.source}
    ids = {(c.source, c.value): c for c in claims if c.source}
    owners: dict[Claim, int] = {}
    unconfirmed: dict[Claim, int] = {}
    if addresses:
        for row in db.session.execute(*_named(Address, ("kind", "value"), addresses)):
            claim = addresses[row.kind, row.value]
            owners[claim] = row.customer_id
            if row.unconfirmed_since is not None:
                unconfirmed[claim] = row.id
    if ids:
        for row in db.session.execute(*_named(ExternalId, ("source", "value"), ids)):
            owners[ids[row.source, row.value]] = row.customer_id
    return owners, unconfirmed


def _named(
    kind: type[Address | ExternalId], names: tuple[str, str], pairs: Iterable[tuple[str, str]]
) -> tuple[Select[Any], dict[str, Any]]:
    """The rows that hold one of these pairs, and the parameter: one, however many there are."""
    given = given_rows(table_of(kind), names)
    columns = [getattr(kind, column.name) for column in table_of(kind).columns]
    found = select(*columns).where(*(getattr(kind, name) == given.c[name] for name in names))
    return found, rows_given(dict(zip(names, pair, strict=True)) for pair in pairs)


def _use(unconfirmed: Mapping[Claim, int], customer_id: int, now: datetime) -> dict[Claim, int]:
    """What only a form had told is told by another way: it is known, and belongs to whom that way names."""
    for claim, address_id in unconfirmed.items():
        used = update(Address).where(Address.id == address_id)
        db.session.execute(used.values(customer_id=customer_id, unconfirmed_since=None, is_primary=True))
        kind = AddressKind(claim.kind.value)
        _stand_behind(kind, customer_id, address_id)
        inherit_choices(kind, claim.value, customer_id, now=now)
    return dict.fromkeys(unconfirmed, customer_id)


def confirm_by_use(address_ids: Sequence[int]) -> None:
    """Addresses that only an unconfirmed form had told are told by another way too (an order, a mail): they are known."""
    if address_ids:
        db.session.execute(update(Address).where(Address.id.in_(address_ids)).values(unconfirmed_since=None))


def _choose(
    details: CustomerDetails, claims: tuple[Claim, ...], owners: Mapping[Claim, int], likely_id: int | None
) -> int | None:
    owned = {claim.kind: owners[claim] for claim in reversed(claims) if claim in owners}
    for kind in (IdKind.MAIL, IdKind.LOYALTY_CARD, IdKind.EXTERNAL_ID):
        if kind in owned:
            return owned[kind]
    names = (rules.clean_name(details.first_name), rules.clean_name(details.last_name))
    if likely_id is not None and rules.is_same_name(names, _names_of(likely_id)):
        return likely_id
    by_phone = owned.get(IdKind.PHONE)
    if by_phone is None or claims[0].kind is not IdKind.MAIL:
        return by_phone
    return by_phone if _is_same_person(names, by_phone) else None


def _is_same_person(names: tuple[str, str], customer_id: int) -> bool:
    """Same phone, new mail: the same person only with the same name, or when he had no mail and no other name."""
    theirs = _names_of(customer_id)
    if not rules.is_same_name(names, theirs):
        return False
    return (any(names) and any(theirs)) or not _has(AddressKind.MAIL, customer_id)


def _names_of(customer_id: int) -> tuple[str, str]:
    row = db.session.execute(
        select(Customer.first_name, Customer.last_name).where(Customer.id == customer_id)
    ).one()
    return (row.first_name, row.last_name)


def _make(details: CustomerDetails, anchor: Claim, now: datetime) -> int:
    first_name, last_name = rules.clean_name(details.first_name), rules.clean_name(details.last_name)
    company = " ".join(details.company.split())
    row = Customer(
        title=details.title,
        first_name=first_name,
        last_name=last_name,
        sort_key=rules.sort_key_of(first_name, last_name, otherwise=company or anchor.value),
        birth_on=details.birth_on,
        street=" ".join(details.street.split()),
        postcode=details.postcode.strip(),
        town=" ".join(details.town.split()),
        country=details.country or rules.HOME,
        company=company,
        language=details.language or Language.FRENCH,
        preferred_store_id=details.preferred_store_id,
        created_at=now,
        updated_at=now,
    )
    db.session.add(row)
    db.session.flush()
    if not _take(anchor, row.id, now):
        raise _LostError
    return row.id


def _take(claim: Claim, customer_id: int, now: datetime, *, is_typed: bool = False) -> bool:
    """Insert the address or id for this customer; False when somebody else has it."""
    if claim.source:
        values = {"customer_id": customer_id, "source": claim.source, "value": claim.value}
        taken = insert(ExternalId).values(values).on_conflict_do_nothing().returning(ExternalId.id)
        return db.session.scalar(taken) is not None
    kind = AddressKind(claim.kind.value)
    return take_address(
        kind, claim.value, customer_id, now, is_primary=not (is_typed and _has(kind, customer_id))
    )


def _has(kind: AddressKind, customer_id: int) -> bool:
    mine = select(Address.id).where(Address.customer_id == customer_id, Address.kind == kind)
    return db.session.scalar(mine.limit(1)) is not None


def take_address(
    kind: AddressKind, value: str, customer_id: int, now: datetime, *, is_primary: bool = True
) -> bool:
    """Give the customer this address, as the primary one of its kind; False when somebody else has it."""
    row = {
        "customer_id": customer_id,
        "kind": kind,
        "value": value,
        "is_primary": is_primary,
        "created_at": now,
    }
    taken = insert(Address).values(row).on_conflict_do_nothing().returning(Address.id)
    address_id = db.session.scalar(taken)
    if address_id is None:
        return False
    if is_primary:
        _stand_behind(kind, customer_id, address_id)
    inherit_choices(kind, value, customer_id, now=now)
    return True


def _stand_behind(kind: AddressKind, customer_id: int, address_id: int) -> None:
    """The others of its kind are not the primary one any more."""
    db.session.execute(
        update(Address)
        .where(Address.customer_id == customer_id, Address.kind == kind, Address.id != address_id)
        .values(is_primary=False)
    )


def _fill(customer_id: int, details: CustomerDetails, now: datetime) -> None:
    """Complete what was empty; a name is filled as a whole, so that two people's names never mix."""
    row = db.session.get_one(Customer, customer_id)
    offered: dict[str, object] = {
        "title": details.title,
        "birth_on": details.birth_on,
        "street": " ".join(details.street.split()),
        "postcode": details.postcode.strip(),
        "town": " ".join(details.town.split()),
        "company": " ".join(details.company.split()),
        "preferred_store_id": details.preferred_store_id,
    }
    if not row.first_name and not row.last_name:
        offered["first_name"] = rules.clean_name(details.first_name)
        offered["last_name"] = rules.clean_name(details.last_name)
    changes = {name: value for name, value in offered.items() if value and not getattr(row, name)}
    if not changes:
        return
    db.session.refresh(row, with_for_update={"key_share": True})
    if row.merged_into_id is not None:
        raise _LostError
    for name, value in changes.items():
        setattr(row, name, value)
    row.sort_key = rules.sort_key_of(row.first_name, row.last_name, otherwise=row.company or row.sort_key)
    row.updated_at = now
    db.session.flush()


def _elsewhere(customer_id: int, owners: Mapping[Claim, int]) -> tuple[Elsewhere, ...]:
    return tuple(Elsewhere(claim.kind, owner) for claim, owner in owners.items() if owner != customer_id)
