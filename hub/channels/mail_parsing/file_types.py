"""The type of a file by its first bytes, not by what the sender says."""

import re

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"\x1f\x8b", "application/gzip"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"{\\rtf", "application/rtf"),
    (b"ID3", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"#!AMR", "audio/amr"),
    (b"\x1a\x45\xdf\xa3", "video/webm"),
    (b"MZ", "application/vnd.microsoft.portable-executable"),
    (b"\x7fELF", "application/x-executable"),
    (b"\x78\x9f\x3e\x22", "application/ms-tnef"),
    (b"BEGIN:VCALENDAR", "text/calendar"),
    (b"BEGIN:VCARD", "text/vcard"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
)
_ZIP_MEMBERS = (
    (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    (b"application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.text"),
    (b"application/vnd.oasis.opendocument.spreadsheet", "application/vnd.oasis.opendocument.spreadsheet"),
    (b"application/epub+zip", "application/epub+zip"),
)
_HTML = re.compile(
    rb"\A\s*(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body|script|table|div|meta)\b",
    re.IGNORECASE | re.DOTALL,
)
_SVG = re.compile(rb"<svg[\s>]", re.IGNORECASE)
_HEADER_LINE = re.compile(
    rb"\A(?:Received|Return-Path|From|To|Subject|Date|MIME-Version|Message-ID):", re.IGNORECASE
)
_OLE_NAMES = ((".doc", "application/msword"), (".xls", "application/vnd.ms-excel"), (".msg", "application/vnd.ms-outlook"),
              (".ppt", "application/vnd.ms-powerpoint"))  # fmt: skip
_TEXT_NAMES = {".csv": "text/csv", ".ics": "text/calendar", ".vcf": "text/vcard", ".json": "application/json",
               ".xml": "application/xml", ".eml": "message/rfc822"}  # fmt: skip
_EXTENSIONS = {"application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif",
               "text/plain": ".txt", "text/html": ".html", "text/calendar": ".ics", "text/vcard": ".vcf",
               "message/rfc822": ".eml", "image/webp": ".webp", "application/zip": ".zip"}  # fmt: skip


def sniff_type(content: bytes, name: str = "") -> str:
    """Media type of `content`; the name only decides between types that share their first bytes."""
    if not content:
        return "application/x-empty"
    head = content[:4096]
    for magic, media_type in _MAGIC:
        if head.startswith(magic) and not (len(magic) == len(b"MZ") and _is_text(head)):
            return _ole_type(name) if media_type == "application/x-ole-storage" else media_type
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_type(content)
    return _container_type(head) or (_text_type(head, name) if _is_text(head) else "application/octet-stream")


def extension_of(media_type: str) -> str:
    """Usual extension of a media type, with its dot; ".bin" when there is none."""
    return _EXTENSIONS.get(media_type, ".bin")


def _container_type(head: bytes) -> str | None:
    if head[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}.get(head[8:12])
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        if brand in {b"heic", b"heix", b"mif1", b"heim"}:
            return "image/heic"
        if brand == b"avif":
            return "image/avif"
        return {b"M4A ": "audio/mp4", b"qt  ": "video/quicktime"}.get(brand, "video/mp4")
    if head[:2] in {b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"}:
        return "audio/mpeg"
    return None


def _zip_type(content: bytes) -> str:
    window = content[:4096] + content[-8192:]
    return next((media_type for member, media_type in _ZIP_MEMBERS if member in window), "application/zip")


def _ole_type(name: str) -> str:
    lowered = name.lower()
    return next(
        (kind for ending, kind in _OLE_NAMES if lowered.endswith(ending)), "application/x-ole-storage"
    )


def _is_text(head: bytes) -> bool:
    return (
        not head.translate(None, bytes(range(7, 14)) + b"\x1b" + bytes(range(32, 256)))
        and b"\x00" not in head
    )


def _text_type(head: bytes, name: str) -> str:
    bare = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if _SVG.search(head[:2048]) and bare.startswith(b"<"):
        return "image/svg+xml"
    if _HTML.match(bare):
        return "text/html"
    if bare.startswith(b"<?xml"):
        return "application/xml"
    ending = name.lower()[name.rfind(".") :] if "." in name else ""
    if ending in {".html", ".htm", ".svg", ".xhtml"}:
        return "image/svg+xml" if ending == ".svg" else "text/html"
    if ending in _TEXT_NAMES:
        return _TEXT_NAMES[ending]
    return "message/rfc822" if _HEADER_LINE.match(bare) and not ending else "text/plain"
