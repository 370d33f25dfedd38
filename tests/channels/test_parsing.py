"""Decoding of raw mail: charsets, encoded words, names of files, nested and broken structures."""

import base64
import struct
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.channels.mail_parsing import ParsedMail, parse_mail, sanitise_html
from hub.channels.mail_parsing.charsets import decode_text
from hub.channels.mail_parsing.html_text import html_to_text
from hub.channels.mail_parsing.tnef import read_tnef
from tests.channels.raw import raw_mail, word


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (word("Où est ma commande"), "Où est ma commande"),
        ("=?utf-8?Q?D=C3=A9ception_totale?=", "Déception totale"),
        ("=?utf-8?B?w6k?=", "é"),
        ("=?utf-8?B?w6k=?= =?utf-8?B?w6k=?=", "éé"),
        ("=?utf-8?B?4oI=?= =?utf-8?B?rA==?=", "€"),
        ("=?utf-8?Q?=E2=82?=\r\n =?utf-8?Q?=AC?= net", "€ net"),
        ("=?x-unknown?Q?caf=E9?=", "café"),
        ("=?iso-8859-1?Q?co=FBt_5=80?=", "coût 5€"),
        ("=?UTF8?Q?accent = =C3=A9?=", "accent = é"),
        ("plain =?utf-8?q?text?= after", "plain text after"),
        ("=?utf-8*fr?Q?=C3=A9t=C3=A9?=", "été"),
        ("=?rot13?Q?abc?=", "abc"),
        ("=?utf-8?B?!!!?=", ""),
    ],
)
def test_encoded_words(header: str, expected: str) -> None:
    assert parse_mail(raw_mail(f"Subject: {header}")).subject == expected


@pytest.mark.parametrize("charset", ["utf-8", "cp1252", "iso8859-15"])
def test_raw_8_bit_headers(charset: str) -> None:
    raw = (
        b"From: a@b.fr\r\nSubject: D\xe9j\xe0\r\n\r\nx"
        if charset != "utf-8"
        else "From: a@b.fr\r\nSubject: Déjà\r\n\r\nx".encode()
    )
    assert parse_mail(raw).subject == "Déjà"


@pytest.mark.parametrize(
    ("value", "name", "address"),
    [
        ("Dora Petit <dora@Free.FR>", "Dora Petit", "dora@free.fr"),
        ('"Petit, Dora" <dora@free.fr>', "Petit, Dora", "dora@free.fr"),
        ("=?utf-8?Q?L=C3=A9a=2C_chef?= <lea@free.fr>", "Léa, chef", "lea@free.fr"),
        ('"=?utf-8?Q?L=C3=A9a?=" <lea@free.fr>', "Léa", "lea@free.fr"),
        ("dora@free.fr (Dora Petit)", "Dora Petit", "dora@free.fr"),
        ("dora@free.fr", "", "dora@free.fr"),
        ('"president@elysee.fr" <evil@x.ru>', "president@elysee.fr", "evil@x.ru"),
        (
            "=?utf-8?Q?president=40elysee.fr_=3Cpresident=40elysee.fr=3E?= <evil@x.ru>",
            "president@elysee.fr <president@elysee.fr>",
            "evil@x.ru",
        ),
        ("<@relay.fr:dora@free.fr>", "", "dora@free.fr"),
        ("Dora <dora@free.fr", "Dora", "dora@free.fr"),
        ("Dora Petit dora@free.fr", "Dora Petit", "dora@free.fr"),
        ("=?utf-8?Q?Dora_<dora@free.fr>?=", "Dora", "dora@free.fr"),
    ],
)
def test_sender(value: str, name: str, address: str) -> None:
    mail = parse_mail(raw_mail(f"From: {value}"))
    assert (mail.from_name, mail.from_address) == (name, address)


def test_recipients_of_a_group_and_several() -> None:
    mail = parse_mail(raw_mail('To: Amis: a@b.fr, "X; Y" <c@d.fr>;, e@f.fr'))
    assert mail.to == ("a@b.fr", "c@d.fr", "e@f.fr")


@pytest.mark.parametrize(
    ("raw", "declared", "expected"),
    [
        ("Déjà €".encode(), "us-ascii", "Déjà €"),
        ("Déjà €".encode(), "iso-8859-1", "Déjà €"),
        ("Déjà €".encode("cp1252"), "utf-8", "Déjà €"),
        ("Déjà €".encode("cp1252"), "iso-8859-1", "Déjà €"),
        ("Déjà €".encode("iso8859-15"), "iso-8859-15", "Déjà €"),
        ("Déjà".encode("cp1252"), None, "Déjà"),
        ("こんにちは".encode("iso2022_jp"), "ISO-2022-JP", "こんにちは"),
        ("Привет".encode("koi8-r"), "koi8-r", "Привет"),
        (b"a\x00b", "utf-8", "ab"),
        ("Déjà coupé".encode()[:-1], "utf-8", "Déjà coup\ufffd"),
        (b"abc", "idna", "abc"),
        ("é".encode(), "unicode_escape", "é"),
    ],
)
def test_charset_repair(raw: bytes, declared: str | None, expected: str) -> None:
    assert decode_text(raw, declared) == expected


