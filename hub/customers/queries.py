"""What others look up about customers: rows, addresses, consents, contactability."""

import re
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, literal, select, tuple_
from sqlalchemy.orm import aliased

from hub.core.batches import among, table_of
from hub.core.db import db
from hub.core.errors import Invalid, NotFound
from hub.core.facts import FactRow
from hub.core.paging import Page, decode_key, make_page
from hub.core.text import N_, fold
from hub.core.words import Channel, Purpose
from hub.customers import rules
from hub.customers.consents import kind_of
from hub.customers.contactability import (
    ContactNote,
    get_consent_states,
    get_contact_notes,
    get_places,
    get_suppressed,
    get_suppression_words,
    list_suppressions,
)
from hub.customers.identity import LOYALTY_CARD
from hub.customers.listed import is_here
from hub.customers.models import (
    Address,
    ConsentEntry,
    ConsentState,
    Customer,
    ExternalId,
)
from hub.customers.rows import AddressRow, ConsentRow, Contactability, CustomerRow, FactLine
from hub.customers.rules import Said
from hub.customers.words import AddressKind, ConsentAction, SuppressionReason

__all__ = [
    "AddressRow",
    "ConsentRow",
    "ContactNote",
    "Contactability",
    "CustomerRow",
    "FactLine",
    "Said",
    "get_consent_states",
    "get_contact_notes",
    "get_places",
    "get_suppressed",
]

PAGE_SIZE = 50
LEDGER_LIMIT = 200
MIN_DIGITS = 4


def get_customer(customer_id: int) -> CustomerRow:
    """Who was merged is found as the customer he became: another id. Raises NotFound."""
    found = get_customers([customer_id]).get(customer_id)
    if found is not None and found.merged_into_id is not None:
        return get_customer(found.merged_into_id)
    if found is None:
        raise NotFound(N_("This customer does not exist any more."))
    return found


def get_customers(customer_ids: Collection[int]) -> dict[int, CustomerRow]:
    """By id, in one query; unknown ids are left out."""
    if not customer_ids:
        return {}
    found = db.session.execute(_rows().where(among(Customer.id, customer_ids)))
    return {row.id: row for row in map(_row_of, found)}


def find_customer_by_address(text: str) -> CustomerRow | None:
    """By mail address or phone in any spelling; None also for what is no address."""
    owner = _find_owner(text)
    return get_customers([owner]).get(owner) if owner is not None else None


def _find_owner(text: str) -> int | None:
    kind = kind_of(text)
    try:
        value = rules.normalise_mail(text) if kind is AddressKind.MAIL else rules.normalise_phone(text)
    except Invalid:
        return None
    return db.session.scalar(select(Address.customer_id).where(Address.kind == kind, Address.value == value))


def list_customers(search: str = "", after: str | None = None, size: int = PAGE_SIZE) -> Page[CustomerRow]:
    """Sorted by name. `search`: a loyalty card, a mail address or phone (whole or a part), else words of the name.

    Nobody erased or merged; the archived by a search only. The ids are chosen in one index before any row is read.
    """
    asked = _matches(search.strip()) if search.strip() else Customer.archived_at.is_(None)
    chosen = select(Customer.id).where(asked, is_here())
    chosen = chosen.order_by(Customer.sort_key, Customer.id).limit(size + 1)
    if after:
        chosen = chosen.where(tuple_(Customer.sort_key, Customer.id) > tuple_(*_position(after)))
    statement = _rows().where(Customer.id.in_(chosen.correlate(None)))
    rows = db.session.execute(statement.order_by(Customer.sort_key, Customer.id))
    return make_page(list(map(_row_of, rows)), size=size, key=lambda row: (row.sort_key, row.id))


def _position(after: str) -> list[Any]:
    match decode_key(after):
        case [str(sort_key), int(customer_id)]:
            return [literal(sort_key), literal(customer_id)]
    raise Invalid(N_("This page address is not valid. Please start again from the first page."))


def _matches(search: str) -> ColumnElement[bool]:
    """One way to search, chosen by what was typed, so that the planner can choose an index for it."""
    owner = _find_card_owner(search) or _find_owner(search)
    if owner is not None:
        return Customer.id == owner
    digits = re.sub(r"\D", "", search)
    if rules.looks_like_mail(search) or ("." in search and " " not in search and not digits):
        return _address_like(AddressKind.MAIL, search.lower())
    if len(digits) >= MIN_DIGITS and not re.search(r"[^\W\d_]", search):
        return _address_like(AddressKind.PHONE, digits.removeprefix("00").removeprefix("0"))
    return and_(*(Customer.sort_key.like(f"%{_escaped(word)}%") for word in fold(search).split()))


def _find_card_owner(search: str) -> int | None:
    card = select(ExternalId.customer_id)
    return db.session.scalar(card.where(ExternalId.source == LOYALTY_CARD, ExternalId.value == search))


def _address_like(kind: AddressKind, part: str) -> ColumnElement[bool]:
    like = Address.value.like(f"%{_escaped(part)}%")
    return Customer.id.in_(select(Address.customer_id).where(Address.kind == kind, like))


