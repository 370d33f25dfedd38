"""What the gate asks about addresses, for many at once: consents, suppressions, the customer's own choice of frequency."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, null, select, union_all

from hub.core.batches import among
from hub.core.db import db
from hub.core.words import Channel, Purpose
from hub.customers.consents import hash_of
from hub.customers.models import Address, ConsentState, ContactChoice, Suppression
from hub.customers.rules import Said, choose_answer
from hub.customers.words import AddressKind, ConsentAction, SuppressionReason

Blocked = tuple[str, Purpose | None, SuppressionReason, datetime]


@dataclass(frozen=True)
class ContactNote:
    """What an address chose for itself: at most `cap_count` messages in any `cap_days` days, none before `paused_until`.

    `is_unconfirmed`: its double opt-in is open.
    """

    cap_count: int | None = None
    cap_days: int | None = None
    paused_until: datetime | None = None
    is_unconfirmed: bool = False


def get_consent_states(addresses: Collection[str]) -> dict[str, list[Said]]:
    """What was last said for each normalised address: mail addresses and numbers cannot be mistaken for each other."""
    state = ConsentState
    statement = select(
        state.address, state.channel, state.purpose, state.theme, state.action, state.happened_at
    ).where(state.address_kind.in_(list(AddressKind)), among(state.address, addresses))
    said: dict[str, list[Said]] = {}
    for row in db.session.execute(statement):
        said.setdefault(row.address, []).append(
            Said(row.channel, row.purpose, row.theme, row.action, row.happened_at)
        )
    return said


def is_against(address: str, channel: Channel, purpose: Purpose, theme: str = "") -> bool:
    """Whether a normalised address has refused this or may not be written to: only its owner's own yes ends that."""
    said = get_consent_states([address]).get(address, [])
    is_refused = choose_answer(said, channel, purpose, theme) is ConsentAction.WITHDRAWN
    return is_refused or not get_suppressed([address]).isdisjoint({address, f"{address}|{purpose}"})


def get_contact_notes(addresses: Collection[str]) -> dict[str, ContactNote]:
    """By normalised address, those that chose something or are unconfirmed; one statement."""
    if not addresses:
        return {}
    notes: dict[str, ContactNote] = {}
    for row in db.session.execute(_notes_of(addresses)):
        old = notes.get(row.address, ContactNote())
        notes[row.address] = ContactNote(
            row.cap_count or old.cap_count,
            row.cap_days or old.cap_days,
            row.paused_until or old.paused_until,
            row.is_open or old.is_unconfirmed,
        )
    return notes


def _notes_of(addresses: Collection[str]) -> Select[Any]:
    choice, kinds = ContactChoice, list(AddressKind)
    no: ColumnElement[bool] = choice.id.is_(None)
    chosen = select(
        choice.address.label("address"),
        choice.cap_count.label("cap_count"),
        choice.cap_days.label("cap_days"),
        choice.paused_until.label("paused_until"),
        no.label("is_open"),
    ).where(choice.address_kind.in_(kinds), among(choice.address, addresses))
    unconfirmed = select(Address.value, null(), null(), null(), Address.unconfirmed_since.is_not(None)).where(
        Address.kind.in_(kinds), among(Address.value, addresses), Address.unconfirmed_since.is_not(None)
    )
    both = union_all(chosen, unconfirmed).subquery()
    return select(both.c.address, both.c.cap_count, both.c.cap_days, both.c.paused_until, both.c.is_open)


def get_suppressed(addresses: Collection[str]) -> frozenset[str]:
    """Of normalised addresses those nothing may be sent to: `address`, or `address|purpose` for one purpose."""
    return frozenset(word for words in get_suppression_words(addresses).values() for word in words)


def get_suppression_words(addresses: Collection[str]) -> dict[str, list[str]]:
    """As `get_suppressed`, by address."""
    words: dict[str, list[str]] = {}
    for value, purpose, _reason, _since in list_suppressions(addresses):
        words.setdefault(value, []).append(f"{value}|{purpose.value}" if purpose else value)
    return words


def list_suppressions(addresses: Collection[str]) -> list[Blocked]:
    """(address, purpose or None for everything, why, since) of normalised addresses."""
    by_hash = {hash_of(value): value for value in addresses}
    if not by_hash:
        return []
    found = db.session.scalars(select(Suppression).where(among(Suppression.address_hash, by_hash)))
    return [(by_hash[row.address_hash], row.purpose, row.reason, row.created_at) for row in found]
