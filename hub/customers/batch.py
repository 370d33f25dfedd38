"""Find-or-create for many mail addresses at once: a handful of statements whatever the number."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy import insert as plain_insert
from sqlalchemy.dialects.postgresql import insert

from hub.core.db import db
from hub.core.words import Language
from hub.customers import rules
from hub.customers.identity import confirm_by_use
from hub.customers.models import Address, Customer
from hub.customers.rows import CustomerDetails, Resolved
from hub.customers.words import AddressKind


def find_or_create_by_mail(people: Sequence[CustomerDetails], *, now: datetime) -> dict[str, Resolved]:
    """Customers by their mail address in normal form; the first details given for an address count.

    Only the mail names a person here, and a known customer is not completed: `resolve_customer` does both. Safe
    against others doing the same: unique keys decide. Raises Invalid for an unusable address.
    """
    wanted: dict[str, CustomerDetails] = {}
    for details in people:
        wanted.setdefault(rules.normalise_mail(details.email or ""), details)
    known = _owners(wanted)
    unknown = sorted(wanted.keys() - known.keys())
    made = _make({mail: wanted[mail] for mail in unknown}, now) if unknown else {}
    lost = _owners([mail for mail in unknown if mail not in made])
    found = {mail: Resolved(owner, is_new=False) for mail, owner in (known | lost).items()}
    return found | {mail: Resolved(owner, is_new=True) for mail, owner in made.items()}


def _owners(mails: Sequence[str] | dict[str, CustomerDetails]) -> dict[str, int]:
    if not mails:
        return {}
    found = select(Address.value, Address.customer_id, Address.unconfirmed_since, Address.id).where(
        Address.kind == AddressKind.MAIL, Address.value.in_(list(mails))
    )
    rows = db.session.execute(found).all()
    confirm_by_use([row.id for row in rows if row.unconfirmed_since is not None])
    return {row.value: row.customer_id for row in rows}


def _make(people: dict[str, CustomerDetails], now: datetime) -> dict[str, int]:
    """New customers with their address; one whose address was taken meanwhile is taken back."""
    rows = [_row(mail, details, now) for mail, details in people.items()]
    made = plain_insert(Customer).returning(Customer.id, sort_by_parameter_order=True)
    owners = dict(zip(people, db.session.scalars(made, rows), strict=True))
    addresses = [
        {"customer_id": owner, "kind": AddressKind.MAIL, "value": mail, "is_primary": True, "created_at": now}
        for mail, owner in owners.items()
    ]
    taken = insert(Address).on_conflict_do_nothing().returning(Address.value)
    kept = set(db.session.scalars(taken, addresses))
    lost = [owner for mail, owner in owners.items() if mail not in kept]
    if lost:
        db.session.execute(delete(Customer).where(Customer.id.in_(lost)))
    return {mail: owner for mail, owner in owners.items() if mail in kept}


def _row(mail: str, details: CustomerDetails, now: datetime) -> dict[str, object]:
    first_name, last_name = rules.clean_name(details.first_name), rules.clean_name(details.last_name)
    return {
        "title": details.title,
        "first_name": first_name,
        "last_name": last_name,
        "sort_key": rules.sort_key_of(first_name, last_name, otherwise=mail),
        "birth_on": None,
        "postcode": details.postcode.strip(),
        "country": details.country or rules.HOME,
        "company": "",
        "language": details.language or Language.FRENCH,
        "preferred_store_id": details.preferred_store_id,
        "created_at": now,
        "updated_at": now,
    }
