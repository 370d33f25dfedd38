"""Find-or-create by any id for systems that tell who they mean: one or hundreds, and never two people made one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import exists, select

from hub.core.actor import SYSTEM, Actor
from hub.core.batches import among
from hub.core.db import db
from hub.core.errors import Conflict, HubError, Invalid, NotFound
from hub.core.facts import record
from hub.core.text import N_
from hub.customers import rules
from hub.customers.facts import CustomerAdded
from hub.customers.identity import Claim, claims_of, owners_of, resolve_customer
from hub.customers.models import Address, Customer
from hub.customers.newcomers import Newcomer, make_customers
from hub.customers.one_statement import find_or_create_by_one_mail
from hub.customers.properties import set_properties
from hub.customers.rows import CustomerDetails, Resolved
from hub.customers.words import IdKind

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


def upsert_customer(
    details: CustomerDetails,
    *,
    now: datetime,
    properties: Mapping[str, Any] = MappingProxyType({}),
    by: Actor = SYSTEM,
) -> Resolved:
    """Find by any id, else make; empty fields are filled, properties written. Raises Invalid, or Conflict when two ids
    name two customers.

    A phone that somebody of another name than the given one has is a family's: it stays where it is.
    """
    done = _upsert(details, now=now)
    if done.is_new and details.external_ids:
        record(CustomerAdded(customer_id=done.customer_id), now=now)
    if properties:
        set_properties(done.customer_id, properties, by=by, now=now)
    return done


def _upsert(details: CustomerDetails, *, now: datetime) -> Resolved:
    claims = claims_of(details)
    if not claims:
        raise Invalid(NOBODY, field="email")
    if len(claims) == 1 and claims[0].kind is IdKind.MAIL:
        by_mail = find_or_create_by_one_mail(claims[0].value, details, now=now)
        if by_mail is not None and (by_mail.is_new or not any(_told(details))):
            return by_mail
    _check_one(details, claims, owners_of(claims)[0])
    found = resolve_customer(details, now=now)
    if found.elsewhere:
        _check_one(details, claims, owners_of(claims)[0])
    return found


def upsert_customers(
    people: Sequence[CustomerDetails],
    *,
    now: datetime,
    properties: Sequence[Mapping[str, Any]] = (),
    by: Actor = SYSTEM,
) -> list[Upserted]:
    """The same for up to 500, each for itself; those nobody has an id of are made in three statements.

    Those that are known and lack something told, share an id with another one of the batch, or carry properties go one
    by one.
    """
    given = properties or [{}] * len(people)
    claimed = [_claims(details) for details in people]
    owners, _unconfirmed = owners_of({claim for claims in claimed for claim in claims.claims})
    seen: set[Claim] = set()
    fresh: dict[int, Newcomer] = {}
    for position, (details, claims) in enumerate(zip(people, claimed, strict=True)):
        is_known = any(claim in owners or claim in seen for claim in claims.claims) or given[position]
        if claims.error is None and not is_known:
            fresh[position] = Newcomer(details, claims.claims)
        seen.update(claims.claims)
    made = {place: Upserted(new_id, is_new=True) for place, new_id in make_customers(fresh, now=now).items()}
    known = _find_complete(people, claimed, owners)
    done: list[Upserted] = []
    for position, (details, claims) in enumerate(zip(people, claimed, strict=True)):
        at_once = made.get(position) or (None if given[position] else known.get(position))
        if claims.error is not None:
            done.append(Upserted(None, error=claims.error))
        else:
            done.append(at_once or _upsert_alone(details, given[position], by=by, now=now))
    return done


def _told(details: CustomerDetails) -> list[object]:
    """What is told beside the ids."""
    return [getattr(details, name) for name in (*FIELDS, "preferred_store_id")]


@dataclass(frozen=True)
class _Claims:
    claims: tuple[Claim, ...] = ()
    error: HubError | None = None


def _claims(details: CustomerDetails) -> _Claims:
    try:
        found = claims_of(details)
    except Invalid as error:
        return _Claims(error=error)
    return _Claims(found) if found else _Claims(error=Invalid(NOBODY, field="email"))


def _upsert_alone(
    details: CustomerDetails, properties: Mapping[str, Any], *, by: Actor, now: datetime
) -> Upserted:
    try:
        with db.session.begin_nested():
            done = upsert_customer(details, properties=properties, by=by, now=now)
            return Upserted(done.customer_id, done.is_new)
    except (Invalid, Conflict, NotFound) as error:
        return Upserted(None, error=error)


def _check_one(details: CustomerDetails, claims: Sequence[Claim], owners: Mapping[Claim, int]) -> None:
    """Raises Conflict, naming both ids, when they belong to two customers."""
    named = [(claim, owners[claim]) for claim in claims if claim in owners]
    if not named:
        return
    (first, owner), others = named[0], named[1:]
    for other, its_owner in others:
        if its_owner != owner and not (other.kind is IdKind.PHONE and _is_shared(details, its_owner)):
            raise Conflict(
                TWO_PEOPLE,
                field=_field(other),
                one=first.value,
                first=owner,
                other=other.value,
                second=its_owner,
            )


def _is_shared(details: CustomerDetails, phone_owner: int) -> bool:
    """Families share a phone: a name is given, and it is not that of the phone's owner."""
    found = select(Customer.first_name, Customer.last_name).where(Customer.id == phone_owner)
    theirs = db.session.execute(found).one()
    given = (rules.clean_name(details.first_name), rules.clean_name(details.last_name))
    return any(given) and not rules.is_same_name(given, (theirs.first_name, theirs.last_name))


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


__all__ = ["MOST", "Upserted", "upsert_customer", "upsert_customers"]
