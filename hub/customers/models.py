"""Customers, their addresses and ids, the consent ledger and suppressed addresses."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base, words
from hub.core.words import Channel, Language, Purpose
from hub.customers.words import AddressKind, ConsentAction, LegalBasis, SuppressionReason, Title
from hub.stores.models import Store


class Customer(Base):
    """One person (or a company's contact). `preferred_store_id` is a store without a foreign key upstairs."""

    __tablename__ = "customers"
    __table_args__ = (
        Index("ix_customers_list", "sort_key", "id"),
        Index(
            "ix_customers_search",
            "sort_key",
            postgresql_using="gin",
            postgresql_ops={"sort_key": "gin_trgm_ops"},
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[Title | None] = mapped_column(words(Title))
    first_name: Mapped[str] = mapped_column(default="")
    last_name: Mapped[str] = mapped_column(default="")
    sort_key: Mapped[str] = mapped_column(default="")
    birth_on: Mapped[date | None]
    postcode: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(default="FR")
    company: Mapped[str] = mapped_column(default="")
    language: Mapped[Language] = mapped_column(words(Language))
    preferred_store_id: Mapped[int | None] = mapped_column(ForeignKey(Store.id))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Address(Base):
    """A mail address or phone number in its normal form (lower case; E.164), owned by one customer."""

    __tablename__ = "addresses"
    __table_args__ = (
        UniqueConstraint("kind", "value"),
        Index(
            "ix_addresses_search",
            "value",
            postgresql_using="gin",
            postgresql_ops={"value": "gin_trgm_ops"},
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    kind: Mapped[AddressKind] = mapped_column(words(AddressKind))
    value: Mapped[str]
    is_primary: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class ExternalId(Base):
    """How another system names the customer: `source` is shop, till or loyalty_card."""

    __tablename__ = "external_ids"
    __table_args__ = (UniqueConstraint("source", "value"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    source: Mapped[str]
    value: Mapped[str]


class ConsentEntry(Base):
    """The ledger, append-only: what was said for an address, with its proof. The latest entry is the state.

    `happened_at` is never later than `recorded_at`; `told_at` is the time of a teller whose clock runs ahead of ours.
    """

    __tablename__ = "consent_entries"
    __table_args__ = (
        Index(
            "ix_consent_entries_state", "address_kind", "address", "channel", "purpose", "happened_at", "id"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    address_kind: Mapped[AddressKind] = mapped_column(words(AddressKind))
    address: Mapped[str]
    channel: Mapped[Channel] = mapped_column(words(Channel))
    purpose: Mapped[Purpose] = mapped_column(words(Purpose))
    action: Mapped[ConsentAction] = mapped_column(words(ConsentAction))
    legal_basis: Mapped[LegalBasis] = mapped_column(words(LegalBasis))
    wording: Mapped[str] = mapped_column(default="")
    wording_version: Mapped[str] = mapped_column(default="")
    collection_point: Mapped[str]
    agent_id: Mapped[int | None]
    ip: Mapped[str | None]
    user_agent: Mapped[str | None]
    happened_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    recorded_at: Mapped[datetime]


class ConsentState(Base):
    """The projection of the ledger: one row per address, channel and purpose."""

    __tablename__ = "consent_states"
    __table_args__ = (UniqueConstraint("address_kind", "address", "channel", "purpose"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    address_kind: Mapped[AddressKind] = mapped_column(words(AddressKind))
    address: Mapped[str]
    channel: Mapped[Channel] = mapped_column(words(Channel))
    purpose: Mapped[Purpose] = mapped_column(words(Purpose))
    action: Mapped[ConsentAction] = mapped_column(words(ConsentAction))
    legal_basis: Mapped[LegalBasis] = mapped_column(words(LegalBasis))
    entry_id: Mapped[int] = mapped_column(ForeignKey("consent_entries.id"))
    happened_at: Mapped[datetime]


class Suppression(Base):
    """An address nothing may be sent to. Kept as a keyed hash, so that it survives erasure.

    `purpose` is None when everything is suppressed, else only that purpose (a complaint stops promotion).
    """

    __tablename__ = "suppressions"
    __table_args__ = (UniqueConstraint("address_hash", "purpose", postgresql_nulls_not_distinct=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    address_hash: Mapped[str]
    purpose: Mapped[Purpose | None] = mapped_column(words(Purpose))
    reason: Mapped[SuppressionReason] = mapped_column(words(SuppressionReason))
    created_at: Mapped[datetime]
