"""What is done to customers: found or made, edited, consents, suppressed addresses, looked at."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from sqlalchemy import delete, select

from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db
from hub.core.errors import Conflict, Invalid, NotFound
from hub.core.text import N_
from hub.core.words import Language
from hub.customers import rules
from hub.customers.consents import lift_suppression, record_consent, suppress
from hub.customers.erasing import erase_addresses
from hub.customers.following import find_survivor
from hub.customers.identity import find_or_create_customer, resolve_customer, take_address
from hub.customers.looking import find_id_by_external
from hub.customers.models import Address, Customer, ExternalId
from hub.customers.rebuilding import rebuild_consents
from hub.customers.rows import CustomerDetails, Elsewhere, Resolved
from hub.customers.stopping import stop_messages
from hub.customers.words import AddressKind, Title

__all__ = [
    "CustomerDetails",
    "CustomerEdit",
    "Elsewhere",
    "Resolved",
    "edit_customer",
    "erase_addresses",
    "find_or_create_customer",
    "lift_suppression",
    "lock_customer",
    "note_view",
    "rebuild_consents",
    "record_consent",
    "resolve_customer",
    "stop_messages",
    "suppress",
]

FIELDS = ("title", "first_name", "last_name", "birth_on", "postcode", "country", "company", "language")


@dataclass(frozen=True, kw_only=True)
class CustomerEdit:
    """The whole form as an agent left it; an empty mail or phone takes the primary one away.

    A street or town that is None was no part of the form and stays as it is.
    """

    title: Title | None
    first_name: str
    last_name: str
    birth_on: date | None
    postcode: str
    country: str
    company: str
    language: Language
    email: str
    phone: str
    street: str | None = None
    town: str | None = None


def edit_customer(
    customer_id: int,
    edit: CustomerEdit,
    *,
    by: Actor,
    now: datetime,
    ids: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Write what an agent corrected, with a line in the audit trail naming the fields. `ids`: further ids, by system.

    Raises NotFound, Invalid (field email, phone or country) or Conflict (an address of somebody else; erased, merged).
    """
    row = _get_locked(customer_id)
    if row.erased_at is not None:
        raise Conflict(N_("This customer was erased: nothing is written to the card any more."))
    if not rules.is_country(edit.country):
        raise Invalid(N_("Please write the country as two letters, for example FR."), field="country")
    wanted = {name: getattr(edit, name) for name in FIELDS}
    wanted |= {name: rules.clean_name(wanted[name]) for name in ("first_name", "last_name")}
    wanted |= {name: " ".join(wanted[name].split()) for name in ("postcode", "company")}
    for name in ("street", "town"):
        if (given := getattr(edit, name)) is not None:
            wanted[name] = " ".join(given.split())
    changed = [name for name, value in wanted.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, wanted[name])
    mail = rules.normalise_mail(edit.email) if edit.email.strip() else None
    phone = rules.normalise_phone(edit.phone, edit.country) if edit.phone.strip() else None
    changed += ["email"] * _change_address(customer_id, AddressKind.MAIL, mail, now)
    changed += ["phone"] * _change_address(customer_id, AddressKind.PHONE, phone, now)
    changed += ["external_ids"] * _add_ids(customer_id, ids)
    if not changed:
        return
    other = row.company or mail or phone or ""
    row.sort_key = rules.sort_key_of(row.first_name, row.last_name, otherwise=other)
    row.updated_at = now
    note_change(
        "customer.edited", subject_kind="customer", subject_id=customer_id, by=by, now=now, fields=changed
    )
    db.session.flush()


def _add_ids(customer_id: int, ids: Mapping[str, str]) -> bool:
    """Raises Conflict when another customer has one of them; True when one is new."""
    is_new = False
    for source, value in ids.items():
        owner = find_id_by_external(source, value)
        if owner not in (None, customer_id):
            raise Conflict(
                N_("%(address)s belongs to another customer. Search for it to see whose it is."),
                field="external_ids",
                address=value,
            )
        if owner is None:
            db.session.add(ExternalId(customer_id=customer_id, source=source, value=value))
            is_new = True
    return is_new


def _change_address(customer_id: int, kind: AddressKind, value: str | None, now: datetime) -> bool:
    """Replace the primary address of a kind; True when that changed something."""
    mine = select(Address).where(Address.customer_id == customer_id, Address.kind == kind)
    addresses = {address.value: address for address in db.session.scalars(mine)}
    old = next((address for address in addresses.values() if address.is_primary), None)
    if (old.value if old else None) == value:
        return False
    if value is not None and value in addresses:
        addresses[value].is_primary = True
    elif value is not None and not take_address(kind, value, customer_id, now):
        raise Conflict(
            N_("%(address)s belongs to another customer. Search for it to see whose it is."),
            field="email" if kind is AddressKind.MAIL else "phone",
            address=value,
        )
    if old is not None:
        db.session.execute(delete(Address).where(Address.id == old.id))
    return True


def lock_customer(customer_id: int) -> None:
    """Hold the customer's row until the transaction ends: what must happen once per customer is decided under it.

    Of who was merged the row of the customer he became.
    """
    _get_locked(find_survivor(customer_id) or customer_id)


def _get_locked(customer_id: int) -> Customer:
    found = select(Customer).where(Customer.id == customer_id).with_for_update(key_share=True)
    row = db.session.scalar(found)
    if row is None:
        raise NotFound(N_("This customer does not exist any more."))
    if row.merged_into_id is not None:
        raise Conflict(
            N_("This customer was merged with another one meanwhile. Please open the customer again.")
        )
    return row


def note_view(customer_id: int, *, by: Actor, now: datetime) -> None:
    """The access log of the card: who looked at whom, and when."""
    note_change("customer.viewed", subject_kind="customer", subject_id=customer_id, by=by, now=now)
