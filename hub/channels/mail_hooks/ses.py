"""Amazon SES through SNS: the signature (versions 1 and 2), the subscription, bounces, complaints and deliveries."""

import base64
import binascii
import re
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256

from hub.channels.mail_hooks.base import (
    LINK_NAME,
    EventKind,
    HookRequest,
    HookSettings,
    ProviderEvent,
    Refused,
    Unreachable,
    Unreadable,
    is_same,
    mapping,
    read_json,
    word,
    words,
)
from hub.channels.mail_hooks.meaning import meaning_of

CONFIRMATION, NOTIFICATION = "SubscriptionConfirmation", "Notification"
_SIGNED = {
    NOTIFICATION: ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    CONFIRMATION: ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
    "UnsubscribeConfirmation": (
        "Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type",
    ),
}  # fmt: skip
_HOST = re.compile(r"sns\.[a-z]{2}(?:-[a-z]{2,9}){1,3}-\d{1,2}\.amazonaws\.com(?:\.cn)?")
"""A region ("us-west-2", "us-gov-east-1", "cn-north-1") and nothing else: "s3-us-west-2" would be anybody's bucket."""
_CERTIFICATE = re.compile(r"/SimpleNotificationService-[0-9a-zA-Z]{8,64}\.pem")
_MAX_BYTES = 64 * 1024
_TIMEOUT_SECONDS = 5.0
_CONTENT = frozenset({"MessageTooLarge", "ContentRejected", "AttachmentRejected"})
_OURS = frozenset({"IPFailure", "SpamDetected"})
Fetch = Callable[[str], bytes]


def read(request: HookRequest, settings: HookSettings, machine_now: datetime) -> list[ProviderEvent]:
    """The event of a signed SNS message of our topic; a subscription is confirmed on the way.

    Raises Refused, Unreachable when the certificate cannot be fetched, Unreadable.
    """
    sent = mapping(read_json(request.body))
    fetch = _fetcher(settings.sns_url)
    _check(sent, settings.ses_topic_arn, fetch, machine_now)
    kind = word(sent.get("Type"))
    if kind != NOTIFICATION:
        if kind == CONFIRMATION:
            _confirm(word(sent["SubscribeURL"]), settings.ses_topic_arn, fetch)
        kept: dict[str, Any] = {
            name: sent[name] for name in ("Type", "MessageId", "TopicArn", "Timestamp") if name in sent
        }
        return [ProviderEvent(word(sent["MessageId"]), kind, EventKind.OTHER, kept, note="subscription")]
    payload = mapping(read_json(word(sent.get("Message")).encode()))
    return [_event(word(sent["MessageId"]), payload)]


def _check(sent: dict[str, Any], topic_arn: str, fetch: Fetch, machine_now: datetime) -> None:
    names = _SIGNED.get(word(sent.get("Type")))
    if names is None or not is_same(word(sent.get("TopicArn")), topic_arn) or not word(sent.get("MessageId")):
        raise Refused("not a message of our topic")
    address = word(sent.get("SigningCertURL"))
    if not _is_of_amazon(address) or not _CERTIFICATE.fullmatch(urlsplit(address).path):
        raise Refused("certificate from elsewhere")
    signed = "".join(f"{name}\n{sent[name]}\n" for name in names if sent.get(name) is not None)
    hashes = {"1": SHA1(), "2": SHA256()}  # noqa: S303 - version 1 of SNS signs with SHA-1
    algorithm = hashes.get(word(sent.get("SignatureVersion")))
    if algorithm is None:
        raise Refused("signature version")
    try:
        signature = base64.b64decode(word(sent.get("Signature")), validate=True)
        key = _key(fetch(address), machine_now)
        key.verify(signature, signed.encode(), PKCS1v15(), algorithm)
    except (InvalidSignature, binascii.Error, ValueError) as error:
        raise Refused("signature") from error


def _key(pem: bytes, machine_now: datetime) -> RSAPublicKey:
    """Raises ValueError on what is no certificate in force with an RSA key."""
    certificate = x509.load_pem_x509_certificate(pem)
    key = certificate.public_key()
    is_in_force = certificate.not_valid_before_utc <= machine_now <= certificate.not_valid_after_utc
    if not isinstance(key, RSAPublicKey) or not is_in_force:
        raise ValueError("certificate")
    return key


def _is_of_amazon(address: str) -> bool:
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return False
    is_plain = port in {None, 443} and "@" not in parts.netloc
    return parts.scheme == "https" and is_plain and bool(_HOST.fullmatch(parts.hostname or ""))


def _confirm(address: str, topic_arn: str, fetch: Fetch) -> None:
    """Say yes to a subscription of our own topic, at Amazon and nowhere else."""
    topics = parse_qs(urlsplit(address).query).get("TopicArn", [])
    if not _is_of_amazon(address) or topics != [topic_arn]:
        raise Refused("confirmation elsewhere")
    fetch(address)