def test_multipart_with_inline_image_and_attachment() -> None:
    png = b"\x89PNG\r\n\x1a\n" + bytes(20)
    raw = b"\r\n".join(
        [
            b"From: dora@free.fr", b"Subject: x", b'Content-Type: multipart/mixed; boundary="M"', b"",
            b"--M", b'Content-Type: multipart/related; boundary="R"', b"",
            b"--R", b'Content-Type: multipart/alternative; boundary="A"', b"",
            b"--A", b"Content-Type: text/plain; charset=utf-8", b"Content-Transfer-Encoding: quoted-printable", b"",
            b"Caf=C3=A9 =", b"noir", b"--A", b"Content-Type: text/html", b"", b'<p>Caf\xe9</p><img src="cid:img1">', b"--A--",
            b"--R", b"Content-Type: image/png", b"Content-ID: <img1>", b"Content-Transfer-Encoding: base64", b"",
            base64.b64encode(png), b"--R--",
            b"--M", b"Content-Type: application/pdf", b"Content-Transfer-Encoding: base64",
            b"Content-Disposition: attachment; filename*0*=utf-8''Re%C3%A7u%20; filename*1=final.html", b"",
            base64.b64encode(b"<html><script>x</script></html>"), b"--M--", b"",
        ]
    )  # fmt: skip
    mail = parse_mail(raw)
    image, page = mail.attachments
    assert mail.text == "Café noir"
    assert mail.html is not None
    assert "Café" in mail.html
    assert (image.type, image.content_id, image.is_inline, image.content) == ("image/png", "img1", True, png)
    assert (page.name, page.type, page.declared_type, page.is_inline) == (
        "Reçu final.html",
        "text/html",
        "application/pdf",
        False,
    )


def test_html_only_mail_becomes_text() -> None:
    body = "<html><head><style>p{}</style></head><body><p>Bonjour&nbsp;!<br>Ça va ?</p><blockquote>vieux</blockquote></body></html>"
    mail = parse_mail(raw_mail("Content-Type: text/html; charset=utf-8", body=body))
    assert mail.reply_text == "Bonjour !\nÇa va ?"
    assert mail.quoted_text == "> vieux"


def test_flowed_text_is_joined() -> None:
    mail = parse_mail(
        raw_mail(
            "Content-Type: text/plain; format=flowed", body="une ligne \nqui continue\n> cité \n> encore\n"
        )
    )
    assert mail.text == "une ligne qui continue\n> cité encore"


@pytest.mark.parametrize(
    "body",
    ["Bonjour, ceci n'est pas du base64 !", "Q0=zz=="],
)
def test_base64_that_is_none_does_not_raise(body: str) -> None:
    mail = parse_mail(raw_mail("Content-Transfer-Encoding: base64", body=body))
    assert mail.error is None
    assert mail.text


def test_boundary_written_without_folding() -> None:
    body = "--Z\nContent-Type: text/plain\n\nBonjour\n--Z--\n"
    assert parse_mail(raw_mail("Content-Type: multipart/mixed;\r\nboundary=Z", body=body)).text == "Bonjour"


def test_missing_message_id_is_the_same_each_time() -> None:
    raw = raw_mail("Message-ID: ")
    first, again = parse_mail(b"Received: x\r\n" + raw), parse_mail(b"Received: y\r\n" + raw)
    assert first.is_message_id_generated
    assert first.message_id == again.message_id
    assert first.message_id != parse_mail(raw_mail("Message-ID: ", body="autre")).message_id


def test_ids_and_date() -> None:
    mail = parse_mail(raw_mail("In-Reply-To: <2@b.fr>", "References: <1@b.fr>\r\n <2@b.fr> <1@b.fr>"))
    assert (mail.message_id, mail.in_reply_to, mail.references) == (
        "<1@free.fr>",
        "<2@b.fr>",
        ("<1@b.fr>", "<2@b.fr>"),
    )
    assert mail.sent_at is not None
    assert mail.sent_at.isoformat() == "2026-11-10T09:00:00+00:00"
    assert parse_mail(raw_mail("Date: Tue, 99 Foo 9999 99:99")).sent_at is None


