"""Postmark: basic authentication, optionally its networks, and its events."""

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

_BOUNCES = {
    "HardBounce": EventKind.HARD,
    "BadEmailAddress": EventKind.HARD,
    "AddressChange": EventKind.HARD,
    "SoftBounce": EventKind.SOFT,
    "Transient": EventKind.SOFT,
    "DnsError": EventKind.SOFT,
    "Blocked": EventKind.SENDER,
    "DMARCPolicy": EventKind.SENDER,
    "SMTPApiError": EventKind.SENDER,
    "SpamNotification": EventKind.CONTENT,
    "VirusNotification": EventKind.CONTENT,
    "TemplateRenderingFailed": EventKind.CONTENT,
    "SpamComplaint": EventKind.COMPLAINT,
    "Unsubscribe": EventKind.UNSUBSCRIBE,
}
_WITH_TEXT = frozenset({EventKind.HARD, EventKind.SOFT})


def read(request: HookRequest, settings: HookSettings, machine_now: datetime) -> list[ProviderEvent]:
    """The event of one request."""
    del machine_now
    check_network(request.address, settings.postmark_networks)
    check_secret(request.headers, settings.postmark_secret)
    sent = mapping(read_json(request.body))
    record = word(sent.get("RecordType"))
    if not record:
        raise Unreadable("no RecordType")
    recipient = word(sent.get("Email") or sent.get("Recipient"))
    at = next(iter(words(sent.get("BouncedAt"), sent.get("DeliveredAt"), sent.get("ChangedAt"))), "")
    kind, text = _meaning(record, sent)
    return [
        ProviderEvent(
            event_id=digest(record, word(sent.get("ID")), word(sent.get("MessageID")), recipient, at),
            event=record if record != "Bounce" else word(sent.get("Type")),
            kind=kind,
            payload=sent,
            references=words(mapping(sent.get("Metadata")).get(LINK_NAME)),
            recipient=recipient or None,
            text=text,
        )
    ]


def _meaning(record: str, sent: dict[str, Any]) -> tuple[EventKind, str]:
    text = word(sent.get("Details"))
    if record == "Bounce":
        said = _BOUNCES.get(word(sent.get("Type")), EventKind.OTHER)
        return (meaning_of(said, text) if said in _WITH_TEXT else said), text
    if record == "SubscriptionChange":
        is_manual = word(sent.get("SuppressionReason")) == "ManualSuppression"
        is_stop = sent.get("SuppressSending") is True and is_manual
        return (EventKind.UNSUBSCRIBE if is_stop else EventKind.OTHER), ""
    simple = {"Delivery": EventKind.DELIVERED, "SpamComplaint": EventKind.COMPLAINT}
    return simple.get(record, EventKind.OTHER), text
