"""Customers, their addresses and ids, the consent ledger and suppressed addresses."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base, words
from hub.core.words import ActorKind, Channel, Language, Purpose
from hub.customers.words import (
    AddressKind,
    ConsentAction,
    LeavingReason,
    LegalBasis,
    OptinState,
    SuppressionReason,
    Title,
)
from hub.stores.models import Store


class Customer(Base):
    """One person (or a company's contact). `preferred_store_id` is a store without a foreign key upstairs.

    `last_active_at`: the latest order, ticket, answer or click, None until the nightly job has looked; `archived_at`: left
    out of lists and segments until a sign of life; `erased_at`: the row stays for the figures, without identity.
    """

    __tablename__ = "customers"
    __table_args__ = (
        Index("ix_customers_list", "sort_key", "id"),
        Index(
            "ix_customers_search",
            "sort_key",
            postgresql_using="gin",
            postgresql_ops={"sort_key": "gin_trgm_ops"},
        ),
        Index(
            "ix_customers_properties",
            "properties",
            postgresql_using="gin",
            postgresql_ops={"properties": "jsonb_path_ops"},
        ),
        Index(
            "ix_customers_archived",
            "archive_run_id",
            "id",
            postgresql_where="archived_at IS NOT NULL",
        ),
        Index("ix_customers_last_active", "last_active_at", "id"),
        Index("ix_customers_created", "created_at", "id"),
        Index(
            "ix_customers_birthday",
            text("(EXTRACT(MONTH FROM birth_on)::int * 100 + EXTRACT(DAY FROM birth_on)::int)"),
            "id",
            postgresql_where="birth_on IS NOT NULL",
        ),
        Index(
            "ix_customers_preferred_store",
            "preferred_store_id",
            "id",
            postgresql_where="preferred_store_id IS NOT NULL",
        ),
        Index("ix_customers_merged", "merged_into_id", postgresql_where="merged_into_id IS NOT NULL"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[Title | None] = mapped_column(words(Title))
    first_name: Mapped[str] = mapped_column(default="")
    last_name: Mapped[str] = mapped_column(default="")
    sort_key: Mapped[str] = mapped_column(default="")
    birth_on: Mapped[date | None]
    street: Mapped[str] = mapped_column(default="", server_default="")
    postcode: Mapped[str] = mapped_column(default="")
    town: Mapped[str] = mapped_column(default="", server_default="")
    country: Mapped[str] = mapped_column(default="FR")
    company: Mapped[str] = mapped_column(default="")
    language: Mapped[Language] = mapped_column(words(Language))
    preferred_store_id: Mapped[int | None] = mapped_column(ForeignKey(Store.id))
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    properties: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    last_active_at: Mapped[datetime | None]
    archived_at: Mapped[datetime | None]
    archive_run_id: Mapped[int | None]
    erased_at: Mapped[datetime | None]


class Address(Base):
    """A mail address or phone number in its normal form (lower case; E.164), owned by one customer.

    `unconfirmed_since`: known from a form with double opt-in only, and not confirmed: it receives the confirmation and
    nothing else.
    """

    __tablename__ = "addresses"
    __table_args__ = (
        UniqueConstraint("kind", "value"),
        Index(
            "ix_addresses_search",
            "value",
            postgresql_using="gin",
            postgresql_ops={"value": "gin_trgm_ops"},
        ),
        Index("ix_addresses_owner", "kind", "value", postgresql_include=["customer_id"]),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    kind: Mapped[AddressKind] = mapped_column(words(AddressKind))
    value: Mapped[str]
    is_primary: Mapped[bool] = mapped_column(default=True)
    unconfirmed_since: Mapped[datetime | None]
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
    """The ledger, append-only (a trigger refuses changes): what was said for an address, with its proof.

    The latest entry is the state. `theme` narrows a promotion to one subject; "" is all of them. `happened_at` is never
    later than `recorded_at`; `told_at` is the time of a teller whose clock runs ahead of ours. `evidence` holds what
    else proves it: {"asked_at", "asked_ip", "asked_user_agent"} of a double opt-in.
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
    theme: Mapped[str] = mapped_column(default="", server_default="")
    action: Mapped[ConsentAction] = mapped_column(words(ConsentAction))
    legal_basis: Mapped[LegalBasis] = mapped_column(words(LegalBasis))
    wording: Mapped[str] = mapped_column(default="")
    wording_version: Mapped[str] = mapped_column(default="")
    collection_point: Mapped[str]
    actor_kind: Mapped[ActorKind] = mapped_column(words(ActorKind), server_default=ActorKind.SYSTEM.value)
    agent_id: Mapped[int | None]
    api_key_id: Mapped[int | None]
    ip: Mapped[str | None]
    user_agent: Mapped[str | None]
    evidence: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    happened_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    recorded_at: Mapped[datetime]


class ConsentState(Base):
    """The projection of the ledger: one row per address, channel, purpose and theme."""

    __tablename__ = "consent_states"
    __table_args__ = (
        UniqueConstraint("address_kind", "address", "channel", "purpose", "theme"),
        Index(
            "ix_consent_states_given",
            "channel",
            "purpose",
            "address_kind",
            "address",
            postgresql_where="action = 'given' AND theme = ''",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    address_kind: Mapped[AddressKind] = mapped_column(words(AddressKind))
    address: Mapped[str]
    channel: Mapped[Channel] = mapped_column(words(Channel))
    purpose: Mapped[Purpose] = mapped_column(words(Purpose))
    theme: Mapped[str] = mapped_column(default="", server_default="")
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


class ContactChoice(Base):
    """How often an address wants to be written to, and until when not at all: business time, at most
    `cap_count` messages in any `cap_days` days.
    """

    __tablename__ = "contact_choices"
    __table_args__ = (UniqueConstraint("address_kind", "address"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    address_kind: Mapped[AddressKind] = mapped_column(words(AddressKind))
    address: Mapped[str]
    cap_count: Mapped[int | None]
    cap_days: Mapped[int | None]
    paused_until: Mapped[datetime | None]
    updated_at: Mapped[datetime]


class LeavingAnswer(Base):
    """Why somebody stopped, in his words. The address is kept as a keyed hash only."""

    __tablename__ = "leaving_answers"

    id: Mapped[int] = mapped_column(primary_key=True)
    address_hash: Mapped[str] = mapped_column(index=True)
    channel: Mapped[Channel] = mapped_column(words(Channel))
    reason: Mapped[LeavingReason] = mapped_column(words(LeavingReason))
    remark: Mapped[str] = mapped_column(default="")
    happened_at: Mapped[datetime] = mapped_column(index=True)


class OptinRequest(Base):
    """A double opt-in under way: what the ledger will say once the owner of the address confirmed it, by the button of
    a mail or by START from the phone. Each asking is its own row.

    `wishes` is a list of {"kind", "address", "channel", "purpose", "theme", "wording"}. Times are business time.
    """

    __tablename__ = "optin_requests"
    __table_args__ = (
        Index(
            "ix_optin_requests_pending", "address", "collection_point", postgresql_where="state = 'pending'"
        ),
        Index("ix_optin_requests_expiry", "expires_at", postgresql_where="state = 'pending'"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str]
    wishes: Mapped[list[Any]]
    wording_version: Mapped[str]
    collection_point: Mapped[str]
    language: Mapped[Language] = mapped_column(words(Language))
    state: Mapped[OptinState] = mapped_column(words(OptinState))
    ip: Mapped[str | None]
    user_agent: Mapped[str | None]
    requested_at: Mapped[datetime]
    sent_count: Mapped[int] = mapped_column(default=0)
    last_sent_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
