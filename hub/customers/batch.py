"""Find-or-create for many mail addresses at once: a handful of statements whatever the number."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select

from hub.core.batches import among
from hub.core.db import db
from hub.customers import rules
from hub.customers.identity import Claim, confirm_by_use
from hub.customers.models import Address
from hub.customers.newcomers import Newcomer, make_customers
from hub.customers.rows import CustomerDetails, Resolved
from hub.customers.words import AddressKind, IdKind


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
    told = {place: Newcomer(wanted[mail], (Claim(IdKind.MAIL, mail),)) for place, mail in enumerate(unknown)}
    made = {unknown[place]: owner for place, owner in make_customers(told, now=now).items()}
    lost = _owners([mail for mail in unknown if mail not in made])
    found = {mail: Resolved(owner, is_new=False) for mail, owner in (known | lost).items()}
    return found | {mail: Resolved(owner, is_new=True) for mail, owner in made.items()}


def _owners(mails: Collection[str]) -> dict[str, int]:
    if not mails:
        return {}
    found = select(Address.value, Address.customer_id, Address.unconfirmed_since, Address.id).where(
        Address.kind == AddressKind.MAIL, among(Address.value, mails)
    )
    rows = db.session.execute(found).all()
    confirm_by_use([row.id for row in rows if row.unconfirmed_since is not None])
    return {row.value: row.customer_id for row in rows}
