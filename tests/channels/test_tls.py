"""TLS to the mail server: a certificate of a known authority and the right name, or nothing leaves."""

import ipaddress
import socket
import ssl
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from config import load
from hub.app import create_app
from hub.channels.base import Envelope, PermanentFailure
from hub.channels.email import Security, SmtpSettings, SmtpTransport
from tests.makers.sink import Sink, free_port

NOW = datetime(2026, 11, 10, 9, 0, tzinfo=UTC)
LOCAL = "127.0.0.1"
Serve = Callable[..., Sink]


class Authority:
    """A certificate authority made for the test."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.key = folder, ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority of a test")])
        certificate = self._sign(
            self.name, self.key.public_key(), x509.BasicConstraints(ca=True, path_length=None)
        )
        self.file = folder / "authority.pem"
        self.file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def _sign(
        self, subject: x509.Name, public: ec.EllipticCurvePublicKey, basic: x509.BasicConstraints,
        names: list[x509.GeneralName] | None = None, issuer: x509.Name | None = None,
        key: ec.EllipticCurvePrivateKey | None = None,
    ) -> x509.Certificate:  # fmt: skip
        now = datetime.now(UTC)
        signer = key or self.key
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer or self.name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(basic, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
            )
            .add_extension(_usage(is_authority=basic.ca), critical=True)
        )
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return builder.sign(signer, hashes.SHA256())

    def context(self, *names: str, is_self_signed: bool = False) -> ssl.SSLContext:
        """A server's certificate for these names or addresses."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "server")])
        certificate = self._sign(
            subject, key.public_key(), x509.BasicConstraints(ca=False, path_length=None),
            [_name(each) for each in names], subject if is_self_signed else None, key if is_self_signed else None,
        )  # fmt: skip
        file = self.folder / "server.pem"
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(file)
        return context


def _name(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text)


def _usage(*, is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_authority, content_commitment=False, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=is_authority, crl_sign=is_authority,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip


class _Server(Controller):
    """Offers STARTTLS with the context, or speaks TLS from the first byte."""

    def __init__(self, sink: Sink, *, starttls: ssl.SSLContext | None, tls: ssl.SSLContext | None) -> None:
        self.starttls = starttls
        super().__init__(sink, hostname=LOCAL, port=sink.port, ssl_context=tls, ready_timeout=10)

    def factory(self) -> SMTP:
        return SMTP(self.handler, tls_context=self.starttls, require_starttls=self.starttls is not None)

    def _trigger_server(self) -> None:
        """Its own probe would need the authority: a connection that says nothing will do."""
        socket.create_connection((LOCAL, self.port), timeout=5).close()


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def serve() -> Iterator[Serve]:
    running: list[_Server] = []

    def start(*, starttls: ssl.SSLContext | None = None, tls: ssl.SSLContext | None = None) -> Sink:
        sink = Sink(port=free_port())
        running.append(_Server(sink, starttls=starttls, tls=tls))
        running[-1].start()
        return sink

    yield start
    for server in running:
        server.stop()


def send(sink: Sink, security: Security, *, ca_file: Path | None, count: int = 2) -> None:
    settings = SmtpSettings(
        host=LOCAL, port=sink.port, security=security, timeout_seconds=5, local_hostname="localhost",
        ca_file=str(ca_file) if ca_file else None,
    )  # fmt: skip
    with SmtpTransport(settings, machine_now=lambda: NOW) as wire:
        for number in range(count):
            wire.send(
                Envelope(
                    key=uuid.UUID(int=number), channel="email", sender_address="a@boutique.fr", sender_name="",
                    recipient="dora@free.fr", subject="Avis", text="Bonjour", sent_at=NOW,
                )
            )  # fmt: skip


def contexts(security: Security, context: ssl.SSLContext) -> dict[str, ssl.SSLContext]:
    return {security: context}


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_the_right_certificate_passes(authority: Authority, serve: Serve, security: Security) -> None:
    sink = serve(**contexts(security, authority.context(LOCAL)))
    send(sink, security, ca_file=authority.file)
    assert len(sink.taken) == 2


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("case", ["other name", "self-signed", "unknown authority"])
def test_any_other_is_refused_and_is_our_fault(
    authority: Authority, serve: Serve, security: Security, case: str
) -> None:
    """Scope "sender" pauses the channel; no customer is suppressed."""
    names = {"other name": ("mail.elsewhere.example",)}.get(case, (LOCAL,))
    context = authority.context(*names, is_self_signed=case == "self-signed")
    sink = serve(**contexts(security, context))
    known = None if case == "unknown authority" else authority.file
    with pytest.raises(PermanentFailure, match="TLS") as refused:
        send(sink, security, ca_file=known)
    assert refused.value.scope == "sender"
    assert not sink.taken


def test_a_server_that_offers_no_starttls_gets_nothing(authority: Authority, serve: Serve) -> None:
    sink = serve()
    with pytest.raises(PermanentFailure) as refused:
        send(sink, "starttls", ca_file=authority.file)
    assert refused.value.scope == "sender"
    assert not sink.taken


@pytest.mark.usefixtures("other_application")
def test_a_missing_authority_file_stops_the_start(tmp_path: Path) -> None:
    environ = {"SECRET_KEY": "x", "COMPTOIR_VAR": str(tmp_path), "SMTP_HOST": LOCAL}
    with pytest.raises(OSError, match="SMTP_CA_FILE"):
        create_app(load({**environ, "SMTP_CA_FILE": str(tmp_path / "absent.pem")}))