def test_language() -> None:
    assert parse_mail(raw_mail(body="Bonjour, je n'ai pas reçu ma commande")).language == "fr"
    assert parse_mail(raw_mail(body="Hello, where is my order please")).language == "en"
    assert parse_mail(raw_mail(body="38")).language is None


def _tnef_attribute(level: int, tag: int, kind: int, data: bytes) -> bytes:
    return struct.pack("<BHHI", level, tag, kind, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def test_winmail_dat() -> None:
    tnef = struct.pack("<IH", 0x223E9F78, 1)
    tnef += _tnef_attribute(1, 0x800C, 2, b"Bonjour de Outlook\r\n\x00")
    tnef += _tnef_attribute(2, 0x9002, 6, bytes(14)) + _tnef_attribute(2, 0x8010, 1, b"RECU.PDF\x00")
    name = "reçu final.pdf\x00".encode("utf-16-le")
    padded = name + b"\x00" * (-len(name) % 4)
    tnef += _tnef_attribute(2, 0x9005, 6, struct.pack("<IHHII", 1, 0x1F, 0x3707, 1, len(name)) + padded)
    tnef += _tnef_attribute(2, 0x800F, 6, b"%PDF-1.4 x")
    body = f"--W\nContent-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\n{base64.b64encode(tnef).decode()}\n--W--\n"
    mail = parse_mail(raw_mail("Content-Type: multipart/mixed; boundary=W", body=body))
    assert mail.text == "Bonjour de Outlook"
    assert [(file.name, file.type, file.content) for file in mail.attachments] == [
        ("reçu final.pdf", "application/pdf", b"%PDF-1.4 x")
    ]


def test_sanitised_html_blocks_remote_images() -> None:
    html = '<p onclick="x()">a</p><img src="https://spy.fr/p.gif"><img src="cid:img1"><script>x</script><a href="javascript:x">l</a>'
    safe = sanitise_html(html, inline_urls={"img1": "/files/1"})
    assert 'data-blocked-src="https://spy.fr/p.gif"' in safe
    assert ' src="https://spy.fr' not in safe
    assert 'src="/files/1"' in safe
    assert not any(bad in safe for bad in ("script", "onclick", "javascript"))
    assert 'src="https://spy.fr/p.gif"' in sanitise_html(html, inline_urls={}, show_remote_images=True)


@pytest.mark.parametrize(
    "raw", [b"", b"\x00" * 50, bytes(range(256)) * 9, b"Subject", b":", b"\r\n\r\n", b"\xff\xfehello"]
)
def test_junk_is_an_error_and_not_an_exception(raw: bytes) -> None:
    assert parse_mail(raw).error


def test_a_mail_built_to_exhaust_the_parser() -> None:
    raw = b"From: a@b.fr\r\nSubject: nested\r\n" + b"Content-Type: message/rfc822\r\n\r\n" * 3000 + b"hi"
    mail = parse_mail(raw)
    assert (mail.subject, bool(mail.error)) == ("nested", True)


def _is_storable(mail: ParsedMail) -> bool:
    texts = (
        mail.subject,
        mail.text,
        mail.from_name,
        mail.from_address,
        mail.message_id,
        mail.html or "",
        *mail.headers.values(),
    )
    return all("\x00" not in text and text.encode() is not None for text in texts)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=600))
def test_any_bytes(raw: bytes) -> None:
    assert _is_storable(parse_mail(raw))


_PIECES = st.sampled_from(
    [
        b"From: ", b"Subject: ", b"Content-Type: multipart/mixed; boundary=b\r\n", b"--b\r\n", b"--b--\r\n", b"\r\n", b"\n\n", b"=?utf-8?B?",
        b"?=", b"Content-Transfer-Encoding: base64\r\n", b"Content-Type: message/rfc822\r\n\r\n", b"\xe9\x00\xff", b"<a@b.fr>", b"Content-Type: text/html\r\n",
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n", b"Content-Type: message/delivery-status\r\n\r\n",
        b"Final-Recipient: rfc822; x@y\r\n", b"Status: 5.1.1\r\n", b"\x78\x9f\x3e\x22\x01\x00\x02\x02\x90\x06\x00\x04\x00\x00\x00",
        b"Content-Disposition: attachment; filename*0*=x''%", b"Le 3/2/2026, X a \xc3\xa9crit :\r\n", b"Return-Path: <>\r\n",
    ]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(_PIECES | st.binary(max_size=12), max_size=25))
def test_any_pieces_of_mail(pieces: list[bytes]) -> None:
    assert _is_storable(parse_mail(b"".join(pieces)))


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=200), st.text(max_size=200))
def test_tnef_and_html_never_raise(raw: bytes, html: str) -> None:
    read_tnef(b"\x78\x9f\x3e\x22\x01\x00" + raw)
    html_to_text(html)
    sanitise_html(html, inline_urls={})


