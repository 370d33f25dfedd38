"""What the gate asks about people and addresses, for many at once: consents, suppressions, the customer's own choice of frequency."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, null, select, union_all

from hub.core.batches import among
from hub.core.questions import Question, Rows, answered
from hub.core.words import Channel, Purpose
from hub.customers.consents import hash_of
from hub.customers.models import Address, ConsentState, ContactChoice, Customer, Suppression
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


def get_places(customer_ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """Country (ISO 3166 alpha-2) and post code by id, for quiet hours; unknown ids are left out."""
    return ask_places(customer_ids).ask()


def ask_places(customer_ids: Collection[int]) -> Question[dict[int, tuple[str, str]]]:
    statement = select(Customer.id, Customer.country, Customer.postcode).where(
        among(Customer.id, customer_ids)
    )
    return Question((statement,), lambda rows: {row.id: (row.country, row.postcode) for row in rows})


def get_consent_states(addresses: Collection[str]) -> dict[str, list[Said]]:
    """What was last said for each normalised address: mail addresses and numbers cannot be mistaken for each other."""
    return ask_consent_states(addresses).ask()


def ask_consent_states(addresses: Collection[str]) -> Question[dict[str, list[Said]]]:
    state = ConsentState
    statement = select(
        state.address, state.channel, state.purpose, state.theme, state.action, state.happened_at
    ).where(state.address_kind.in_(list(AddressKind)), among(state.address, addresses))
    return Question((statement,), _said)


def _said(rows: Rows) -> dict[str, list[Said]]:
    said: dict[str, list[Said]] = {}
    for row in rows:
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
    return ask_contact_notes(addresses).ask()


def ask_contact_notes(addresses: Collection[str]) -> Question[dict[str, ContactNote]]:
    return Question((_notes_of(addresses),), _notes) if addresses else answered({})


def _notes(rows: Rows) -> dict[str, ContactNote]:
    notes: dict[str, ContactNote] = {}
    for row in rows:
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
    return ask_suppressed(addresses).ask()


def ask_suppressed(addresses: Collection[str]) -> Question[frozenset[str]]:
    return _ask_suppressions(addresses).then(
        lambda found: frozenset(word for words in _words(found).values() for word in words)
    )


def get_suppression_words(addresses: Collection[str]) -> dict[str, list[str]]:
    """As `get_suppressed`, by address."""
    return _words(list_suppressions(addresses))


def _words(blocked: Collection[Blocked]) -> dict[str, list[str]]:
    words: dict[str, list[str]] = {}
    for value, purpose, _reason, _since in blocked:
        words.setdefault(value, []).append(f"{value}|{purpose.value}" if purpose else value)
    return words


def list_suppressions(addresses: Collection[str]) -> list[Blocked]:
    """(address, purpose or None for everything, why, since) of normalised addresses."""
    return _ask_suppressions(addresses).ask()


def _ask_suppressions(addresses: Collection[str]) -> Question[list[Blocked]]:
    by_hash = {hash_of(value): value for value in addresses}
    if not by_hash:
        return answered([])
    stop = Suppression
    found = select(stop.address_hash, stop.purpose, stop.reason, stop.created_at).where(
        among(stop.address_hash, by_hash)
    )
    return Question(
        (found,), lambda rows: [(by_hash[digest], purpose, why, at) for digest, purpose, why, at in rows]
    )
