"""What mail providers reported that named no message of ours, for the operations page."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ScalarSelect, func, select

from hub.core.db import db
from hub.core.paging import Page, decode_key, make_page
from hub.outbox.provider_models import ProviderDelivery
from hub.outbox.provider_words import DeliveryState, MailProvider


@dataclass(frozen=True)
class DeliveryRow:
    """One event; `reason` is a sentence in English to translate."""

    id: int
    provider: MailProvider
    event_kind: str
    recipient: str | None
    reason: str
    received_at: datetime


def list_unmatched_deliveries(after: str | None, size: int) -> Page[DeliveryRow]:
    """Events about no message that this installation knows, newest first. Raises Invalid on a bad `after`."""
    d = ProviderDelivery
    statement = select(d.id, d.provider, d.event_kind, d.recipient, d.reason, d.received_at).where(
        d.state == DeliveryState.UNMATCHED
    )
    if after:
        statement = statement.where(d.id < decode_key(after, int)[0])
    rows = db.session.execute(statement.order_by(d.id.desc()).limit(size + 1))
    return make_page([DeliveryRow(*row) for row in rows], size=size, key=lambda row: [row.id])


def count_unmatched() -> ScalarSelect[int]:
    """Their number as part of a bigger statement."""
    d = ProviderDelivery
    return select(func.count()).select_from(d).where(d.state == DeliveryState.UNMATCHED).scalar_subquery()