def _multipart(content_type: str, *parts: str) -> bytes:
    body = "".join(f"--zzzz1\n{part}\n" for part in parts) + "--zzzz1--\n"
    return raw_mail(f"Content-Type: {content_type}", body=body)


@pytest.mark.parametrize("content_type", ["multipart/mixed", "multipart/mixed; boundary=other"])
def test_a_boundary_that_is_missing_or_wrong_is_found_in_the_body(content_type: str) -> None:
    mail = parse_mail(
        _multipart(
            content_type, "Content-Type: text/plain\n\nBonjour", "Content-Type: text/csv; name=a.csv\n\n1;2"
        )
    )
    assert (mail.text, [file.name for file in mail.attachments]) == ("Bonjour", ["a.csv"])


@pytest.mark.parametrize("encoding", ["8bit", "base64"])
def test_a_mail_inside_a_mail_is_an_attachment_that_can_be_read(encoding: str) -> None:
    inner = "From: Marc <marc@x.fr>\nSubject: =?utf-8?q?D=C3=A9j=C3=A0?=\n\nLe texte dedans\n"
    content = base64.b64encode(inner.encode()).decode() if encoding == "base64" else inner
    part = f"Content-Type: message/rfc822\nContent-Transfer-Encoding: {encoding}\n\n{content}"
    mail = parse_mail(_multipart("multipart/mixed; boundary=zzzz1", "Content-Type: text/plain\n\nvoir", part))
    (file,) = mail.attachments
    assert (mail.text, file.name, file.type) == ("voir", "Déjà.eml", "message/rfc822")
    within = parse_mail(file.content)
    assert (within.from_address, within.subject, within.text) == ("marc@x.fr", "Déjà", "Le texte dedans")
    alone = parse_mail(_multipart("multipart/mixed; boundary=zzzz1", part))
    assert alone.text == "Le texte dedans"


def test_the_first_text_is_the_body_even_with_a_name() -> None:
    named = "Content-Type: text/plain; name=body.txt\nContent-Disposition: inline\n\nBonjour"
    notes = "Content-Type: text/plain; name=notes.txt\n\nmesures"
    mail = parse_mail(_multipart("multipart/mixed; boundary=zzzz1", named, notes))
    assert (mail.text, [file.name for file in mail.attachments]) == ("Bonjour", ["notes.txt"])


def test_more_files_than_the_limit_are_left_out_and_said() -> None:
    many = [f"Content-Type: text/csv; name=f{number}.csv\n\n{number}" for number in range(201)]
    mail = parse_mail(
        _multipart("multipart/mixed; boundary=zzzz1", "Content-Type: text/plain\n\nvoir", *many)
    )
    assert (mail.text, len(mail.attachments), mail.error) == ("voir", 200, "too many attachments")


def test_headers_that_mean_to_command_have_no_effect() -> None:
    orders = (
        "X-Comptoir-Ticket: 1", "X-Ticket-Id: T-2603-00001", "X-OTRS-Priority: 5", "X-Zammad-Ticket-State: closed", "X-Priority: 1",
        "Control: close", "X-Spam-Flag: NO", "Importance: high", "X-Comptoir-Kind: machine",
    )  # fmt: skip
    plain, ordered = parse_mail(raw_mail()), parse_mail(raw_mail(*orders))
    assert replace(ordered, headers={}) == replace(plain, headers={})


@pytest.mark.parametrize(
    ("value", "name", "address"),
    [
        ("evil@x.ru (lyon@boutique.fr)", "lyon@boutique.fr", "evil@x.ru"),
        ('"lyon@boutique.fr" (c <x@y>) <evil@x.ru>', "lyon@boutique.fr", "evil@x.ru"),
        ("lyon@boutique.fr <evil@x.ru>", "lyon@boutique.fr", "evil@x.ru"),
        ("=?utf-8?b?bHlvbkBib3V0aXF1ZS5mcgA8?= <evil@x.ru>", "lyon@boutique.fr<", "evil@x.ru"),
        ('"rf.euqituob\u202e" <evil@x.ru>', "rf.euqituob", "evil@x.ru"),
        ("Dora <dora@free.fr\x00evil@x.ru>", "Dora", "dora@free.frevil@x.ru"),
    ],
)
def test_a_sender_that_lies_is_shown_as_it_is(value: str, name: str, address: str) -> None:
    mail = parse_mail(raw_mail(f"From: {value}"))
    assert (mail.from_name, mail.from_address) == (name, address)
