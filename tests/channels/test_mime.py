"""What is built is read back the same, by our parser and by the stdlib; nothing breaks out of a header."""

import uuid
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.channels.base import Envelope
from hub.channels.mail_parsing import parse_mail
from hub.channels.mime import build_mime, one_line

SENT_AT = datetime(2026, 11, 10, 9, 0, tzinfo=UTC)
_TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\t"), max_size=300)
_NAME = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=60)


def envelope(
    *, subject: str = "Votre avis", text: str = "Bonjour", html: str | None = None, name: str = "Lyon", headers: dict[str, str] | None = None,
    recipient: str = "dora@free.fr",
) -> Envelope:  # fmt: skip
    return Envelope(
        key=uuid.UUID(int=7), channel="email", sender_address="lyon@boutique.fr", sender_name=name, recipient=recipient,
        subject=subject, text=text, html=html, sent_at=SENT_AT, headers=headers or {},
    )  # fmt: skip


def _lines(text: str) -> list[str]:
    return [
        line.rstrip("\r") for line in text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")
    ]


@settings(max_examples=150, deadline=None)
@given(_NAME, _NAME, _TEXT, _TEXT)
def test_what_is_built_is_read_back(subject: str, name: str, text: str, html: str) -> None:
    raw = build_mime(envelope(subject=subject, name=name, text=text, html=html))
    theirs, ours = message_from_bytes(raw, policy=default), parse_mail(raw)
    plain, rich = theirs.get_body(("plain",)), theirs.get_body(("html",))
    assert plain is not None
    assert rich is not None
    assert _lines(plain.get_content()) == _lines(text)
    assert _lines(rich.get_content()) == _lines(html)
    assert ours.subject == one_line(subject)
    assert str(theirs["subject"]).split() == one_line(subject).split()
    assert ours.from_name.strip("\"' ") == one_line(name).strip("\"' ")
    assert ours.from_address == "lyon@boutique.fr"
    assert theirs["from"].addresses[0].addr_spec == "lyon@boutique.fr"
    assert _lines((ours.html or "").rstrip("\n")) == _lines(html)
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")


@pytest.mark.parametrize(
    "bad", ["a\r\nBcc: x@y.fr", "a\nBcc: x@y.fr", "a\rBcc: x@y.fr", "a\u2028Bcc: x", "a\x85Bcc: x", "a\x00b"]
)
def test_no_header_is_injected(bad: str) -> None:
    raw = build_mime(envelope(subject=bad, name=bad, headers={"X-Loop": bad}))
    parsed = message_from_bytes(raw, policy=default)
    assert parsed["bcc"] is None
    assert len(parsed.keys()) == 9


@pytest.mark.parametrize(
    "address", ["", "dora", "a@b.fr\r\nRCPT TO:<x@y>", "a b@c.fr", "<a@b.fr>", "a@b@c.fr", "a@b.fr\n"]
)
def test_bad_addresses_are_refused(address: str) -> None:
    with pytest.raises(ValueError, match="not a mail address"):
        build_mime(envelope(recipient=address))


@pytest.mark.parametrize("name", ["Subject", "To", "X Y", "X:Y", "é", ""])
def test_headers_that_may_not_be_added(name: str) -> None:
    with pytest.raises(ValueError, match="may be added"):
        build_mime(envelope(headers={name: "x"}))


def test_the_same_message_keeps_its_id_and_its_bytes() -> None:
    assert build_mime(envelope()) == build_mime(envelope())
    assert parse_mail(build_mime(envelope())).message_id == "<00000000000000000000000000000007@boutique.fr>"


def test_domain_with_accents_goes_out_in_ascii() -> None:
    assert b"To: dora@xn--caf-dma.fr" in build_mime(envelope(recipient="dora@café.fr"))


def test_one_click_headers_survive() -> None:
    value = "<https://boutique.fr/u/" + "a" * 80 + ">, <mailto:stop@boutique.fr?subject=stop>"
    parsed = message_from_bytes(build_mime(envelope(headers={"List-Unsubscribe": value})), policy=default)
    assert str(parsed["List-Unsubscribe"]) == value
