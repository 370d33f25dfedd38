"""A message in the hands of a worker: the columns of its row, read once."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Select

from hub.content.queries import get_version
from hub.core.db import db
from hub.core.words import Channel, Purpose
from hub.outbox import rules
from hub.outbox.models import OutboundMessage

UNSUBSCRIBE_VALUE = "unsubscribe_url"
CONFIRMATION = "optin"
Kind = tuple[int | str, Channel, Purpose]


@dataclass(frozen=True)
class Letter:
    """A message in the hands of a worker: the columns of its row, read once."""

    id: int
    uuid: str
    channel: Channel
    purpose: Purpose
    theme: str
    customer_id: int | None
    store_id: int | None
    recipient: str | None
    recipient_name: str
    sender_name: str
    sender_address: str | None
    reply_to: str | None
    template_version_id: int
    values: dict[str, str]
    headers: dict[str, str]
    attachments: list[dict[str, Any]]
    message_id: str
    source_kind: str | None
    source_id: int | None
    stop_if: dict[str, Any]
    priority: int
    due_at: datetime
    expires_at: datetime | None
    counted_at: datetime | None
    attempt_count: int
    is_measured: bool = True

    @property
    def kind(self) -> Kind | None:
        """What a cap counts together: a customer's, or an address's when nobody is known behind it."""
        owner = self.customer_id or self.recipient
        return (owner, self.channel, self.purpose) if owner else None

    @property
    def has_unsubscribe(self) -> bool:
        return has_unsubscribe(self.template_version_id)

    @property
    def consent_purpose(self) -> Purpose:
        return rules.consent_purpose(self.purpose, has_unsubscribe=self.has_unsubscribe)


def has_unsubscribe(template_version_id: int) -> bool:
    """Whether the messages of this version carry a link that refuses them."""
    return any(spec.name == UNSUBSCRIBE_VALUE for spec in get_version(template_version_id).specs)


COLUMNS = tuple(getattr(OutboundMessage, each.name) for each in fields(Letter))


def load_letters(statement: Select[Any]) -> list[Letter]:
    """The letters of a statement over `COLUMNS`."""
    return [Letter(*row) for row in db.session.execute(statement)]
