"""Fuzz of everything that reads a mail: no crash, no hang, no call to another server. LARGE=1 goes on for ten minutes."""

import base64
import os
import random
import re
import socket
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.channels.mail_parsing import MailKind, ParsedMail, parse_mail, sanitise_html
from hub.channels.mail_parsing.inspect import describe_mail
from hub.channels.mail_parsing.sanitise import has_blocked_images, show_html
from hub.mailroom.reading import read_enclosed
from hub.mailroom.rules import find_message_id, is_readable, kind_of
from tests.channels.raw import dsn, raw_mail, word
from tests.channels.reply_samples import ATTRIBUTIONS, DISCLAIMERS, HEADER_BLOCKS, NOT_QUOTES, SIGNATURES

DANGEROUS = re.compile(
    r"<(?:script|svg|link|style|iframe|form|object|meta)\b|<[^<>]*\s(?:src=\"http|href=\"javascript|on[a-z]+=)",
    re.IGNORECASE,
)
LARGE = bool(os.environ.get("LARGE"))
FUZZ_SECONDS = 600 if LARGE else 4
LONGEST_SECONDS = 5.0
TNEF = b"\x78\x9f\x3e\x22\x01\x00" + b"\x02\x02\x90\x06\x00\x04\x00\x00\x00" + bytes(40)
HTML = (
    '<p>Bonjour<img src="https://spy.example/p.gif"><img src=cid:a@b><script>x</script><svg/onload=x><a href="javascript:x">y</a>'
    "<style>@import url(//spy.example)</style><blockquote>vieux</blockquote><link rel=stylesheet href=//spy.example/a.css>"
)


def _multipart(kind: str, *parts: bytes) -> bytes:
    body = b"".join(b"--zz1\r\n" + part + b"\r\n" for part in parts) + b"--zz1--\r\n"
    head = raw_mail(f"Content-Type: multipart/{kind}; boundary=zz1", body="")
    return head + body


