"""What an endpoint may be, how a delivery is signed and when it is tried again. Pure."""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from hub.core import signing
from hub.core.errors import Invalid
from hub.core.text import N_
from hub.webhooks.words import ON_OFFER, WebhookEvent

MINUTE, HOUR, DAY = 60, 3600, 86_400
RETRY_SECONDS = (MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, 12 * HOUR, DAY, DAY, DAY, DAY)
"""After each failed attempt; then the delivery is given up (4.7 days after the first)."""
DISABLED_AFTER = timedelta(days=5)
"""An endpoint that has taken nothing for so long is switched off."""
GONE = 410
SECRET_BYTES = 32
PREFIX = "whsec_"
LONGEST_URL = 2000
LONGEST_NAME = 80


@dataclass(frozen=True, kw_only=True)
class EndpointDraft:
    """An endpoint as an administrator wants it; `store_ids` empty: all stores and what belongs to none."""

    name: str
    url: str
    events: tuple[WebhookEvent, ...]
    store_ids: tuple[int, ...] = ()


def check_draft(draft: EndpointDraft, *, may_be_private: bool) -> EndpointDraft:
    """The draft made clean. Raises Invalid (field name, url or events)."""
    name = " ".join(draft.name.split())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise Invalid(N_("Please give a name of 1 to 80 characters."), field="name")
    events = tuple(event for event in ON_OFFER if event in draft.events)
    if not events:
        raise Invalid(N_("Please choose at least one event."), field="events")
    url = check_url(draft.url, may_be_private=may_be_private)
    return EndpointDraft(name=name, url=url, events=events, store_ids=tuple(sorted(set(draft.store_ids))))


def check_url(text: str, *, may_be_private: bool) -> str:
    """An address by https, or also http where private networks are allowed. Raises Invalid (field url)."""
    url = text.strip()
    try:
        parts = urlsplit(url)
        is_address = bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_address = False
    if not is_address or len(url) > LONGEST_URL or any(letter <= " " for letter in url):
        raise Invalid(N_("This is not the address of a web page. Please check it."), field="url")
    if parts.username or parts.password:
        raise Invalid(N_("Please leave user name and password out of the address."), field="url")
    if parts.scheme != "https" and not (may_be_private and parts.scheme == "http"):
        raise Invalid(N_("Please give an address that begins with https://."), field="url")
    return url


def wants(events: Iterable[str], store_ids: Iterable[int], event: WebhookEvent, store_id: int | None) -> bool:
    """Whether an endpoint with this choice is told of this event of this store."""
    chosen = set(store_ids)
    return event in set(events) and (not chosen or store_id in chosen)


def retry_after(attempt_count: int) -> timedelta | None:
    """How long to wait after this many failed attempts; None: given up."""
    if attempt_count > len(RETRY_SECONDS):
        return None
    return timedelta(seconds=RETRY_SECONDS[attempt_count - 1])


def secret_of(salt: str) -> str:
    """The secret of an endpoint as the receiver gets it: `whsec_` and 32 bytes in base 64 (Standard Webhooks)."""
    return PREFIX + base64.b64encode(signing.mac("webhook-secret", salt, size_bytes=SECRET_BYTES)).decode()


def sign_delivery(secret: str, *, uuid: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers that prove a delivery: `Comptoir-Signature` (over `t.body`) and those of Standard Webhooks.

    Both are HMAC-SHA-256 (RFC 2104) under the bytes behind `whsec_`; `timestamp` is seconds since 1970.
    """
    key = base64.b64decode(secret.removeprefix(PREFIX))
    ours = hmac.new(key, b"%d.%s" % (timestamp, body), hashlib.sha256).hexdigest()
    standard = hmac.digest(key, b"%s.%d.%s" % (uuid.encode(), timestamp, body), "sha256")
    return {
        "Comptoir-Signature": f"t={timestamp},v1={ours}",
        "webhook-id": uuid,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": "v1," + base64.b64encode(standard).decode(),
    }
