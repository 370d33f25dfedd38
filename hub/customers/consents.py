"""The consent ledger with its projection, and suppressed addresses."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import case, delete, func, literal, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from hub.core import facts, signing
from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db
from hub.core.errors import Invalid, NotFound
from hub.core.text import N_
from hub.core.words import ActorKind, Channel, Purpose
from hub.customers import rules
from hub.customers.facts import AddressSuppressed, ConsentChanged, SuppressionLifted
from hub.customers.models import Address, ConsentEntry, ConsentState, Suppression
from hub.customers.words import AddressKind, ConsentAction, LegalBasis, SuppressionReason

STRENGTH = (
    SuppressionReason.REFUSED,
    SuppressionReason.STOP,
    SuppressionReason.COMPLAINT,
    SuppressionReason.STAFF,
    SuppressionReason.HARD_BOUNCE,
)
"""Weaker ones first: what the customer's own yes ends, then what only a person lifts."""
OWN_WORDS = (SuppressionReason.COMPLAINT, SuppressionReason.STOP, SuppressionReason.REFUSED)


def record_consent(
    *,
    address_kind: AddressKind,
    address: str,
    channel: Channel,
    purpose: Purpose,
    action: ConsentAction,
    legal_basis: LegalBasis,
    wording: str,
    wording_version: str,
    collection_point: str,
    by: Actor,
    now: datetime,
    ip: str | None = None,
    user_agent: str | None = None,
    happened_at: datetime | None = None,
    theme: str = "",
    evidence: Mapping[str, str] | None = None,
) -> int:
    """Append it to the ledger (told twice is one; the later one wins, then a withdrawal). The id; raises Invalid."""
    entry = ConsentEntry(
        address_kind=address_kind,
        address=normalise(address_kind, address),
        channel=channel,
        purpose=purpose,
        theme=theme,
        action=action,
        legal_basis=legal_basis,
        wording=wording,
        wording_version=wording_version,
        collection_point=collection_point,
        **_actor_of(by),
        ip=ip,
        user_agent=user_agent,
        evidence=dict(evidence or {}),
        **_moments_of(happened_at, now),
    )
    return _find_same(entry) or _enter(entry)


def _actor_of(by: Actor) -> dict[str, Any]:
    return {"actor_kind": by.kind, "agent_id": by.agent_id, "api_key_id": by.api_key_id}


def _moments_of(happened_at: datetime | None, now: datetime) -> dict[str, Any]:
    told_at = happened_at if happened_at and happened_at > now else None
    return {"happened_at": min(happened_at or now, now), "told_at": told_at, "recorded_at": now}


def _enter(entry: ConsentEntry) -> int:
    db.session.add(entry)
    db.session.flush()
    if _project(entry):
        _lift_own(entry)
        is_given = entry.action is ConsentAction.GIVEN
        customer_id = _owner_of(entry.address_kind, entry.address)
        fact = ConsentChanged(customer_id=customer_id, entry_id=entry.id, is_given=is_given)
        facts.record(fact, now=entry.happened_at)
    return entry.id


def _lift_own(entry: ConsentEntry) -> None:
    """A yes that the customer gives himself ends what he had stopped himself; a bounce or a word of staff stays."""
    if entry.action is ConsentAction.WITHDRAWN or entry.actor_kind is not ActorKind.CUSTOMER:
        return
    db.session.execute(
        delete(Suppression).where(
            Suppression.address_hash == hash_of(entry.address),
            Suppression.purpose == entry.purpose,
            Suppression.reason.in_(OWN_WORDS),
        )
    )


def _find_same(entry: ConsentEntry) -> int | None:
    same = select(ConsentEntry.id).where(
        ConsentEntry.address_kind == entry.address_kind,
        ConsentEntry.address == entry.address,
        ConsentEntry.channel == entry.channel,
        ConsentEntry.purpose == entry.purpose,
        ConsentEntry.theme == entry.theme,
        ConsentEntry.action == entry.action,
        func.coalesce(ConsentEntry.told_at, ConsentEntry.happened_at) == (entry.told_at or entry.happened_at),
        ConsentEntry.collection_point == entry.collection_point,
    )
    return db.session.scalar(same.limit(1))


