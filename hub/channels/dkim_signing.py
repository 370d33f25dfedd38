"""Signs mails with DKIM (RFC 6376, RFC 8463) when no relay does it: relaxed/relaxed, RSA or Ed25519 by the key.

The canonical forms are dkimpy's; the key's work is done by `cryptography`, which is twenty times as fast.
"""

import base64
import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from dkim.canonicalization import Relaxed

SMALLEST_RSA_BITS = 1024
_SIGNED = (
    b"from", b"to", b"subject", b"date", b"message-id", b"reply-to", b"in-reply-to", b"references",
    b"list-unsubscribe", b"list-unsubscribe-post", b"auto-submitted", b"mime-version", b"content-type",
    b"content-transfer-encoding",
)  # fmt: skip
_ONCE_MORE = (b"from", b"subject", b"list-unsubscribe", b"list-unsubscribe-post")
"""Named once more than they are there, so that nobody adds another on the way."""


class SigningFault(Exception):
    """The settings of DKIM cannot be used; says which and what to do."""


@dataclass(frozen=True, slots=True)
class DkimKey:
    """A domain's key, read. `selector` names its record: `<selector>._domainkey.<domain>`."""

    domain: str
    selector: str
    key: RSAPrivateKey | Ed25519PrivateKey = field(repr=False)

    @property
    def record_name(self) -> str:
        return f"{self.selector}._domainkey.{self.domain}"


def read_key(*, domain: str | None, selector: str | None, key_file: str | None) -> DkimKey | None:
    """The key that DKIM_DOMAIN, DKIM_SELECTOR and DKIM_KEY_FILE name; None when none of the three is set.

    Raises SigningFault when one is missing or the file holds no key that can sign: mails would leave unsigned.
    """
    given = {"DKIM_DOMAIN": domain, "DKIM_SELECTOR": selector, "DKIM_KEY_FILE": key_file}
    missing = [name for name, value in given.items() if not value]
    if len(missing) == len(given):
        return None
    if not domain or not selector or not key_file:
        raise SigningFault(f"DKIM needs {' and '.join(missing)} too. Set all three, or none of them.")
    for name in ("DKIM_DOMAIN", "DKIM_SELECTOR"):
        if not _is_name(given[name] or ""):
            raise SigningFault(f"{name} is not a name that DNS knows: {given[name]!r}.")
    return DkimKey(domain.lower(), selector, _load(Path(key_file)))


def _is_name(name: str) -> bool:
    return name.isascii() and all(
        part.replace("-", "").replace("_", "").isalnum() for part in name.split(".")
    )


def _load(path: Path) -> RSAPrivateKey | Ed25519PrivateKey:
    try:
        pem = path.read_bytes()
    except OSError as error:
        raise SigningFault(
            f"DKIM_KEY_FILE cannot be read ({error.strerror}): {path}. No mail would be signed."
        ) from error
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise SigningFault(
            f"DKIM_KEY_FILE holds no private key in PEM without a password: {path}."
        ) from error
    if isinstance(key, RSAPrivateKey):
        if key.key_size < SMALLEST_RSA_BITS:
            raise SigningFault(f"DKIM_KEY_FILE is too short ({key.key_size} bits). Make one of 2048 bits.")
        return key
    if isinstance(key, Ed25519PrivateKey):
        return key
    raise SigningFault("DKIM_KEY_FILE is neither RSA nor Ed25519. Make an RSA key of 2048 bits.")


def public_record(key: DkimKey) -> str:
    """The TXT record to publish at `key.record_name`."""
    public = key.key.public_key()
    if isinstance(key.key, Ed25519PrivateKey):
        raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    else:
        raw = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return f"v=DKIM1; k={_kind(key)}; p={base64.b64encode(raw).decode('ascii')}"


def _kind(key: DkimKey) -> str:
    return "ed25519" if isinstance(key.key, Ed25519PrivateKey) else "rsa"


def sign(message: bytes, key: DkimKey) -> bytes:
    """The message (CRLF line ends) with its DKIM-Signature before it."""
    head, _, body = message.partition(b"\r\n\r\n")
    whole = body if body.endswith(b"\r\n") else body + b"\r\n"  # as the wire ends it
    body_hash = base64.b64encode(hashlib.sha256(Relaxed.canonicalize_body(whole)).digest())
    lines = [line for line in _headers(head) if line[0] in _SIGNED]
    names = [name for name, _ in lines] + list(_ONCE_MORE)
    fields = (
        b"v=1; a=" + _kind(key).encode("ascii") + b"-sha256; c=relaxed/relaxed; d=" + key.domain.encode("ascii")
        + b"; s=" + key.selector.encode("ascii") + b";\r\n\th=" + b":\r\n\t ".join(names)
        + b";\r\n\tbh=" + body_hash + b";\r\n\tb="
    )  # fmt: skip
    canonical = Relaxed.canonicalize_headers([*lines, (b"dkim-signature", fields)])
    text = b"".join(name + b":" + value for name, value in canonical)[: -len(b"\r\n")]
    value = base64.b64encode(_signature(text, key))
    folded = b"\r\n\t ".join(value[start : start + 72] for start in range(0, len(value), 72))
    return b"DKIM-Signature: " + fields + folded + b"\r\n" + message


def _signature(text: bytes, key: DkimKey) -> bytes:
    if isinstance(key.key, Ed25519PrivateKey):
        return key.key.sign(hashlib.sha256(text).digest())
    return key.key.sign(text, padding.PKCS1v15(), hashes.SHA256())


def _headers(head: bytes) -> list[tuple[bytes, bytes]]:
    """Names in lower case with their values, folded lines joined to their header."""
    found: list[tuple[bytes, bytes]] = []
    for line in head.split(b"\r\n"):
        if line[:1] in {b" ", b"\t"} and found:
            name, value = found[-1]
            found[-1] = (name, value + b"\r\n" + line)
        else:
            name, _, value = line.partition(b":")
            found.append((name.strip().lower(), value))
    return found
