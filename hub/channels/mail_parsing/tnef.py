"""winmail.dat (TNEF, MS-OXTNEF): attachments and body text, with limits; never raises."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from hub.channels.mail_parsing.charsets import decode_text

MAX_ATTACHMENTS = 100
MAX_ATTRIBUTES = 5_000
MAX_PROPERTIES = 2_000
_NAMED, _UNICODE, _LONG = 0x8000, 0x001F, 4
SIGNATURE = b"\x78\x9f\x3e\x22"
_ATTRIBUTE = struct.Struct("<BHHI")
_RENDER_DATA, _TITLE, _DATA, _ATTACHMENT_PROPS = 0x9002, 0x8010, 0x800F, 0x9005
_MESSAGE_PROPS, _BODY, _CODE_PAGE = 0x9003, 0x800C, 0x9007
_LONG_NAME, _CONTENT_ID, _BODY_TEXT, _BODY_HTML = 0x3707, 0x3712, 0x1000, 0x1013
_FIXED_SIZES = {0x0002: 4, 0x0003: 4, 0x0004: 4, 0x000A: 4, 0x000B: 4, 0x0005: 8, 0x0006: 8, 0x0007: 8,
                0x0014: 8, 0x0040: 8, 0x0048: 16}  # fmt: skip
_STRINGS = frozenset({0x001E, 0x001F, 0x0102, 0x000D})


@dataclass(frozen=True, slots=True)
class TnefFile:
    """One file inside winmail.dat."""

    name: str
    content: bytes
    content_id: str | None = None


@dataclass(frozen=True, slots=True)
class Tnef:
    """What winmail.dat held; `html` is raw."""

    text: str = ""
    html: str = ""
    files: tuple[TnefFile, ...] = ()


def read_tnef(content: bytes) -> Tnef:
    """Files and body of a TNEF stream; what cannot be read is left out."""
    text = html = ""
    charset = "cp1252"
    files: list[dict[str, bytes | str]] = []
    for tag, data in _attributes(content):
        if tag == _CODE_PAGE and len(data) >= _LONG:
            charset = f"cp{struct.unpack_from('<I', data)[0]}"
        elif tag == _RENDER_DATA and len(files) < MAX_ATTACHMENTS:
            files.append({})
        elif tag in {_TITLE, _DATA, _ATTACHMENT_PROPS} and files:
            _fill_file(files[-1], tag, data, charset)
        elif tag == _BODY:
            text = decode_text(data.rstrip(b"\x00"), charset)
        elif tag == _MESSAGE_PROPS:
            found = dict(_properties(data))
            text = _string(found.get(_BODY_TEXT), charset) or text
            html = _string(found.get(_BODY_HTML), charset) or html
    return Tnef(text=text, html=html, files=tuple(_to_file(entry) for entry in files if "content" in entry))


def _fill_file(entry: dict[str, bytes | str], tag: int, data: bytes, charset: str) -> None:
    if tag == _TITLE:
        entry.setdefault("name", decode_text(data.rstrip(b"\x00"), charset))
    elif tag == _DATA:
        entry["content"] = data
    else:
        found = dict(_properties(data))
        long_name = _string(found.get(_LONG_NAME), charset)
        if long_name:
            entry["name"] = long_name
        entry["content_id"] = _string(found.get(_CONTENT_ID), charset)


def _to_file(entry: dict[str, bytes | str]) -> TnefFile:
    content = entry["content"]
    return TnefFile(
        name=str(entry.get("name") or ""),
        content=content if isinstance(content, bytes) else b"",
        content_id=str(entry.get("content_id") or "").strip("<>") or None,
    )


def _attributes(content: bytes) -> Iterator[tuple[int, bytes]]:
    if not content.startswith(SIGNATURE):
        return
    position = 6
    for _ in range(MAX_ATTRIBUTES):
        if position + _ATTRIBUTE.size > len(content):
            return
        _, tag, _, size = _ATTRIBUTE.unpack_from(content, position)
        position += _ATTRIBUTE.size
        if position + size > len(content):
            return
        yield tag, content[position : position + size]
        position += size + 2


def _properties(data: bytes) -> Iterator[tuple[int, bytes]]:
    """MAPI properties as (id, first value); stops at the first thing it does not understand."""
    try:
        yield from _read_properties(data)
    except struct.error:
        return


def _read_properties(data: bytes) -> Iterator[tuple[int, bytes]]:
    count = min(struct.unpack_from("<I", data)[0], MAX_PROPERTIES)
    position = 4
    for _ in range(count):
        kind, identity = struct.unpack_from("<HH", data, position)
        position += 4
        if identity >= _NAMED:
            position = _skip_name(data, position)
        values = 1
        if kind & 0x1000 or (kind & 0x0FFF) in _STRINGS:
            values = struct.unpack_from("<I", data, position)[0]
            position += 4
        if values > MAX_PROPERTIES:
            return
        for number in range(values):
            value, position = _read_value(data, position, kind & 0x0FFF)
            if number == 0:
                yield identity, value if kind & 0x0FFF != _UNICODE else _narrow(value)


def _read_value(data: bytes, position: int, kind: int) -> tuple[bytes, int]:
    if kind in _STRINGS:
        size = struct.unpack_from("<I", data, position)[0]
        position += 4
        end = position + size
        if end > len(data):
            raise struct.error
        return data[position:end], end + (-size % 4)
    size = _FIXED_SIZES.get(kind)
    if size is None or position + size > len(data):
        raise struct.error
    return data[position : position + size], position + size


def _skip_name(data: bytes, position: int) -> int:
    position += 16
    by_name = struct.unpack_from("<I", data, position)[0]
    if not by_name:
        return position + 8
    size: int = struct.unpack_from("<I", data, position + 4)[0]
    return position + 8 + size + (-size % 4)


def _narrow(value: bytes) -> bytes:
    return value.decode("utf-16-le", "replace").rstrip("\x00").encode()


def _string(value: bytes | None, charset: str) -> str:
    return decode_text(value.rstrip(b"\x00"), charset) if value else ""


def is_tnef(content: bytes) -> bool:
    """Whether the bytes begin like TNEF."""
    return content.startswith(SIGNATURE)
