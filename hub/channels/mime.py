"""An envelope to the bytes of a mail, by filling a byte template (an `EmailMessage` costs ten times as much)."""

import base64
import binascii
import re
from email.utils import format_datetime
from urllib.parse import quote

from hub.channels.base import AttachedFile, Envelope

MAX_WORD_BYTES = 45
MAX_PLAIN_CHARS = 900
FOLD_AT = 65
MAX_ADDRESS_CHARS = 320
_BREAKS = re.compile(r"[\r\n\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029]+")
_LONE = re.compile("[\ud800-\udfff]")
_MEDIA_TYPE = re.compile(r"\A[a-z]+/[A-Za-z0-9.+-]{1,100}\Z")
_HEADER_NAME = re.compile(r"\A[!-9;-~]{1,76}\Z")
_ADDRESS = re.compile(r"\A[^\s<>\"(),:;\\@]+@[^\s<>\"(),:;\\@]+\Z")
_PLAIN_NAME = re.compile(r"\A[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~ ]*\Z")
_ASCII = bytes(range(128))
_NEWLINES = re.compile(r"\r\n|\r|\n")
_RESERVED = frozenset(
    {
        "from", "to", "subject", "date", "message-id", "mime-version", "content-type", "content-transfer-encoding",
        "reply-to", "bcc", "cc", "sender", "return-path",
    }
)  # fmt: skip


def build_mime(envelope: Envelope) -> bytes:
    """The mail with CRLF line ends, 7-bit clean but for SMTPUTF8 addresses; raises ValueError on a bad address."""
    lines = [
        b"From: " + _mailbox(envelope.sender_name, envelope.sender_address),
        b"To: " + _mailbox(envelope.recipient_name, envelope.recipient),
        b"Subject: " + encode_phrase(envelope.subject, used=9),
        b"Date: " + format_datetime(envelope.sent_at).encode("ascii"),
        b"Message-ID: " + _message_id(envelope),
    ]
    if envelope.reply_to:
        lines.append(b"Reply-To: " + _mailbox("", envelope.reply_to))
    for name, value in envelope.headers.items():
        lines.append(_extra_header(name, value))
    lines.append(b"MIME-Version: 1.0")
    body = _text_part(b"plain", envelope.text) if envelope.html is None else _alternative(envelope)
    lines.append(_mixed(envelope, body) if envelope.attachments else body)
    return b"\r\n".join(lines)


def _mixed(envelope: Envelope, body: bytes) -> bytes:
    """The words first, then each file."""
    boundary = b"=_m" + envelope.key.hex.encode("ascii")
    opening = b"--" + boundary + b"\r\n"
    parts = b"".join(opening + _file_part(file) + b"\r\n" for file in envelope.attachments)
    head = b'Content-Type: multipart/mixed; boundary="' + boundary + b'"\r\n\r\n'
    return head + opening + body + b"\r\n" + parts + b"--" + boundary + b"--\r\n"


def _file_part(file: AttachedFile) -> bytes:
    """A file in base64 under its name: plain for old readers, and in full (RFC 2231) where it has accents."""
    name = one_line(file.name).replace("\\", "_").replace('"', "_") or "document"
    plain = name.encode("ascii", "replace").replace(b"?", b"_")
    named = b'; filename="' + plain + b'"'
    if not name.isascii():
        named += b";\r\n filename*=utf-8''" + quote(name, safe="").encode("ascii")
    media_type = file.media_type if _MEDIA_TYPE.match(file.media_type) else "application/octet-stream"
    return b"".join(
        (
            b"Content-Type: " + media_type.encode("ascii"),
            b"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment",
            named,
            b"\r\n\r\n",
            base64.encodebytes(file.content).replace(b"\n", b"\r\n"),
        )
    )


def _alternative(envelope: Envelope) -> bytes:
    boundary = b"=_" + envelope.key.hex.encode("ascii")
    return b"".join(
        (
            b'Content-Type: multipart/alternative; boundary="', boundary, b'"\r\n\r\n',
            b"--", boundary, b"\r\n", _text_part(b"plain", envelope.text), b"\r\n",
            b"--", boundary, b"\r\n", _text_part(b"html", envelope.html or ""), b"\r\n",
            b"--", boundary, b"--\r\n",
        )
    )  # fmt: skip


