"""Bytes to text: the charset a mail declares, repaired when it is wrong, missing or unknown."""

import codecs
import re
from functools import lru_cache

_ALIASES = {
    "utf8": "utf-8", "utf-8mb4": "utf-8", "unicode": "utf-8", "us-ascii": "ascii", "ansi_x3.4-1968": "ascii",
    "646": "ascii", "iso-8859-1": "cp1252", "iso8859-1": "cp1252", "iso_8859-1": "cp1252",
    "latin1": "cp1252", "latin-1": "cp1252", "l1": "cp1252", "windows1252": "cp1252", "ansi": "cp1252",
    "latin9": "iso8859-15", "latin-9": "iso8859-15", "iso-8859-8-i": "iso8859-8",
    "iso-8859-9": "cp1254", "ks_c_5601-1987": "cp949", "euc-kr": "cp949", "gb2312": "gb18030", "gbk": "gb18030",
    "shift_jis": "cp932", "shift-jis": "cp932", "sjis": "cp932", "x-sjis": "cp932", "windows-31j": "cp932",
    "iso-2022-jp": "iso2022_jp_ext", "iso-2022-jp-ms": "iso2022_jp_ext", "cp-850": "cp850",
    "macintosh": "mac_roman", "x-mac-roman": "mac_roman", "tis-620": "cp874", "windows-874": "cp874",
}  # fmt: skip
_REFUSED = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "charmap"})
_WESTERN = frozenset({"ascii", "cp1252", "iso8859-15"})
_SEVEN_BIT = ("iso2022", "hz", "utf-7", "utf-16", "utf-32")
_LATIN_9_ONLY = bytes(range(0x80, 0xA0))
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@lru_cache(maxsize=512)
def known_charset(declared: str) -> str | None:
    """Name of the Python codec for a declared charset; None when unknown or not fit for mail."""
    name = declared.strip().strip("\"'").split("*", 1)[0].lower()
    try:
        codec = codecs.lookup(_ALIASES.get(name, name)).name
        b"".decode(codec)
    except (LookupError, ValueError, UnicodeError):
        return None
    return None if codec.replace("-", "_") in _REFUSED else codec


def clean_text(text: str) -> str:
    """Text that PostgreSQL can store: no NUL, no lone surrogate."""
    return _UNSTORABLE.sub("\ufffd", text.replace("\x00", "")) if _UNSTORABLE.search(text) else text


def decode_text(raw: bytes, declared: str | None = None) -> str:
    """Text of `raw`, whatever its declared charset is worth; never raises.

    Valid UTF-8 wins over a declared western charset; invalid UTF-8 is read as cp1252 or latin-9.
    """
    codec = known_charset(declared) if declared else None
    if raw.isascii() and not (codec or "").startswith(_SEVEN_BIT):
        return clean_text(raw.decode("ascii"))
    if codec is None or codec in _WESTERN or codec == "utf-8":
        return clean_text(_decode_western(raw, codec))
    return clean_text(_decode_other(raw, codec))


def _decode_western(raw: bytes, codec: str | None) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    if codec == "utf-8":
        loose = raw.decode("utf-8", "replace")
        broken = loose.count("\ufffd")
        if broken * 2 < sum(not char.isascii() for char in loose):
            return loose
    if codec == "iso8859-15" and raw.translate(None, _LATIN_9_ONLY) == raw:
        return raw.decode("iso8859-15")
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _decode_other(raw: bytes, codec: str) -> str:
    try:
        return raw.decode(codec)
    except (UnicodeError, ValueError):
        pass
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode(codec, "replace")
