"""What the webhooks of all mail providers share: the request, the settings, the neutral event."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address, ip_network
from typing import Any

LINK_NAME = "comptoir"
"""The name under which a message's signed reference travels in the provider's metadata."""


class EventKind(StrEnum):
    """What an event means for the address, as in the classes of delivery reports; `other` has no effect."""

    DELIVERED = "delivered"
    HARD = "hard"
    SOFT = "soft"
    SENDER = "sender"
    CONTENT = "content"
    COMPLAINT = "complaint"
    UNSUBSCRIBE = "unsubscribe"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class HookRequest:
    """One POST of a provider. Header names are lower case; `address` is the IP it came from."""

    body: bytes
    headers: Mapping[str, str]
    address: str | None


@dataclass(frozen=True, slots=True)
class HookSettings:
    """What proves who reports; an empty secret means that the provider is not set up.

    Brevo and Postmark sign nothing: their documented protection is HTTP basic authentication (`user:password`) in the
    address given to them (Brevo also sends a bearer token), and the list of their networks.
    """

    ses_topic_arn: str = ""
    sns_url: str = ""
    mailgun_signing_key: str = field(default="", repr=False)
    brevo_secret: str = field(default="", repr=False)
    brevo_networks: tuple[str, ...] = ()
    postmark_secret: str = field(default="", repr=False)
    postmark_networks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProviderEvent:
    """One event. `references` may name our message: signed tokens, return paths, Message-IDs, most certain first.

    `event_id` is the same each time the provider reports the event; `token` is the one-time word of a signature.
    `note` says why an event has no effect.
    """

    event_id: str
    event: str
    kind: EventKind
    payload: dict[str, Any]
    references: tuple[str, ...] = ()
    recipient: str | None = None
    status: str = ""
    text: str = ""
    token: str | None = None
    note: str = ""


class Refused(Exception):
    """The request does not prove that it is the provider's."""


class Unreadable(Exception):
    """It is the provider's, but not what it documents."""


class Unreachable(Exception):
    """What is needed to check the request cannot be fetched now: the provider shall try again."""


def read_json(body: bytes) -> Any:
    """Raises Unreadable."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable("not JSON") from error


def mapping(value: Any) -> dict[str, Any]:
    """The value if it is a JSON object, else an empty one: payloads are strangers' words."""
    return value if isinstance(value, dict) else {}


def word(value: Any) -> str:
    """The value as text without NUL; "" when it is neither text nor a number."""
    return str(value).replace("\0", "") if isinstance(value, str | int | float) else ""


def words(*values: Any) -> tuple[str, ...]:
    """Those of the values that say something."""
    return tuple(filter(None, map(word, values)))


def digest(*values: Any) -> str:
    """A name for an event whose provider gives it none: the same for the same values."""
    return hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()


def is_same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode("utf-8", "replace"))


def check_network(address: str | None, networks: tuple[str, ...]) -> None:
    """Raises Refused when networks are set and the request comes from elsewhere."""
    if not networks:
        return
    try:
        parsed = ip_address(address or "")
    except ValueError:
        raise Refused("no address") from None
    if not any(parsed in ip_network(each, strict=False) for each in networks):
        raise Refused("network")