def _text_part(subtype: bytes, text: str) -> bytes:
    """Headers and body of one text part: quoted-printable for mostly plain text, base64 for the rest."""
    plain = _NEWLINES.sub("\n", text) if "\r" in text else text
    try:
        raw = plain.encode("utf-8")
    except UnicodeEncodeError:
        raw = _LONE.sub("\ufffd", plain).encode("utf-8")
    if not raw.endswith(b"\n"):
        raw += b"\n"
    other = len(raw.translate(None, _ASCII))
    if other * 6 > len(raw):
        encoding, body = b"base64", base64.encodebytes(raw.replace(b"\n", b"\r\n")).replace(b"\n", b"\r\n")
    else:
        encoding, body = b"quoted-printable", encode_quoted_printable(raw)
    return b"".join(
        (
            b"Content-Type: text/",
            subtype,
            b"; charset=utf-8\r\nContent-Transfer-Encoding: ",
            encoding,
            b"\r\n\r\n",
            body,
        )
    )


def encode_quoted_printable(raw: bytes) -> bytes:
    """Quoted-printable with CRLF for bytes whose lines end with LF."""
    encoded = binascii.b2a_qp(raw, quotetabs=False, istext=True, header=False)
    return encoded.replace(b"\n", b"\r\n")


def one_line(text: str) -> str:
    """Text without line breaks, control characters or lone surrogates: it cannot begin another header."""
    if text.isprintable():  # no break, control character or lone surrogate
        return text.strip()
    return _LONE.sub("\ufffd", _BREAKS.sub(" ", text)).strip()


def encode_phrase(text: str, *, used: int = 0) -> bytes:
    """A header text: as it is when plain ASCII, else RFC 2047 words of at most 75 characters, folded.

    `used` is the number of characters that stand before it on its line.
    """
    line = one_line(text)
    if line.isascii() and "=?" not in line and len(line) + used <= MAX_PLAIN_CHARS:
        return _fold(line).encode("ascii")
    words: list[bytes] = []
    chunk = b""
    for char in line:
        raw = char.encode("utf-8")
        if len(chunk) + len(raw) > MAX_WORD_BYTES - (used if not words else 0):
            words.append(chunk)
            chunk = b""
        chunk += raw
    words.append(chunk)
    return b"\r\n ".join(b"=?utf-8?b?" + base64.b64encode(word) + b"?=" for word in words if word)


def _fold(line: str) -> str:
    """Long plain lines are folded at a single space, so that unfolding gives the same text."""
    if len(line) <= FOLD_AT:
        return line
    pieces, current = [], ""
    for word in line.split(" "):
        if current and word and len(current) + len(word) > FOLD_AT and not current.endswith(" "):
            pieces.append(current)
            current = word
        else:
            current = f"{current} {word}" if current or pieces else word
    pieces.append(current)
    return "\r\n ".join(pieces)


def _mailbox(name: str, address: str) -> bytes:
    checked = wire_address(address).encode("utf-8")
    line = one_line(name)
    if not line:
        return checked
    if line.isascii() and _PLAIN_NAME.match(line) and "=?" not in line:
        shown = line.encode("ascii")
    elif line.isascii() and "=?" not in line:
        shown = b'"' + line.replace("\\", "\\\\").replace('"', '\\"').encode("ascii") + b'"'
    else:
        shown = encode_phrase(line, used=6)
    return shown + b" <" + checked + b">"


def wire_address(address: str) -> str:
    """The address as it goes over the wire (IDNA domain); ValueError when it could break out of header or command."""
    if len(address) > MAX_ADDRESS_CHARS or not _ADDRESS.match(address) or _BREAKS.search(address):
        raise ValueError(f"not a mail address: {address[:80]!r}")
    local, _, domain = address.rpartition("@")
    return address if address.isascii() else f"{local}@{_idna(domain)}"


def _message_id(envelope: Envelope) -> bytes:
    """The caller's id, or one from our key: the same message keeps the same id when it is sent again."""
    given = one_line(envelope.message_id or "")
    if given.startswith("<") and given.endswith(">") and given.isascii() and " " not in given:
        return given.encode("ascii")
    return f"<{envelope.key.hex}@{_idna(envelope.sender_address.rpartition('@')[2])}>".encode("ascii")


def _idna(domain: str) -> str:
    return domain if domain.isascii() else domain.encode("idna").decode("ascii")


def _extra_header(name: str, value: str) -> bytes:
    if not _HEADER_NAME.match(name) or name.lower() in _RESERVED:
        raise ValueError(f"not a header that may be added: {name[:80]!r}")
    line = one_line(value)
    if line.isascii():
        return f"{name}: {_fold(line)}".encode("ascii")
    return name.encode("ascii") + b": " + encode_phrase(line, used=len(name) + 2)
