"""DKIM: what we sign, dkimpy verifies with the record we publish; what is touched on the way, it refuses."""

import base64
import re
import uuid
from datetime import UTC, datetime
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from hypothesis import given, settings
from hypothesis import strategies as st

from config import load
from hub.app import create_app
from hub.channels.base import Envelope
from hub.channels.dkim_signing import DkimKey, SigningFault, public_record, read_key, sign
from hub.channels.email import SmtpSettings, SmtpTransport
from hub.channels.mime import build_mime
from tests.makers.sink import start_sink

NOW = datetime(2026, 11, 10, 9, 0, tzinfo=UTC)
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
KEY = DkimKey("boutique.fr", "hub1", RSA)
HEADERS = {
    "List-Unsubscribe": "<https://relation.boutique.fr/u/" + "a" * 120 + ">",
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
}
SIGNED = {
    "from", "to", "subject", "date", "message-id", "mime-version", "content-type", "list-unsubscribe",
    "list-unsubscribe-post",
}  # fmt: skip


def envelope(
    subject: str = "Votre avis, déjà", text: str = "Bonjour\n.point\n\n\n", html: str | None = "<p>é</p>"
) -> Envelope:
    return Envelope(
        key=uuid.UUID(int=3), channel="email", sender_address="lyon@boutique.fr", sender_name="Lyon Part-Dieu, été",
        recipient="dora@free.fr", subject=subject, text=text, html=html, sent_at=NOW, headers=HEADERS,
    )  # fmt: skip


def verifies(message: bytes, key: DkimKey = KEY) -> bool:
    def look_up(name: bytes, timeout: int = 5) -> bytes | None:
        return public_record(key).encode() if name.rstrip(b".") == key.record_name.encode() else None

    return dkim.verify(message, dnsfunc=look_up)


def pem(key: PrivateKeyTypes) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def test_what_we_sign_is_verified_by_another_implementation() -> None:
    signed = sign(build_mime(envelope()), KEY)
    assert verifies(signed)
    tags = dict(
        part.strip().split("=", 1)
        for part in re.sub(r"\s+", "", signed.split(b"\r\nFrom:")[0].decode().partition(":")[2]).split(";")
    )
    assert (tags["a"], tags["c"], tags["d"], tags["s"]) == (
        "rsa-sha256",
        "relaxed/relaxed",
        "boutique.fr",
        "hub1",
    )
    assert set(tags["h"].split(":")) >= SIGNED
    assert max(len(line) for line in signed.split(b"\r\n")) <= 200


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"boutique.fr>", b"boutique.com>"),
        (b"To: dora", b"To: emil"),
        (b"09:00:00", b"09:00:01"),
        (b"List-Unsubscribe=One-Click", b"List-Unsubscribe=Two-Click"),
        (b"Bonjour", b"Bonsoir"),
        (b"MIME-Version: 1.0", b"MIME-Version: 1.1"),
        (b"multipart/alternative", b"multipart/mixed"),
    ],
)
def test_what_is_changed_on_the_way_is_refused(old: bytes, new: bytes) -> None:
    head, mark, rest = sign(build_mime(envelope()), KEY).partition(b"From:")
    assert old in mark + rest
    assert not verifies(head + (mark + rest).replace(old, new, 1))


@pytest.mark.parametrize(
    "added", [b"From: Eve <eve@boutique.fr>", b"Subject: Autre", b"List-Unsubscribe: <x:y>"]
)
def test_nobody_adds_a_header_that_is_there_once(added: bytes) -> None:
    signed = sign(build_mime(envelope()), KEY)
    assert not verifies(added + b"\r\n" + signed)


def test_a_relay_that_folds_anew_does_no_harm() -> None:
    head, _, body = sign(build_mime(envelope()), KEY).partition(b"\r\n\r\n")
    assert verifies(head.replace(b"Subject: ", b"Subject:   ") + b"\r\n\r\n" + body + b"\r\n\r\n")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80), st.text(max_size=400), st.none() | st.text(max_size=400))
def test_property_whatever_is_written_is_verified(subject: str, text: str, html: str | None) -> None:
    assert verifies(sign(build_mime(envelope(subject, text, html)), KEY))


def test_an_ed25519_key_signs_too() -> None:
    private = ed25519.Ed25519PrivateKey.generate()
    key = DkimKey("boutique.fr", "hub2", private)
    signed = sign(build_mime(envelope()), key)
    assert b"a=ed25519-sha256" in signed
    assert public_record(key).startswith("v=DKIM1; k=ed25519; p=")
    assert len(base64.b64decode(public_record(key).rpartition("=")[0].rpartition("p=")[2] + "=")) == 32


def test_mail_leaves_signed_over_the_wire() -> None:
    sink, controller = start_sink()
    signing = SmtpSettings(host="127.0.0.1", port=sink.port, local_hostname="localhost", dkim=KEY)
    waiting = [envelope("Deux")]
    later = lambda: waiting.pop() if waiting else None  # noqa: E731
    try:
        with SmtpTransport(signing, machine_now=lambda: NOW, upcoming=later) as wire:
            wire.send(envelope("Un"))
            wire.send(envelope("Deux"))
    finally:
        controller.stop()
    assert len(sink.raw) == 2
    assert all(verifies(raw) for raw in sink.raw)


def test_without_a_key_nothing_is_signed(tmp_path: Path) -> None:
    assert read_key(domain=None, selector=None, key_file=None) is None


def faulty(tmp_path: Path) -> dict[str, dict[str, str | None]]:
    (tmp_path / "right.pem").write_bytes(pem(RSA))
    (tmp_path / "not.pem").write_text("hello")
    (tmp_path / "curve.pem").write_bytes(pem(ec.generate_private_key(ec.SECP256R1())))
    known: dict[str, str | None] = {"domain": "boutique.fr", "selector": "hub1"}
    return {
        "DKIM_SELECTOR": {"domain": "boutique.fr", "selector": None, "key_file": str(tmp_path / "right.pem")},
        "DKIM_KEY_FILE": {**known, "key_file": None},
        "cannot be read": {**known, "key_file": str(tmp_path / "absent.pem")},
        "no private key": {**known, "key_file": str(tmp_path / "not.pem")},
        "neither RSA nor": {**known, "key_file": str(tmp_path / "curve.pem")},
        "not a name": {"domain": "boutique.fr;x", "selector": "a", "key_file": str(tmp_path / "right.pem")},
    }


@pytest.mark.usefixtures("other_application")
@pytest.mark.parametrize(
    "words",
    ["DKIM_SELECTOR", "DKIM_KEY_FILE", "cannot be read", "no private key", "neither RSA nor", "not a name"],
)
def test_a_key_that_cannot_sign_stops_the_start(tmp_path: Path, words: str) -> None:
    given_settings = faulty(tmp_path)[words]
    with pytest.raises(SigningFault, match=words):
        read_key(**given_settings)  # type: ignore[arg-type]
    environ = {f"DKIM_{name.upper()}": value for name, value in given_settings.items() if value}
    with pytest.raises(SigningFault, match=words):
        create_app(
            load({**environ, "SECRET_KEY": "x", "SMTP_HOST": "127.0.0.1", "COMPTOIR_VAR": str(tmp_path)})
        )
