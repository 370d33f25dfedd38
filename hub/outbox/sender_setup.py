"""Who hands our mails to the world and with which key they are signed, handed in once by the application."""

from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from hub.channels.dkim_signing import DkimKey as SigningKey
from hub.channels.dkim_signing import public_record, read_key
from hub.channels.dns_records import DnsSettings
from hub.outbox.sender_rules import read_tags


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


class Settings(Protocol):
    """What this page reads of the settings of the process."""

    @property
    def smtp_host(self) -> str | None: ...
    @property
    def smtp_port(self) -> int: ...
    @property
    def mail_host(self) -> str | None: ...
    @property
    def base_url(self) -> str: ...
    @property
    def inbound_domain(self) -> str: ...
    @property
    def dkim_domain(self) -> str | None: ...
    @property
    def dkim_selector(self) -> str | None: ...
    @property
    def dkim_key_file(self) -> str | None: ...
    @property
    def dns_checks(self) -> bool: ...
    @property
    def dns_resolver(self) -> str | None: ...


class _Kept:
    setup = SenderSetup()


def use(setup: SenderSetup) -> None:
    """Called once when the application is made."""
    _Kept.setup = setup


def current() -> SenderSetup:
    return _Kept.setup


def read_setup(settings: Settings) -> SenderSetup:
    """Raises ValueError or SigningFault on a bad setting."""
    key = read_key(
        domain=settings.dkim_domain, selector=settings.dkim_selector, key_file=settings.dkim_key_file
    )
    return SenderSetup(
        smtp_host=settings.smtp_host,
        smtp_port=settings.smtp_port,
        mail_host=choose_mail_host(
            settings.mail_host, base_url=settings.base_url, inbound_domain=settings.inbound_domain
        ),
        dkim=public_half(key),
        dns=read_resolver(settings.dns_resolver) if settings.dns_checks else None,
    )


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


def public_half(key: SigningKey | None) -> DkimKey | None:
    """What a signing key shows of itself (RFC 6376 3.6.1, RFC 8463)."""
    if key is None:
        return None
    tags = read_tags(public_record(key))
    return DkimKey(key.domain, key.selector, tags["p"], tags.get("k", "rsa"))