TEXT = b"Content-Type: text/plain; charset=utf-8\r\n\r\n"
SEEDS: tuple[bytes, ...] = (
    raw_mail(f"Subject: {word('Déjà reçu')}", f"From: {word('Léa, chef')} <lea@free.fr>"),
    raw_mail("Content-Type: text/html; charset=iso-8859-1", body=HTML),
    raw_mail("Auto-Submitted: auto-replied", "X-Failed-Recipients: a@b.fr", "Return-Path: <>"),
    raw_mail("Subject: Absence", "X-Loop: a@b.fr", "X-Auto-Response-Suppress: DR, OOF"),
    raw_mail("From: <no-reply@sns.amazonaws.com>", body='{"notificationType":"Bounce","bounce":{"bouncedRecipients":[{"emailAddress":"a@b"}]},"mail":{}}'),
    raw_mail("Content-Transfer-Encoding: base64", body=base64.encodebytes(b"Bonjour " * 40).decode()),
    dsn(status="5.1.1", diagnostic="550 5.1.1 User unknown"),
    _multipart("alternative", TEXT + b"Bonjour", b"Content-Type: text/html\r\n\r\n" + HTML.encode()),
    _multipart("related", b"Content-Type: text/html\r\n\r\n" + HTML.encode(), b"Content-Type: image/png\r\nContent-ID: <a@b>\r\n\r\n\x89PNG"),
    _multipart("mixed", TEXT + b"voir", b"Content-Type: message/rfc822\r\n\r\n" + raw_mail()),
    _multipart("mixed", b"Content-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(TNEF)),
    _multipart("report; report-type=delivery-status", TEXT + b"x", b"Content-Type: message/delivery-status\r\n\r\nFinal-Recipient: rfc822; x@y\r\n"),
    *(
        raw_mail(body=f"Merci\n\n{quote}\n\n> bla\n> bli\n")
        for quote in (*list(ATTRIBUTIONS.values())[::9], *list(HEADER_BLOCKS.values())[::6], *SIGNATURES[::12], *DISCLAIMERS[::4])
    ),
    *(raw_mail(body=text) for text in list(NOT_QUOTES.values())[::3]),
)  # fmt: skip
DICTIONARY: tuple[bytes, ...] = (
    b"\r\n", b"\r\n\r\n", b"\x00", b"\xff\xfe", b"=?utf-8?B?", b"?=", b"=?", b"--zz1\r\n", b"--zz1--\r\n", b"boundary=", b"boundary=zz1;",
    b"Content-Type: multipart/mixed; boundary=zz1\r\n\r\n", b"Content-Type: message/rfc822\r\n\r\n", b"Content-Transfer-Encoding: base64\r\n",
    b"charset=utf-7", b"charset=idna", b"filename*0*=x''%", b"begin 644 x\r\n", b"<", b">", b"(", b")", b'"', b"> ", b":", b"From: ", b"<!--", b"<img src=",
    b"data-blocked-src=", b"cid:", b"A" * 3000, b"> " * 500, b"<div>" * 400, b"1/1/20" * 100, b"a@b.c " * 200, b"\xe2\x80\xae", "Le 3/2/2026, X a écrit :\n".encode(),
)  # fmt: skip


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever opens a connection or asks for a name fails the test."""

    def refuse(*given: object, **_also: object) -> None:
        raise AssertionError(f"a mail made us call another server: {given[1:]}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def read_everything(raw: bytes) -> ParsedMail:
    """All that the door in and the page do with a mail; what an exception was made into counts as a crash."""
    began = time.monotonic()
    mail = parse_mail(raw, own_domains=frozenset({"hub.example"}))
    assert "Error: " not in (mail.error or ""), mail.error
    safe = sanitise_html(mail.html or "", inline_urls={"a@b": "cid:a@b"})
    shown = show_html(safe, inline={"a@b": "data:image/png;base64,AA=="}, show_remote_images=False)
    assert not DANGEROUS.search(shown)
    assert has_blocked_images(safe) in {True, False}
    described = describe_mail(mail)
    texts = [mail.subject, mail.text, mail.from_name, mail.from_address, shown, *mail.headers.values()]
    assert not any("\x00" in text for text in texts)
    assert all(text.encode() is not None for text in texts)
    assert sorted(f"{mail.reply_text}\n{mail.quoted_text}".split()) == sorted(mail.text.split())
    assert described["kind"] == kind_of(mail, "hub.example") or mail.from_address.endswith("@hub.example")
    assert mail.kind in {mail.kind_without_ticket, MailKind.AUTO_REPLY}
    assert is_readable(mail) in {True, False}
    assert find_message_id(raw, "d" * 64)
    for file in mail.attachments:
        if file.type == "message/rfc822":
            read_enclosed(file.content)
    assert time.monotonic() - began < LONGEST_SECONDS, "it took too long"
    return mail


def mutate(raw: bytes, dice: random.Random) -> bytes:
    """A mail with a few places cut, doubled, moved, overwritten or filled with what parsers stumble over."""
    for _ in range(dice.randint(1, 6)):
        here, there = sorted(dice.choices(range(len(raw) + 1), k=2))
        piece = dice.choice((dice.choice(DICTIONARY), dice.randbytes(dice.randint(1, 9)), raw[here:there]))
        raw = dice.choice(
            (
                lambda: raw[:here] + raw[there:],  # noqa: B023 - called at once
                lambda: raw[:here] + piece + raw[here:],  # noqa: B023
                lambda: raw[:here] + piece + raw[there:],  # noqa: B023
                lambda: raw[there:] + raw[:here] + piece,  # noqa: B023
            )
        )()[:200_000]
    return raw


def test_fuzz_mutated_mails() -> None:
    seed = random.SystemRandom().randrange(1 << 32) if LARGE else 4
    dice = random.Random(seed)
    end = time.monotonic() + FUZZ_SECONDS
    count = 0
    while time.monotonic() < end and (LARGE or count < 1_500):
        raw = mutate(dice.choice(SEEDS), dice)
        count += 1
        try:
            read_everything(raw)
        except Exception as error:
            raise AssertionError(f"seed {seed}, mail {count}: {raw!r}") from error
    assert count > 50


@settings(max_examples=20_000 if LARGE else 60, deadline=None)
@given(st.lists(st.sampled_from(DICTIONARY) | st.sampled_from(SEEDS) | st.binary(max_size=30), max_size=8))
def test_fuzz_pieces(pieces: list[bytes]) -> None:
    read_everything(b"".join(pieces))


@pytest.mark.parametrize("seed", range(len(SEEDS)))
def test_fuzz_seeds_are_readable(seed: int) -> None:
    assert read_everything(SEEDS[seed]).from_address


@pytest.mark.parametrize(
    "raw",
    [
        b"From: a@b.fr\r\n" + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" * 3000,
        b"From: a@b.fr\r\n" + b"Content-Type: message/rfc822\r\n\r\n" * 3000,
        b"From: " + b"<a@b.fr>, " * 50_000 + b"\r\n\r\nx",
        b"From: a@b.fr\r\nSubject: " + b"=?utf-8?q?=41?= " * 40_000 + b"\r\n\r\nx",
        b"From: a@b.fr\r\nReferences: " + b"<a@b.fr> " * 40_000 + b"\r\n\r\nx",
        raw_mail(body="1/1/20" * 100_000),
        raw_mail(body="\n".join(["Le 3/2/2026 " + "a" * 150 + " <"] * 6000)),
        raw_mail("Content-Type: text/html", body="<div>" * 100_000),
        raw_mail("Content-Type: text/html", body="<a href=x" * 60_000),
        raw_mail("Content-Type: text/html", body="<!--" * 60_000),
        raw_mail("Content-Type: text/html", body="<b></i>" * 100_000),
        raw_mail("Content-Type: text/html", body="&" * 900_000),
        raw_mail("Content-Type: text/html", body="<blockquote>" * 60_000 + "x"),
    ],
)
def test_fuzz_bombs_end_in_time(raw: bytes) -> None:
    read_everything(raw)
