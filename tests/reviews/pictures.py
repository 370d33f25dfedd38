"""Small pictures with what cameras write beside them, byte by byte: there is no library that draws here."""

import struct
import zlib

PLACE = b"48.8584N 2.2945E"
SECRETS = (PLACE, b"SECRET-COMMENT", b"http://ns.adobe.com/xap", b"BEHIND-THE-END")


def a_jpeg(*, way_up: int = 6) -> bytes:
    """Exif with a place, XMP, a comment, a colour profile, one scan with a stuffed byte, and a film behind the end."""
    tiff = b"II*\x00" + struct.pack("<IH", 8, 1) + struct.pack("<HHIHHI", 0x0112, 3, 1, way_up, 0, 0) + PLACE
    scan = _segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x12\xff\x00\x34\xff\xd0\x56"
    return b"".join(
        (
            b"\xff\xd8",
            _segment(0xE0, b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"),
            _segment(0xE1, b"Exif\x00\x00" + tiff),
            _segment(0xE1, b"http://ns.adobe.com/xap/1.0/\x00<x/>"),
            _segment(0xE2, b"ICC_PROFILE\x00\x01\x01colours"),
            _segment(0xFE, b"SECRET-COMMENT"),
            _segment(0xDB, bytes(65)),
            scan,
            b"\xff\xd9",
            b"BEHIND-THE-END",
        )
    )


def _segment(mark: int, body: bytes) -> bytes:
    return b"\xff" + bytes([mark]) + struct.pack(">H", len(body) + 2) + body


def a_png(red: int = 200) -> bytes:
    """One pixel that a browser draws, with a comment and Exif."""
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)),
        (b"tEXt", b"Comment\x00SECRET-COMMENT"),
        (b"eXIf", PLACE),
        (b"IDAT", zlib.compress(bytes([0, red, 80, 60]))),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, body) for kind, body in parts) + b"BEHIND-THE-END"


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def a_webp() -> bytes:
    """Extended, with Exif and XMP and the flags that say so."""
    parts = (
        (b"VP8X", bytes([0b00111100]) + bytes(9)),
        (b"ICCP", b"odd"),
        (b"VP8L", b"\x2fpicture"),
        (b"EXIF", PLACE),
        (b"XMP ", b"http://ns.adobe.com/xap"),
    )
    body = b"WEBP" + b"".join(
        kind + struct.pack("<I", len(each)) + each + b"\x00" * (len(each) % 2) for kind, each in parts
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body
