"""The JSON shapes of consents and of a customer's messages."""

from datetime import datetime
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from hub.core.words import Channel, Purpose
from hub.customers.words import ConsentAction, LegalBasis
from hub.outbox.queries import MessageRow


class ConsentBody(BaseModel):
    """One statement. The same one told again (same address, purpose, action, moment and place) changes nothing."""

    model_config = ConfigDict(extra="forbid")

    address: str = Field(min_length=3, max_length=254, description="mail address or phone number")
    channel: Channel = Field(description="email, sms, whatsapp or phone")
    purpose: Purpose = Field(description="promotion, newsletter, survey or open_measurement")
    theme: str = Field(default="", max_length=80, description="one theme of promotion; empty: all of it")
    action: ConsentAction
    legal_basis: LegalBasis = LegalBasis.CONSENT
    wording: str = Field(default="", max_length=5000, description="needed when given")
    wording_version: str = Field(default="", max_length=80, description="needed when given")
    collection_point: str = Field(
        min_length=1, max_length=200, description="store, till, form, or import file and line"
    )
    happened_at: AwareDatetime


def shape_message(row: MessageRow) -> dict[str, Any]:
    """A message as the API shows it: sent or not, and why not."""
    return {
        "id": row.id,
        "channel": row.channel.value,
        "purpose": row.purpose.value,
        "template": row.template_key,
        "state": row.state.value,
        "is_sent": row.is_sent,
        "reason": row.reason.value if row.reason else None,
        "reason_detail": row.reason_detail,
        "recipient": row.recipient,
        "language": row.language.value,
        "due_at": _moment(row.due_at),
        "created_at": _moment(row.created_at),
        "accepted_at": _moment(row.accepted_at),
        "delivered_at": _moment(row.delivered_at),
        "ended_at": _moment(row.ended_at),
    }


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


MESSAGE_SCHEMA = {
    "type": "object",
    "properties": {
        "id": {"type": "integer"},
        "channel": {"type": "string"},
        "purpose": {"type": "string"},
        "template": {"type": "string"},
        "state": {"type": "string"},
        "is_sent": {"type": "boolean"},
        "reason": {"type": ["string", "null"], "description": "why it waits or was not sent"},
        "reason_detail": {"type": ["string", "null"]},
        "recipient": {"type": ["string", "null"]},
        "created_at": {"type": ["string", "null"], "format": "date-time"},
        "accepted_at": {"type": ["string", "null"], "format": "date-time"},
    },
}