def _escaped(text: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", text)


def _rows() -> Select[Any]:
    """One customer a row, with the primary addresses and the loyalty card fetched by index."""
    return select(
        *table_of(Customer).c,
        _primary(AddressKind.MAIL).label("mail"),
        _primary(AddressKind.PHONE).label("phone"),
        select(ExternalId.value)
        .where(ExternalId.customer_id == Customer.id, ExternalId.source == LOYALTY_CARD)
        .order_by(ExternalId.id.desc())
        .limit(1)
        .correlate(Customer)
        .scalar_subquery()
        .label("loyalty_card"),
    )


def _primary(kind: AddressKind) -> Any:
    address = aliased(Address)
    return (
        select(address.value)
        .where(address.customer_id == Customer.id, address.kind == kind)
        .order_by(address.is_primary.desc(), address.id.desc())
        .limit(1)
        .correlate(Customer)
        .scalar_subquery()
    )


def _row_of(row: Any) -> CustomerRow:
    name = " ".join(filter(None, (row.first_name, row.last_name)))
    return CustomerRow(
        id=row.id,
        title=row.title,
        first_name=row.first_name,
        last_name=row.last_name,
        name=name or row.company or row.mail or row.phone or row.loyalty_card or "",
        language=row.language,
        postcode=row.postcode,
        country=row.country,
        company=row.company,
        birth_on=row.birth_on,
        mail=row.mail,
        phone=row.phone,
        preferred_store_id=row.preferred_store_id,
        loyalty_card=row.loyalty_card,
        created_at=row.created_at,
        sort_key=row.sort_key,
        merged_into_id=row.merged_into_id,
        is_erased=row.erased_at is not None,
        street=row.street,
        town=row.town,
    )


def get_contactability(customer_ids: Collection[int]) -> dict[int, Contactability]:
    """What may be written to many customers, in three queries: consents and suppressions of the primary addresses.

    Themes are left out: a pair is about the purpose as a whole.
    """
    customers = get_customers(customer_ids)
    addresses = {value for row in customers.values() for value in (row.mail, row.phone) if value}
    said = get_consent_states(addresses)
    suppressed = get_suppression_words(addresses)
    answers = {}
    for customer_id, row in customers.items():
        mine = [value for value in (row.mail, row.phone) if value]
        states = [state for value in mine for state in said.get(value, [])]
        answers[customer_id] = Contactability(
            mail=row.mail,
            phone=row.phone,
            consents=_pairs(states, ConsentAction.GIVEN),
            refusals=_pairs(states, ConsentAction.WITHDRAWN),
            suppressed=frozenset(word for value in mine for word in suppressed.get(value, ())),
        )
    return answers


def _pairs(states: Iterable[Said], action: ConsentAction) -> frozenset[tuple[Channel, Purpose]]:
    return frozenset(
        (each.channel, each.purpose) for each in states if not each.theme and each.action is action
    )


def list_addresses(customer_id: int) -> list[AddressRow]:
    """All addresses of a customer, primary first, each with what blocks it."""
    found = db.session.scalars(
        select(Address)
        .where(Address.customer_id == customer_id)
        .order_by(Address.kind, Address.is_primary.desc(), Address.id)
    ).all()
    blocked: dict[str, list[tuple[Purpose | None, SuppressionReason, Any]]] = {}
    for value, purpose, reason, since in list_suppressions({row.value for row in found}):
        blocked.setdefault(value, []).append((purpose, reason, since))
    return [
        AddressRow(row.kind, row.value, row.is_primary, tuple(blocked.get(row.value, ()))) for row in found
    ]


def list_consents(customer_id: int) -> list[ConsentRow]:
    """The ledger of all addresses of a customer, newest first; `is_current` marks what is in force."""
    mine = select(Address.value).where(Address.customer_id == customer_id)
    current = and_(
        ConsentState.entry_id == ConsentEntry.id,
        ConsentState.address_kind == ConsentEntry.address_kind,
        ConsentState.address == ConsentEntry.address,
        ConsentState.channel == ConsentEntry.channel,
        ConsentState.purpose == ConsentEntry.purpose,
        ConsentState.theme == ConsentEntry.theme,
    )
    statement = (
        select(ConsentEntry, ConsentState.id.is_not(None))
        .outerjoin(ConsentState, current)
        .where(ConsentEntry.address_kind.in_(list(AddressKind)), ConsentEntry.address.in_(mine))
        .order_by(ConsentEntry.happened_at.desc(), ConsentEntry.id.desc())
        .limit(LEDGER_LIMIT)
    )
    return [_consent_of(entry, is_current) for entry, is_current in db.session.execute(statement)]


def _consent_of(entry: ConsentEntry, is_current: bool) -> ConsentRow:
    return ConsentRow(
        id=entry.id,
        address=entry.address,
        channel=entry.channel,
        purpose=entry.purpose,
        theme=entry.theme,
        action=entry.action,
        legal_basis=entry.legal_basis,
        wording=entry.wording,
        wording_version=entry.wording_version,
        collection_point=entry.collection_point,
        actor_kind=entry.actor_kind,
        agent_id=entry.agent_id,
        ip=entry.ip,
        user_agent=entry.user_agent,
        evidence=entry.evidence,
        happened_at=entry.happened_at,
        is_current=is_current,
    )


def list_facts(customer_id: int, after: str | None = None, size: int = PAGE_SIZE) -> Page[FactLine]:
    """The customer's timeline, newest first."""
    newest = FactRow.happened_at.desc(), FactRow.id.desc()
    statement = select(FactRow).where(FactRow.customer_id == customer_id).order_by(*newest).limit(size + 1)
    if after:
        happened_at, fact_id = decode_key(after, datetime, int)
        place = tuple_(literal(happened_at), fact_id)
        statement = statement.where(tuple_(FactRow.happened_at, FactRow.id) < place)
    rows = [FactLine(row.id, row.kind, row.happened_at, row.data) for row in db.session.scalars(statement)]
    return make_page(rows, size=size, key=lambda row: (row.happened_at, row.id))
