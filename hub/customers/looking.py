"""What other systems ask about customers: by the ids they know them by, and the words of a consent."""

from collections.abc import Iterable

from sqlalchemy import select

from hub.core.batches import among
from hub.core.db import db
from hub.customers.models import ConsentEntry, ExternalId


def find_id_by_external(source: str, value: str) -> int | None:
    """The customer whom the system `source` calls `value`."""
    return db.session.scalar(
        select(ExternalId.customer_id).where(ExternalId.source == source, ExternalId.value == value)
    )


def get_external_ids(customer_ids: Iterable[int]) -> dict[int, dict[str, str]]:
    """By customer: source to id, the loyalty card among them; of several ids of one source the latest."""
    found: dict[int, dict[str, str]] = {}
    statement = select(ExternalId).where(among(ExternalId.customer_id, list(customer_ids)))
    for row in db.session.scalars(statement.order_by(ExternalId.id)):
        found.setdefault(row.customer_id, {})[row.source] = row.value
    return found


def get_entry_words(entry_ids: Iterable[int]) -> dict[int, dict[str, str]]:
    """Channel, purpose and theme of ledger entries, never the address."""
    statement = select(ConsentEntry.id, ConsentEntry.channel, ConsentEntry.purpose, ConsentEntry.theme)
    rows = db.session.execute(statement.where(among(ConsentEntry.id, list(entry_ids))))
    return {
        row.id: {"channel": row.channel.value, "purpose": row.purpose.value, "theme": row.theme}
        for row in rows
    }