def _project(entry: ConsentEntry) -> bool:
    """Let the entry become the state if it is the later one; True when the state is now this entry."""
    new = insert(ConsentState).values(
        address_kind=entry.address_kind,
        address=entry.address,
        channel=entry.channel,
        purpose=entry.purpose,
        theme=entry.theme,
        action=entry.action,
        legal_basis=entry.legal_basis,
        entry_id=entry.id,
        happened_at=entry.happened_at,
    )
    withdrawn = ConsentAction.WITHDRAWN
    is_later = tuple_(
        new.excluded.happened_at, new.excluded.action == withdrawn, new.excluded.entry_id
    ) > tuple_(ConsentState.happened_at, ConsentState.action == withdrawn, ConsentState.entry_id)
    statement = new.on_conflict_do_update(
        index_elements=["address_kind", "address", "channel", "purpose", "theme"],
        set_={
            "action": new.excluded.action,
            "legal_basis": new.excluded.legal_basis,
            "entry_id": new.excluded.entry_id,
            "happened_at": new.excluded.happened_at,
        },
        where=is_later,
    ).returning(ConsentState.id)
    return db.session.scalar(statement) is not None


def suppress(
    address: str, *, purpose: Purpose | None = None, reason: SuppressionReason, now: datetime
) -> bool:
    """Send nothing (or nothing of `purpose`) to this address from now on. False when that was so already.

    Kept as a keyed hash only, so that it survives erasure. Takes a mail address or a phone, in any spelling.
    """
    value = normalise(kind_of(address), address)
    new = insert(Suppression).values(
        address_hash=hash_of(value), purpose=purpose, reason=reason, created_at=now
    )
    suppression_id = db.session.scalar(new.on_conflict_do_nothing().returning(Suppression.id))
    if suppression_id is None:
        _suppress_again(value, purpose, reason, now)
        return False
    customer_id = _owner_of(kind_of(address), value)
    facts.record(AddressSuppressed(customer_id=customer_id, suppression_id=suppression_id), now=now)
    return True


def _suppress_again(value: str, purpose: Purpose | None, reason: SuppressionReason, now: datetime) -> None:
    """Said anew: from now on, for the stronger reason. A row that a merge had added is not the merge's any more."""
    if reason is SuppressionReason.HARD_BOUNCE:
        return
    weaker = STRENGTH[: STRENGTH.index(reason)]
    again = update(Suppression).where(
        Suppression.address_hash == hash_of(value),
        Suppression.purpose.is_not_distinct_from(purpose),
        Suppression.created_at < now,
    )
    stronger = case(
        (Suppression.reason.in_(weaker), literal(reason, Suppression.reason.type)), else_=Suppression.reason
    )
    db.session.execute(again.values(reason=stronger, created_at=now))


def lift_suppression(address: str, *, purpose: Purpose | None = None, by: Actor, now: datetime) -> None:
    """Let messages go to this address again, said by a person. Raises NotFound when it is not suppressed."""
    value = normalise(kind_of(address), address)
    gone = delete(Suppression).where(
        Suppression.address_hash == hash_of(value), Suppression.purpose.is_not_distinct_from(purpose)
    )
    suppression_id = db.session.scalar(gone.returning(Suppression.id))
    if suppression_id is None:
        raise NotFound(N_("This address is not blocked any more. Please reload the page."))
    customer_id = _owner_of(kind_of(address), value)
    word = purpose.value if purpose else None
    note_change(
        "suppression.lifted", subject_kind="customer", subject_id=customer_id, by=by, now=now, purpose=word
    )
    facts.record(SuppressionLifted(customer_id=customer_id, suppression_id=suppression_id), now=now)


def hash_of(value: str) -> str:
    """The keyed hash of a normalised address, as suppressions keep it."""
    return signing.keyed_hash("suppression", value)


def kind_of(address: str) -> AddressKind:
    return AddressKind.MAIL if rules.looks_like_mail(address) else AddressKind.PHONE


def normalise(kind: AddressKind, address: str) -> str:
    """The normal form of an address. A bounced address that is no valid one is kept as it is, in lower case."""
    if kind is AddressKind.PHONE:
        return rules.normalise_phone(address)
    try:
        return rules.normalise_mail(address)
    except Invalid:
        if not rules.looks_like_mail(address):
            raise
        return address.strip().lower()


def _owner_of(kind: AddressKind, value: str) -> int | None:
    return db.session.scalar(select(Address.customer_id).where(Address.kind == kind, Address.value == value))
