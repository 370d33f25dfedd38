"""STOP and START of a phone: STOP survives erasure as a suppression, START gives back what it took or confirms a form."""

from datetime import datetime

from sqlalchemy import delete, or_, select

from hub.core import facts
from hub.core.actor import CUSTOMER
from hub.core.db import db
from hub.core.words import Channel, Purpose
from hub.customers.consents import hash_of, normalise, record_consent, suppress
from hub.customers.facts import SuppressionLifted
from hub.customers.models import ConsentEntry, ConsentState, Suppression
from hub.customers.optin import confirm_by_phone
from hub.customers.queries import find_customer_by_address
from hub.customers.stopping import STOPPED, WORDING_CHARS, stop_messages
from hub.customers.words import AddressKind, ConsentAction, LegalBasis, SuppressionReason

PHONE_STOP = "phone-stop:"


def stop_phone(
    *, phone: str, channel: Channel, wording: str, arrival_id: int, now: datetime, happened_at: datetime
) -> None:
    """A phone said STOP: no more advertising and surveys, as for a mail, and a suppression that survives erasure."""
    stop_messages(
        address=phone,
        channel=channel,
        wording=wording,
        collection_point=f"{PHONE_STOP}{arrival_id}",
        now=now,
        happened_at=happened_at,
    )
    for purpose in STOPPED:
        suppress(phone, purpose=purpose, reason=SuppressionReason.STOP, now=now)


def restart_phone(
    *, phone: str, channel: Channel, wording: str, arrival_id: int, now: datetime, happened_at: datetime
) -> bool:
    """A phone said START. Returns whether that had an effect: if not, it is a message like any other.

    It gives back what STOP took; where STOP took nothing, it confirms what a form was told for this number. A bounce, a word of staff, a refusal in the preference centre and a consent never given stay as they are.
    """
    value = normalise(AddressKind.PHONE, phone)
    lifted = _lift(value, now=now)
    stopped = _list_stopped(value, channel)
    for entry in stopped:
        for earlier in _list_taken(entry):
            record_consent(
                address_kind=AddressKind.PHONE,
                address=value,
                channel=channel,
                purpose=entry.purpose,
                theme=earlier.theme if earlier else "",
                action=ConsentAction.GIVEN,
                legal_basis=earlier.legal_basis if earlier else LegalBasis.EXISTING_CUSTOMER,
                wording=wording[:WORDING_CHARS],
                wording_version="",
                collection_point=f"phone-start:{arrival_id}",
                by=CUSTOMER,
                now=now,
                happened_at=happened_at,
            )
    return lifted or bool(stopped) or confirm_by_phone(value, channel, now=now)


def _lift(value: str, *, now: datetime) -> bool:
    """The suppressions of STOP, and of the carrier that heard it before us."""
    gone = db.session.scalars(
        delete(Suppression)
        .where(
            Suppression.address_hash == hash_of(value),
            Suppression.reason == SuppressionReason.STOP,
            or_(Suppression.purpose.is_(None), Suppression.purpose.in_(STOPPED)),
        )
        .returning(Suppression.id)
    ).all()
    owner = find_customer_by_address(value)
    for suppression_id in gone:
        fact = SuppressionLifted(customer_id=owner.id if owner else None, suppression_id=suppression_id)
        facts.record(fact, now=now)
    return bool(gone)


def _list_stopped(value: str, channel: Channel) -> list[ConsentEntry]:
    """The withdrawals by STOP that are still the last word."""
    found = (
        select(ConsentEntry)
        .join(ConsentState, ConsentState.entry_id == ConsentEntry.id)
        .where(
            ConsentState.address_kind == AddressKind.PHONE,
            ConsentState.address == value,
            ConsentState.channel == channel,
            ConsentState.purpose.in_(STOPPED),
            ConsentState.theme == "",
            ConsentState.action == ConsentAction.WITHDRAWN,
            ConsentEntry.collection_point.startswith(PHONE_STOP),
        )
        .order_by(ConsentEntry.id)
    )
    return list(db.session.scalars(found))


def _list_taken(stop: ConsentEntry) -> list[ConsentEntry | None]:
    """What had been said yes to before this STOP: the purpose or themes of it. None: a survey, which rested on no yes."""
    before = (
        select(ConsentEntry)
        .where(
            ConsentEntry.address_kind == stop.address_kind,
            ConsentEntry.address == stop.address,
            ConsentEntry.channel == stop.channel,
            ConsentEntry.purpose == stop.purpose,
            ConsentEntry.id < stop.id,
        )
        .order_by(ConsentEntry.happened_at, ConsentEntry.id)
    )
    last = {entry.theme: entry for entry in db.session.scalars(before)}
    taken = [entry for entry in last.values() if entry.action is ConsentAction.GIVEN]
    if stop.purpose is Purpose.SURVEY and "" not in last:
        return [None]
    return list(taken)
