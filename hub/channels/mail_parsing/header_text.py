"""Header values to text: unfolding, raw 8-bit, RFC 2047 encoded words (also broken ones), RFC 2231 parameters."""

import binascii
import re
from urllib.parse import unquote_to_bytes

from hub.channels.mail_parsing.charsets import clean_text, decode_text

MAX_HEADER_CHARS = 20_000
_FOLD = re.compile(r"[\r\n]+[ \t]*")
_WORD = re.compile(r"=\?([\w.:+*-]+)\?([bBqQ])\?(.{0,1500}?)\?=", re.DOTALL)
_WORD_GAP = re.compile(r"[ \t\r\n]*")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_QUOTED = re.compile(rb"=([0-9A-Fa-f]{2})")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]")
_PARAMETER = re.compile(
    r""";\s*(?P<name>[^\s=;*]+)(?:\*(?P<index>\d+))?(?P<star>\*)?\s*=\s*"""
    r"""(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<plain>[^;]*))""",
    re.DOTALL,
)
_UNESCAPE = re.compile(r"\\(.)", re.DOTALL)


def unfold(value: str) -> str:
    """One line, raw 8-bit bytes repaired; encoded words are left as they are."""
    value = value[:MAX_HEADER_CHARS]
    if "\n" in value or "\r" in value:
        value = _FOLD.sub(" ", value)
    if not value.isascii():
        value = decode_text(value.encode("utf-8", "surrogateescape"))
    return value.strip()


def decode_header(value: str) -> str:
    """The text a reader should see for an unstructured header or a phrase."""
    line = unfold(value)
    if "=?" in line:
        line = decode_words(line)
    return _CONTROL.sub(" ", clean_text(line)).strip()


def decode_words(line: str) -> str:
    """`line` with its encoded words decoded; neighbours of one charset are joined before decoding."""
    pieces: list[str] = []
    pending, charset, end = b"", "", 0
    for match in _WORD.finditer(line):
        gap = line[end : match.start()]
        is_neighbour = bool(charset) and not gap.strip()
        name = match[1].lower()
        if not (is_neighbour and name == charset):
            pieces.append(decode_text(pending, charset or None))
            pending = b""
        if not is_neighbour:
            pieces.append(gap)
        pending += _word_bytes(match[2], match[3])
        charset, end = name, match.end()
    pieces.extend((decode_text(pending, charset or None), line[end:]))
    return "".join(pieces)


def _word_bytes(encoding: str, payload: str) -> bytes:
    raw = payload.encode("utf-8", "surrogateescape")
    if encoding in "bB":
        return decode_base64(raw)
    return _QUOTED.sub(lambda match: bytes((int(match[1], 16),)), raw.replace(b"_", b" "))


def decode_base64(raw: bytes) -> bytes:
    """Bytes of base64 that may be unpadded, wrapped or dirty; never raises."""
    try:
        return binascii.a2b_base64(raw)
    except ValueError:
        clean = _NOT_BASE64.sub(b"", raw)
        clean = clean[: len(clean) - 1] if len(clean) % 4 == 1 else clean
        return binascii.a2b_base64(clean + b"=" * (-len(clean) % 4))


def split_parameters(value: str) -> tuple[str, dict[str, str]]:
    """Main value (lower case) and decoded parameters of Content-Type or Content-Disposition (RFC 2231)."""
    line = unfold(value)
    main = line.partition(";")[0].strip().lower()
    if ";" not in line:
        return main, {}
    plain: dict[str, str] = {}
    parts: dict[str, list[tuple[int, bool, str]]] = {}
    for match in _PARAMETER.finditer(line):
        name = match["name"].lower()
        text = (
            _UNESCAPE.sub(r"\1", match["quoted"]) if match["quoted"] is not None else match["plain"].strip()
        )
        if match["index"] or match["star"]:
            parts.setdefault(name, []).append((int((match["index"] or "0")[:4]), bool(match["star"]), text))
        else:
            plain.setdefault(name, decode_header(text) if "=?" in text else clean_text(text))
    for name, pieces in parts.items():
        plain[name] = _join_continuations(pieces)
    return main, plain


def _join_continuations(pieces: list[tuple[int, bool, str]]) -> str:
    pieces.sort(key=lambda piece: piece[0])
    charset, raw = "utf-8", b""
    first = pieces[0]
    if first[1] and first[2].count("'") > 1:
        charset, _, rest = first[2].split("'", 2)
        pieces[0] = (first[0], True, rest)
    for _, is_extended, text in pieces:
        encoded = text.encode("utf-8", "surrogateescape")
        raw += unquote_to_bytes(encoded) if is_extended else encoded
    return decode_text(raw, charset or "utf-8")
