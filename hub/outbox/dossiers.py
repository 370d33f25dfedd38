"""What the gate knows of the receivers of messages: consents, stops, pauses, what is held back; one statement for a batch."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from hub.core import signing
from hub.core.batches import among
from hub.core.questions import Question, all_of, answered
from hub.core.words import Purpose
from hub.customers import contactability
from hub.customers.queries import ContactNote, Said
from hub.outbox.bounces import PAUSE_KEY
from hub.outbox.models import AddressPause, Hold
from hub.outbox.places import Place


@dataclass
class Dossier:
    """What is known of the receivers of a batch, by customer or by address."""

    places: Mapping[int, tuple[str, str]]
    said: Mapping[str, Sequence[Said]]
    notes: Mapping[str, ContactNote]
    suppressed: frozenset[str]
    paused: Mapping[str, datetime]
    holds: Mapping[tuple[int, Purpose], str]
    home: Place


def ask_dossier(
    customer_ids: Collection[int], recipients: Collection[str], *, home: Place, now: datetime
) -> Question[Dossier]:
    """In one statement, whatever their number."""
    return all_of(
        contactability.ask_places(customer_ids),
        contactability.ask_consent_states(recipients),
        contactability.ask_contact_notes(recipients),
        contactability.ask_suppressed(recipients),
        _ask_paused(recipients, now=now),
        _ask_holds(customer_ids),
    ).then(lambda found: Dossier(found[0], found[1], found[2], found[3], found[4], found[5], home))


def _ask_paused(addresses: Collection[str], *, now: datetime) -> Question[dict[str, datetime]]:
    by_hash = {signing.keyed_hash(PAUSE_KEY, address): address for address in addresses}
    paused = select(AddressPause.address_hash, AddressPause.resumes_at).where(
        among(AddressPause.address_hash, by_hash), AddressPause.resumes_at > now
    )
    return Question((paused,), lambda rows: {by_hash[digest]: resumes_at for digest, resumes_at in rows})


def _ask_holds(customer_ids: Collection[int]) -> Question[dict[tuple[int, Purpose], str]]:
    if not customer_ids:
        return answered({})
    held = select(Hold.customer_id, Hold.purpose, Hold.reason).where(
        among(Hold.customer_id, customer_ids), Hold.lifted_at.is_(None)
    )
    return Question((held,), lambda rows: {(person, purpose): reason for person, purpose, reason in rows})
