"""Photos without what cameras write beside the picture: place, time, device. Pure.

No picture is decoded: the parts of JPEG (ISO 10918-1), PNG and WebP files are walked, and those that a browser needs are
kept. Of Exif only the way up is written anew.
"""

import re
import struct
from collections.abc import Callable, Iterator, Mapping

from hub.core.errors import Invalid
from hub.core.text import N_

UNREADABLE = N_("This photo cannot be read. Please choose a JPEG, PNG or WebP picture.")
_EXIF, _ICC = b"Exif\x00\x00", b"ICC_PROFILE\x00"
_NEXT_MARK = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]")
_SOS, _EOI, _APP0, _APP1, _APP2, _ADOBE, _APP15, _COMMENT = 0xDA, 0xD9, 0xE0, 0xE1, 0xE2, 0xEE, 0xEF, 0xFE
_UPRIGHT = 1
_PNG_KEPT = frozenset(
    (b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD", b"pHYs")
)  # fmt: skip
_WEBP_KEPT = frozenset((b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ICCP"))
_WEBP_FLAGS = 0b00110000  # colour profile and transparency


def strip(content: bytes, media_type: str) -> bytes:
    """The same picture with nothing told beside it. Raises Invalid (field photos) for what is no whole picture."""
    work = _STRIPPERS.get(media_type)
    if work is None:
        raise Invalid(UNREADABLE, field="photos")
    try:
        return work(content)
    except (IndexError, ValueError, struct.error):
        raise Invalid(UNREADABLE, field="photos") from None


def _strip_jpeg(content: bytes) -> bytes:
    """What stands behind the end of the picture (a film, a second picture) is cut off too."""
    kept = [b"\xff\xd8"]
    way_up = _UPRIGHT
    for mark, body in _segments(content):
        if mark == _APP1 and body[4:10] == _EXIF:
            way_up = _read_way_up(body[10:])
        if _is_kept(mark, body):
            kept.append(body)
    if way_up != _UPRIGHT:
        kept.insert(1, _way_up_segment(way_up))
    return b"".join(kept)


def _is_kept(mark: int, body: bytes) -> bool:
    if mark == _APP2:
        return body[4:16] == _ICC
    return mark in {_APP0, _ADOBE} or not (_APP0 <= mark <= _APP15 or mark == _COMMENT)


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Each with its marker, coded data with the scan before it, up to the end of the picture."""
    place = 2
    while True:
        if content[place] != 0xFF:  # noqa: PLR2004 - every segment begins so
            raise ValueError
        mark = content[place + 1]
        if mark == _EOI:
            yield mark, content[place : place + 2]
            return
        (length,) = struct.unpack_from(">H", content, place + 2)
        end = place + 2 + length
        if mark == _SOS:
            found = _NEXT_MARK.search(content, end)
            if found is None:
                raise ValueError
            end = found.end() - 2
        yield mark, content[place:end]
        place = end


def _read_way_up(tiff: bytes) -> int:
    """Tag 0x0112 of the first directory; upright where it is not told."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return _UPRIGHT
    try:
        (first,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, first)
        for number in range(count):
            tag, kind, _, value = struct.unpack_from(f"{order}HHIH", tiff, first + 2 + 12 * number)
            if tag == 0x0112 and kind == 3:  # noqa: PLR2004 - Exif 2.3, 4.6.4: a short
                return value if value in range(1, 9) else _UPRIGHT
    except struct.error:
        pass
    return _UPRIGHT


def _way_up_segment(way_up: int) -> bytes:
    tiff = b"MM\x00*" + struct.pack(">IHHHIHHI", 8, 1, 0x0112, 3, 1, way_up, 0, 0)
    body = _EXIF + tiff
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def _strip_png(content: bytes) -> bytes:
    kept, place = [content[:8]], 8
    while True:
        length, kind = struct.unpack_from(">I4s", content, place)
        end = place + 12 + length
        if end > len(content):
            raise ValueError
        if kind in _PNG_KEPT:
            kept.append(content[place:end])
        if kind == b"IEND":
            return b"".join(kept)
        place = end


def _strip_webp(content: bytes) -> bytes:
    """Moving pictures are no photos: without their frames nothing is left, and they are refused."""
    (length,) = struct.unpack_from("<I", content, 4)
    end, place, kept = length + 8, 12, []
    if end > len(content):
        raise ValueError
    while place + 8 <= end:
        kind, size = struct.unpack_from("<4sI", content, place)
        body = content[place : place + 8 + size + size % 2]
        if kind == b"VP8X":
            body = body[:8] + bytes([body[8] & _WEBP_FLAGS]) + body[9:]
        if kind in _WEBP_KEPT:
            kept.append(body)
        place += 8 + size + size % 2
    if not any(body[:4] in {b"VP8 ", b"VP8L"} for body in kept):
        raise ValueError
    joined = b"WEBP" + b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(joined)) + joined


_STRIPPERS: Mapping[str, Callable[[bytes], bytes]] = {
    "image/jpeg": _strip_jpeg,
    "image/png": _strip_png,
    "image/webp": _strip_webp,
}
PICTURES = frozenset(_STRIPPERS)
