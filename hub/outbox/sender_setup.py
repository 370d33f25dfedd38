"""Who hands our mails to the world and with which key they are signed, handed in once by the application."""

from base64 import b64encode
from dataclasses import dataclass
from urllib.parse import urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from hub.channels.dns_records import DnsSettings


@dataclass(frozen=True)
class DkimKey:
    """What is public of a signing key: `public_key` is base64 as a DKIM record wants it, `kind` rsa or ed25519."""

    domain: str
    selector: str
    public_key: str
    kind: str

    @property
    def name(self) -> str:
        return f"{self.selector}._domainkey.{self.domain}"


@dataclass(frozen=True)
class SenderSetup:
    """`mail_host`: the public name of the machine that takes mail for the inbound domain. `dns`: None is no checks."""

    smtp_host: str | None = None
    smtp_port: int = 0
    mail_host: str = "hub.example"
    dkim: DkimKey | None = None
    dns: DnsSettings | None = None


class _Kept:
    setup = SenderSetup()


def use(setup: SenderSetup) -> None:
    """Called once when the application is made."""
    _Kept.setup = setup


def current() -> SenderSetup:
    return _Kept.setup


def read_resolver(text: str | None) -> DnsSettings:
    """`9.9.9.9`, `127.0.0.1:5353` or `[::1]:53`; None is the machine's own. Raises ValueError for a bad port."""
    if not text:
        return DnsSettings()
    if text.count(":") > 1 and not text.startswith("["):
        return DnsSettings(nameserver=text)
    address, _, port = text.removeprefix("[").rpartition("]:") if "]" in text else text.partition(":")
    return DnsSettings(nameserver=address.rstrip("]"), port=int(port) if port else DnsSettings.port)


def choose_mail_host(given: str | None, *, base_url: str, inbound_domain: str) -> str:
    """The public name of the machine that takes mail: an MX record cannot hold an address."""
    host = given or urlsplit(base_url).hostname or ""
    is_name = "." in host and not host.replace(".", "").isdigit() and ":" not in host
    return (host if is_name else inbound_domain).rstrip(".").lower()


def read_public_key(pem: bytes) -> tuple[str, str] | None:
    """The public half of a private key and its kind (RFC 6376 3.6.1, RFC 8463); None when it is no such key."""
    try:
        public = load_pem_private_key(pem, password=None).public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    if isinstance(public, Ed25519PublicKey):
        return b64encode(public.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode(), "ed25519"
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return b64encode(der).decode(), "rsa"
