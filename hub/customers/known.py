"""What was known of customers at a moment, for many at once: what they had agreed to, and their last sign of life."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Text, select, text
from sqlalchemy.types import TypeEngine

from hub.core.batches import among, array_of
from hub.core.db import db
from hub.core.questions import Question, Rows, answered, written
from hub.core.words import Channel, Purpose
from hub.customers.models import ConsentEntry, Customer
from hub.customers.rules import Said
from hub.customers.words import AddressKind, ConsentAction

_SAID = text("""
    SELECT position, last.action, last.happened_at
    FROM unnest(CAST(:customers AS bigint[]), CAST(:ats AS timestamptz[]))
        WITH ORDINALITY AS asked (customer_id, at, position)
    JOIN addresses ON addresses.customer_id = asked.customer_id AND addresses.kind = :kind
        AND addresses.unconfirmed_since IS NULL
    CROSS JOIN LATERAL (
        SELECT action, happened_at FROM consent_entries AS said
        WHERE said.address_kind = addresses.kind AND said.address = addresses.value AND said.channel = :channel
            AND said.purpose = :purpose AND said.theme = '' AND said.happened_at <= asked.at
        ORDER BY happened_at DESC, action = 'withdrawn' DESC, said.id DESC LIMIT 1) AS last
    ORDER BY position, addresses.is_primary
""")
_SHOWN: dict[str, TypeEngine[Any]] = {
    "position": BigInteger(),
    "action": Text(),
    "happened_at": DateTime(timezone=True),
}


def ask_said(
    asked: Sequence[tuple[int, datetime]], *, channel: Channel, purpose: Purpose
) -> Question[list[tuple[ConsentAction, datetime] | None]]:
    """For each (customer, moment) the last word by then for a purpose, and when; None without one.

    Of several addresses the primary one decides. From the ledger, so that the past is as good as today.
    """
    if not asked:
        return answered([])
    kind = AddressKind.MAIL if channel is Channel.EMAIL else AddressKind.PHONE
    given = {
        "customers": array_of(customer_id for customer_id, _ in asked),
        "ats": array_of(at for _, at in asked),
        "kind": kind.value,
        "channel": channel.value,
        "purpose": purpose.value,
    }
    places = range(1, len(asked) + 1)

    def read(rows: Rows) -> list[tuple[ConsentAction, datetime] | None]:
        found = {row.position: (ConsentAction(row.action), row.happened_at) for row in rows}
        return [found.get(place) for place in places]

    return Question((written(_SAID, _SHOWN, given),), read)


def list_said_until(addresses: Collection[str], *, until: datetime) -> dict[str, list[Said]]:
    """By address all that was ever said of it until then, in the order in which it counts: the later word wins."""
    entry = ConsentEntry
    rows = db.session.execute(
        select(entry.address, entry.channel, entry.purpose, entry.theme, entry.action, entry.happened_at)
        .where(
            entry.address_kind.in_(list(AddressKind)),
            among(entry.address, addresses),
            entry.happened_at <= until,
        )
        .order_by(entry.happened_at, entry.action == ConsentAction.WITHDRAWN, entry.id)
    )
    said: dict[str, list[Said]] = {}
    for row in rows:
        told = Said(row.channel, row.purpose, row.theme, row.action, row.happened_at)
        said.setdefault(row.address, []).append(told)
    return said


def find_subject(entry_id: int) -> tuple[Channel, Purpose] | None:
    """What one entry of the ledger is about; None for one that is not there."""
    found = db.session.execute(
        select(ConsentEntry.channel, ConsentEntry.purpose).where(ConsentEntry.id == entry_id)
    ).first()
    return (found[0], found[1]) if found else None


def get_last_activity(customer_ids: Collection[int]) -> dict[int, datetime]:
    """The last sign of life of each, as far as it was written down; the others are missing."""
    found = select(Customer.id, Customer.last_active_at).where(among(Customer.id, customer_ids))
    return {row[0]: row[1] for row in db.session.execute(found) if row[1] is not None}
