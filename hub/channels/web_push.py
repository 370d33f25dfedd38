"""The wire to browsers (RFC 8030): an alert encrypted for one browser (RFC 8291), signed as ours (RFC 8292)."""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from hub.channels.webhook_calls import Answer, call
from hub.core import signing

PURPOSE = "web-push"
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of the curve P-256 (FIPS 186-4, D.1.2.3)
AUTH_BYTES = 16
MOST_CHARS = 2000
TOKEN_LIFE = timedelta(hours=12)


@dataclass(frozen=True)
class Browser:
    """Where to deliver, and the browser's public key and secret, as `PushSubscription.toJSON()` gives them."""

    endpoint: str
    p256dh: str
    auth: str


def is_browser(browser: Browser, *, may_be_private: bool) -> bool:
    """Whether an alert could be encrypted for it and brought there; http only where private addresses are allowed."""
    try:
        parts = urlsplit(browser.endpoint)
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _decode(browser.p256dh))
        is_secret = len(_decode(browser.auth)) == AUTH_BYTES
    except (ValueError, binascii.Error):
        return False
    schemes = {"https", "http"} if may_be_private else {"https"}
    is_short = max(map(len, (browser.endpoint, browser.p256dh, browser.auth))) <= MOST_CHARS
    return is_secret and is_short and parts.scheme in schemes and bool(parts.hostname) and not parts.username


def public_key() -> str:
    """Ours, as a page hands it to `pushManager.subscribe`."""
    point = _private_key(_secret()).public_key()
    form = serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    return base64.urlsafe_b64encode(point.public_bytes(*form)).decode().rstrip("=")


def push(
    browser: Browser,
    payload: bytes,
    *,
    contact: str,
    machine_now: datetime,
    ttl_seconds: int,
    may_be_private: bool,
    timeout_seconds: float = 10.0,
) -> Answer:
    """Bring one alert to the push service; 404 and 410 mean that the browser is no longer subscribed. Never raises.

    `contact` is the mail address a push service may complain to.
    """
    import py_vapid
    import pywebpush

    keys = {"p256dh": browser.p256dh, "auth": browser.auth}
    pusher = pywebpush.WebPusher({"endpoint": browser.endpoint, "keys": keys})
    parts = urlsplit(browser.endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int((machine_now + TOKEN_LIFE).timestamp()),
        "sub": f"mailto:{contact}",
    }
    signer: Any = py_vapid.Vapid02
    headers: dict[str, str] = signer(private_key=_private_key(_secret())).sign(claims)
    headers |= {
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(ttl_seconds),
        "Urgency": "high",
    }
    body: bytes = pusher.encode(payload, "aes128gcm")["body"]
    return call(
        browser.endpoint, body, headers, may_be_private=may_be_private, timeout_seconds=timeout_seconds
    )


def _secret() -> bytes:
    return signing.mac(PURPOSE, "server key", size_bytes=32)


@lru_cache(maxsize=2)
def _private_key(secret: bytes) -> ec.EllipticCurvePrivateKey:
    """Derived from SECRET_KEY: the same on every machine, kept nowhere else."""
    return ec.derive_private_key(1 + int.from_bytes(secret) % (ORDER - 1), ec.SECP256R1())


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
