"""Mailgun: the HMAC of timestamp and token, and its events."""

import hashlib
import hmac
from datetime import datetime
from typing import Any

from hub.channels.mail_hooks.base import (
    LINK_NAME,
    EventKind,
    HookRequest,
    HookSettings,
    ProviderEvent,
    Refused,
    Unreadable,
    is_same,
    mapping,
    read_json,
    word,
    words,
)
from hub.channels.mail_hooks.meaning import meaning_of

MAX_AGE_SECONDS = 9 * 3600
"""Mailgun tries again for eight hours with the signature of the first time."""
MAX_AHEAD_SECONDS = 300
_SIMPLE = {
    "delivered": EventKind.DELIVERED,
    "complained": EventKind.COMPLAINT,
    "unsubscribed": EventKind.UNSUBSCRIBE,
    "rejected": EventKind.SENDER,
}
_REASONS = {
    "suppress-bounce": EventKind.HARD,
    "suppress-complaint": EventKind.COMPLAINT,
    "suppress-unsubscribe": EventKind.UNSUBSCRIBE,
    "espblock": EventKind.SENDER,
    "old": EventKind.SOFT,
}


def read(request: HookRequest, settings: HookSettings, machine_now: datetime) -> list[ProviderEvent]:
    """The event of a signed request. The signature covers no event, so its token counts once: see `token`."""
    sent = mapping(read_json(request.body))
    signature = mapping(sent.get("signature"))
    token = _check(signature, settings.mailgun_signing_key, machine_now)
    data = mapping(sent.get("event-data"))
    event, event_id = word(data.get("event")), word(data.get("id"))
    if not event or not event_id:
        raise Unreadable("no event-data")
    kind, status, text = _meaning(event, data)
    headers = mapping(mapping(data.get("message")).get("headers"))
    message_id = word(headers.get("message-id")).strip("<>")
    references = words(
        mapping(data.get("user-variables")).get(LINK_NAME),
        mapping(data.get("envelope")).get("sender"),
        f"<{message_id}>" if message_id else "",
    )
    return [
        ProviderEvent(
            event_id=event_id,
            event=event,
            kind=kind,
            payload=data,
            references=references,
            recipient=word(data.get("recipient")) or None,
            status=status,
            text=text,
            token=token,
        )
    ]


def _check(signature: dict[str, Any], key: str, machine_now: datetime) -> str:
    timestamp, token = word(signature.get("timestamp")), word(signature.get("token"))
    expected = hmac.new(key.encode(), f"{timestamp}{token}".encode(), hashlib.sha256).hexdigest()
    if not token or not is_same(word(signature.get("signature")), expected):
        raise Refused("signature")
    try:
        age_seconds = machine_now.timestamp() - float(timestamp)
    except ValueError:
        raise Refused("timestamp") from None
    if not -MAX_AHEAD_SECONDS <= age_seconds <= MAX_AGE_SECONDS:
        raise Refused("too old")
    return token


def _meaning(event: str, data: dict[str, Any]) -> tuple[EventKind, str, str]:
    """(meaning, status, words of the receiving server)."""
    told = mapping(data.get("delivery-status"))
    code, status = word(told.get("code")), word(told.get("enhanced-code"))
    text = " ".join(words(told.get("message"), told.get("description")))
    if event != "failed":
        return _SIMPLE.get(event, EventKind.OTHER), status, text
    reason = word(data.get("reason"))
    if reason in _REASONS:
        return _REASONS[reason], status or code, text
    said = EventKind.HARD if word(data.get("severity")) == "permanent" else EventKind.SOFT
    return meaning_of(said, text, status=status, code=code), status or code, text
