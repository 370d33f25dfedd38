"""Signed tokens with a purpose and an expiry, and short authentication codes for addresses and ids."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from hub.core.errors import Gone, NotFound
from hub.core.text import N_


class _Key:
    secret: bytes = b""


def use_key(secret: str) -> None:
    """The process's secret; called once when the application is made."""
    _Key.secret = hashlib.sha256(secret.encode()).digest()


def mac(purpose: str, message: str, *, size_bytes: int = 16) -> bytes:
    """HMAC-SHA-256 (RFC 2104) of the message under a key derived for the purpose, truncated to `size_bytes`."""
    return hmac.digest(_derived(_Key.secret, purpose), message.encode(), "sha256")[:size_bytes]


@lru_cache(maxsize=128)
def _derived(secret: bytes, purpose: str) -> bytes:
    """One key per purpose, kept: a mail that leaves asks for ten codes."""
    return hmac.digest(secret, purpose.encode(), "sha256")


def code(purpose: str, message: str, *, size_bytes: int = 10) -> str:
    """`mac` as lower-case base 32 without padding: survives mail addresses, which lose their case."""
    return base64.b32encode(mac(purpose, message, size_bytes=size_bytes)).decode().rstrip("=").lower()


def is_code(purpose: str, message: str, given: str, *, size_bytes: int = 10) -> bool:
    expected = code(purpose, message, size_bytes=size_bytes)
    return hmac.compare_digest(expected.encode(), given.lower().encode("utf-8", "replace"))


def keyed_hash(purpose: str, value: str) -> str:
    """What is left of an address after erasure: recognises it, does not reveal it."""
    return mac(purpose, value, size_bytes=32).hex()


def sign(purpose: str, payload: dict[str, Any], *, expires_at: datetime | None = None) -> str:
    """A self-contained token `<body>.<code>` that works until `expires_at` (machine time), or for years."""
    body = {"p": payload, "e": int(expires_at.timestamp()) if expires_at else None}
    raw = base64.urlsafe_b64encode(json.dumps(body, separators=(",", ":")).encode()).decode().rstrip("=")
    seal = base64.urlsafe_b64encode(mac(purpose, raw)).decode().rstrip("=")
    return f"{raw}.{seal}"


def read(purpose: str, token: str, *, now: datetime) -> dict[str, Any]:
    """The payload of a token. Raises NotFound when it is mangled or of another purpose, Gone when it expired."""
    raw, _, seal = token.partition(".")
    expected = base64.urlsafe_b64encode(mac(purpose, raw)).decode().rstrip("=")
    if not hmac.compare_digest(expected.encode(), seal.encode("utf-8", "replace")):
        raise NotFound(N_("This link is not complete. Please open it again from the message."))
    body = json.loads(base64.urlsafe_b64decode(raw + "=" * (-len(raw) % 4)))
    if body["e"] is not None and datetime.fromtimestamp(body["e"], UTC) < now:
        raise Gone(N_("This link has expired. Please ask for a new one."))
    payload: dict[str, Any] = body["p"]
    return payload
