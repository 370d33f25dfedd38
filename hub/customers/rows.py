"""What the customers room hands out: frozen rows instead of ORM objects, and what it takes in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from hub.core.words import ActorKind, Channel, Language, Purpose
from hub.customers.words import (
    AddressKind,
    ConsentAction,
    IdKind,
    LegalBasis,
    SuppressionReason,
    Title,
)


@dataclass(frozen=True, kw_only=True)
class CustomerDetails:
    """What somebody tells us about a customer; everything but one address or card may be missing."""

    email: str | None = None
    phone: str | None = None
    title: Title | None = None
    first_name: str = ""
    last_name: str = ""
    birth_on: date | None = None
    postcode: str = ""
    country: str | None = None
    company: str = ""
    language: Language | None = None
    loyalty_card: str | None = None
    external_ids: Mapping[str, str] = field(default_factory=dict)
    preferred_store_id: int | None = None
    street: str = ""
    town: str = ""


@dataclass(frozen=True)
class Elsewhere:
    """An address or card that was given but belongs to another customer, where it stays."""

    kind: IdKind
    customer_id: int


@dataclass(frozen=True)
class Resolved:
    """The customer found or made. `elsewhere` is for a person to look at: nothing is merged by itself."""

    customer_id: int
    is_new: bool
    elsewhere: tuple[Elsewhere, ...] = ()


@dataclass(frozen=True)
class CustomerRow:
    """A customer with the primary address of each kind. `name` is never empty when anything is known."""

    id: int
    title: Title | None
    first_name: str
    last_name: str
    name: str
    language: Language
    postcode: str
    country: str
    company: str
    birth_on: date | None
    mail: str | None
    phone: str | None
    preferred_store_id: int | None
    loyalty_card: str | None
    created_at: datetime
    sort_key: str
    merged_into_id: int | None = None
    is_erased: bool = False
    street: str = ""
    town: str = ""


@dataclass(frozen=True)
class AddressRow:
    """One address of a customer. `suppressions` holds (purpose or None for all, reason, since)."""

    kind: AddressKind
    value: str
    is_primary: bool
    suppressions: tuple[tuple[Purpose | None, SuppressionReason, datetime], ...]


@dataclass(frozen=True)
class ConsentRow:
    """One ledger entry with its proof; `is_current` when it is the state of its address, channel, purpose and theme."""

    id: int
    address: str
    channel: Channel
    purpose: Purpose
    theme: str
    action: ConsentAction
    legal_basis: LegalBasis
    wording: str
    wording_version: str
    collection_point: str
    actor_kind: ActorKind
    agent_id: int | None
    ip: str | None
    user_agent: str | None
    evidence: Mapping[str, Any]
    happened_at: datetime
    is_current: bool


@dataclass(frozen=True)
class Contactability:
    """What the gate asks before a message leaves. `suppressed` holds `address` or `address|purpose`."""

    mail: str | None
    phone: str | None
    consents: frozenset[tuple[Channel, Purpose]]
    refusals: frozenset[tuple[Channel, Purpose]]
    suppressed: frozenset[str]


@dataclass(frozen=True)
class FactLine:
    """Something that happened to a customer: ids and numbers only."""

    id: int
    kind: str
    happened_at: datetime
    data: dict[str, Any]