class _Stay(urllib.request.HTTPRedirectHandler):
    """A checked address that sends us elsewhere is not followed."""

    def redirect_request(self, *args: Any) -> None:
        del args


def _fetcher(base: str) -> Fetch:
    """Fetches checked addresses; `base` stands in for their host (a proxy, or the test's own server)."""

    def fetch(address: str) -> bytes:
        parts = urlsplit(address)
        where = f"{base}{parts.path}{'?' + parts.query if parts.query else ''}" if base else address
        return _certificate(where) if _CERTIFICATE.fullmatch(parts.path) else _get(where)

    return fetch


@lru_cache(maxsize=16)
def _certificate(address: str) -> bytes:
    return _get(address)


def _get(address: str) -> bytes:
    opener = urllib.request.build_opener(_Stay)
    try:
        with opener.open(address, timeout=_TIMEOUT_SECONDS) as answer:
            body: bytes = answer.read(_MAX_BYTES)
    except (OSError, ValueError, urllib.error.URLError) as error:
        raise Unreachable(str(error)) from error
    return body


def _event(event_id: str, payload: dict[str, Any]) -> ProviderEvent:
    """Feedback notifications say `notificationType`, event publishing `eventType`."""
    name = word(payload.get("eventType") or payload.get("notificationType"))
    if not name and "mail" not in payload:
        raise Unreadable("neither a notification nor an event of SES")
    kind, recipient, status, text = _read(name, mapping(payload.get(_PART.get(name, name.lower()))))
    mail = mapping(payload.get("mail"))
    destination = mail.get("destination")
    first = word(destination[0]) if isinstance(destination, list) and destination else ""
    return ProviderEvent(
        event_id=event_id,
        event=name,
        kind=kind,
        payload=payload,
        references=_references(mail),
        recipient=recipient or first or None,
        status=status,
        text=text,
    )


_PART = {"DeliveryDelay": "deliveryDelay", "Rendering Failure": "failure"}


def _references(mail: dict[str, Any]) -> tuple[str, ...]:
    """Our tag, our return path (`source`), the Message-ID we wrote, in this order."""
    tags = mapping(mail.get("tags")).get(LINK_NAME)
    headers = mail.get("headers")
    given = [mapping(each) for each in headers] if isinstance(headers, list) else []
    ids = [each.get("value") for each in given if word(each.get("name")).lower() == "message-id"]
    common = mapping(mail.get("commonHeaders")).get("messageId")
    return words(*(tags if isinstance(tags, list) else ()), mail.get("source"), *ids, common)


def _read(name: str, part: dict[str, Any]) -> tuple[EventKind, str, str, str]:
    """(meaning, recipient, status, words) of one event."""
    if name == "Bounce":
        return _bounce(part)
    people = part.get("complainedRecipients") or part.get("delayedRecipients") or []
    first = mapping(people[0]) if isinstance(people, list) and people else {}
    recipient = word(first.get("emailAddress"))
    status, text = word(first.get("status")), word(first.get("diagnosticCode"))
    if name == "DeliveryDelay":
        said = EventKind.SENDER if word(part.get("delayType")) in _OURS else EventKind.SOFT
        return meaning_of(said, text, status=status), recipient, status, text
    if name == "Complaint":
        is_spam = word(part.get("complaintFeedbackType")) != "not-spam"
        return (EventKind.COMPLAINT if is_spam else EventKind.OTHER), recipient, "", ""
    if name == "Subscription":
        return _subscription(part), recipient, "", ""
    simple = {
        "Delivery": EventKind.DELIVERED,
        "Reject": EventKind.CONTENT,
        "Rendering Failure": EventKind.CONTENT,
    }
    return simple.get(name, EventKind.OTHER), recipient, "", word(part.get("reason"))


def _bounce(part: dict[str, Any]) -> tuple[EventKind, str, str, str]:
    people = part.get("bouncedRecipients")
    first = mapping(people[0]) if isinstance(people, list) and people else {}
    status, text = word(first.get("status")), word(first.get("diagnosticCode"))
    said = EventKind.HARD if word(part.get("bounceType")) == "Permanent" else EventKind.SOFT
    if word(part.get("bounceSubType")) in _CONTENT:
        said = EventKind.CONTENT
    return meaning_of(said, text, status=status), word(first.get("emailAddress")), status, text


def _subscription(part: dict[str, Any]) -> EventKind:
    new = mapping(part.get("newTopicPreferences"))
    return EventKind.UNSUBSCRIBE if new.get("unsubscribeAll") is True else EventKind.OTHER
