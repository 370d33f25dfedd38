"""Brevo: basic authentication or bearer token, optionally its networks, and its events."""

from datetime import datetime
from typing import Any

from hub.channels.mail_hooks.base import (
    LINK_NAME,
    EventKind,
    HookRequest,
    HookSettings,
    ProviderEvent,
    Unreadable,
    check_network,
    digest,
    mapping,
    read_json,
    word,
    words,
)
from hub.channels.mail_hooks.meaning import meaning_of
from hub.channels.mail_hooks.secrets import check_secret

_SIMPLE = {
    "delivered": EventKind.DELIVERED,
    "spam": EventKind.COMPLAINT,
    "complaint": EventKind.COMPLAINT,
    "unsubscribed": EventKind.UNSUBSCRIBE,
    "unsubscribe": EventKind.UNSUBSCRIBE,
    "invalid_email": EventKind.HARD,
    "error": EventKind.SENDER,
}
_BOUNCES = {
    "hard_bounce": EventKind.HARD,
    "soft_bounce": EventKind.SOFT,
    "deferred": EventKind.SOFT,
}
_OWN_LIST = ("blacklisted", "blocklisted", "unsubscribed", "previously")


def read(request: HookRequest, settings: HookSettings, machine_now: datetime) -> list[ProviderEvent]:
    """One event, or a list of them when the webhook is set to batches."""
    del machine_now
    check_network(request.address, settings.brevo_networks)
    check_secret(request.headers, settings.brevo_secret, has_bearer=True)
    sent = read_json(request.body)
    events = [mapping(each) for each in (sent if isinstance(sent, list) else [sent])]
    if not events or not all(word(each.get("event")) for each in events):
        raise Unreadable("no event")
    return [_event(each) for each in events]


def _event(sent: dict[str, Any]) -> ProviderEvent:
    event, email = word(sent.get("event")), word(sent.get("email"))
    message_id = word(sent.get("message-id")).strip("<>")
    at = next(
        filter(None, words(sent.get("ts_event"), sent.get("ts_epoch"), sent.get("ts"), sent.get("date"))), ""
    )
    own = word(sent.get("X-Mailin-custom") or sent.get("x-mailin-custom"))
    text = word(sent.get("reason"))
    return ProviderEvent(
        event_id=digest(event, message_id, own, email, at),
        event=event,
        kind=_meaning(event, text),
        payload=sent,
        references=words(own.removeprefix(f"{LINK_NAME}:"), f"<{message_id}>" if message_id else ""),
        recipient=email or None,
        text=text,
    )


def _meaning(event: str, text: str) -> EventKind:
    """`blocked` is what was said of us, unless the address stands on Brevo's own list of people not to write to."""
    if event in _BOUNCES:
        return meaning_of(_BOUNCES[event], text)
    if event == "blocked":
        is_listed = any(each in text.lower() for each in _OWN_LIST)
        return EventKind.OTHER if is_listed else EventKind.SENDER
    return _SIMPLE.get(event, EventKind.OTHER)
