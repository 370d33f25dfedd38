"""The MIME tree of one mail flattened into text, HTML, attachments and report fields; never trusts a declaration."""

import binascii
import hashlib
import re
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesFeedParser

from hub.channels.mail_parsing.charsets import decode_text
from hub.channels.mail_parsing.facts import Attachment
from hub.channels.mail_parsing.file_types import extension_of, sniff_type
from hub.channels.mail_parsing.header_text import decode_base64, decode_header, split_parameters, unfold
from hub.channels.mail_parsing.html_text import unflow
from hub.channels.mail_parsing.tnef import is_tnef, read_tnef
from hub.channels.mail_parsing.uuencoded import cut_files, decode_uu, is_uuencoded

MAX_PARTS = 500
MAX_DEPTH = 30
MAX_ATTACHMENTS = 200
MAX_TEXT_BYTES = 4_000_000
MAX_NAME_CHARS = 150
_REPORT_TYPES = frozenset(
    {
        "message/delivery-status",
        "message/global-delivery-status",
        "message/feedback-report",
        "message/disposition-notification",
        "message/global-disposition-notification",
    }
)
_ENCODINGS = frozenset({"base64", "quoted-printable"})
_BODY_TYPES = frozenset({"text/plain", "text/html"})
_UNSAFE_NAME = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|\u202a-\u202e\u2066-\u2069]+")
_FOOTED = re.compile(rb"((?:[A-Za-z0-9+/]{4}|\r?\n)*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)\r?\n(?=--|__)")
"""What a list wrote as plain text below a text in base64."""
_BASE64_LINE = re.compile(rb"\A[A-Za-z0-9+/=\s]*\Z")
_META_CHARSET = re.compile(rb"<meta\b[^<>]{0,200}?\bcharset\s*=\s*[\"']?([\w.:-]{2,40})", re.IGNORECASE)

Headers = dict[str, list[str]]


class RawMessage(Message):
    """A message of the stdlib parser whose payload can be read before the stdlib decodes it by its own rules."""

    def raw_payload(self) -> list["RawMessage"] | str:
        """Children of a container, or the undecoded text of a leaf (bytes above 127 as surrogates)."""
        payload: list[RawMessage] | str | None = self.__dict__["_payload"]
        return "" if payload is None else payload


@dataclass(slots=True)
class Parts:
    """What a walk through the tree found; `status_blocks` holds (type, text) of machine-readable report parts."""

    texts: list[str] = field(default_factory=list)
    htmls: list[str] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    status_blocks: list[tuple[str, str]] = field(default_factory=list)
    original_headers: str = ""
    nested_texts: list[str] = field(default_factory=list)
    content_type: str = "text/plain"
    report_type: str = ""
    calendar_method: str = ""
    count: int = 0
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Leaf:
    """One part without children: its type, its parameters and its headers."""

    main: str
    parameters: dict[str, str]
    headers: Headers
    payload: str

    def content(self) -> bytes:
        """Bytes after the transfer encoding, whatever garbage it holds."""
        encoding = self.headers.get("content-transfer-encoding", [""])[0].strip().lower()
        return decode_transfer(self.payload.encode("utf-8", "surrogateescape"), encoding)

    def first(self, name: str) -> str:
        """First value of a header, "" when absent."""
        return self.headers.get(name, [""])[0]


def headers_of(part: Message) -> Headers:
    """Raw header values by lower-case name, in order."""
    found: Headers = {}
    for name, value in part.raw_items():
        found.setdefault(name.lower(), []).append(value)
    return found


def collect_parts(root: RawMessage, headers: Headers) -> Parts:
    """Walk the tree of a parsed mail (compat32 policy) whose own headers are `headers`."""
    parts = Parts()
    _walk(root, headers, parts, depth=0)
    return parts


def _walk(part: RawMessage, headers: Headers, parts: Parts, *, depth: int) -> None:
    parts.count += 1
    if parts.count > MAX_PARTS or depth > MAX_DEPTH:
        parts.problem = "too many parts"
        return
    main, parameters = split_parameters(headers.get("content-type", ["text/plain"])[0])
    main = main if "/" in main else "text/plain"
    if depth == 0:
        parts.content_type, parts.report_type = main, parameters.get("report-type", "").lower()
    payload = part.raw_payload()
    if isinstance(payload, str):
        _take_leaf(Leaf(main, parameters, headers, payload), parts)
    elif main in _REPORT_TYPES:
        parts.status_blocks.append((main, "\n\n".join(_header_block(child) for child in payload)))
    elif main.startswith("message/"):
        _take_nested(payload, headers, parts)
    else:
        for child in payload:
            _walk(child, headers_of(child), parts, depth=depth + 1)


def _header_block(part: RawMessage) -> str:
    lines = "\n".join(f"{name}: {unfold(value)}" for name, value in part.raw_items())
    payload = part.raw_payload()
    return f"{lines}\n{payload}" if isinstance(payload, str) and payload.strip() else lines


def _take_nested(payload: list[RawMessage], headers: Headers, parts: Parts) -> None:
    """A mail inside the mail is an attachment; its headers and text serve reports and empty forwards."""
    for child in _decoded(payload[:1], headers):
        parts.original_headers = parts.original_headers or _header_block_only(child)
        inner_headers = headers_of(child)
        subject = decode_header(inner_headers.get("subject", [""])[0])
        inner = Parts()
        _walk(child, inner_headers, inner, depth=MAX_DEPTH - 3)
        parts.nested_texts.extend(inner.texts)
        try:
            content = child.as_bytes()
        except (UnicodeError, LookupError, ValueError, TypeError, AttributeError, KeyError):
            content = "\n".join(inner.texts).encode()
        _, disposition = split_parameters(headers.get("content-disposition", [""])[0])
        name = disposition.get("filename") or f"{subject or 'message'}.eml"
        _add_attachment(parts, content=content, name=name, declared="message/rfc822")


def _decoded(children: list[RawMessage], headers: Headers) -> list[RawMessage]:
    """A mail inside the mail is not to be encoded (RFC 2046), yet some programs do: then it is read once more."""
    encoding = headers.get("content-transfer-encoding", [""])[0].strip().lower()
    child = children[0] if children else None
    payload = child.raw_payload() if child is not None else ""
    if child is None or encoding not in _ENCODINGS or not isinstance(payload, str) or list(child.raw_items()):
        return children
    inner = decode_transfer(payload.encode("utf-8", "surrogateescape"), encoding)
    return [feed(inner)] if inner.count(b"oundary=") <= MAX_DEPTH else children


def feed(raw: bytes) -> RawMessage:
    """The stdlib's tree of raw bytes, nothing decoded."""
    parser: BytesFeedParser[RawMessage] = BytesFeedParser(_factory=RawMessage)  # its default is compat32
    parser.feed(raw)
    return parser.close()


def _header_block_only(part: RawMessage) -> str:
    return "\n".join(f"{name}: {unfold(value)}" for name, value in part.raw_items())


def _take_leaf(leaf: Leaf, parts: Parts) -> None:
    disposition, details = split_parameters(leaf.first("content-disposition"))
    name = details.get("filename") or leaf.parameters.get("name") or ""
    if leaf.main in _REPORT_TYPES:
        parts.status_blocks.append((leaf.main, _as_text(leaf)))
    elif leaf.main in {"text/rfc822-headers", "message/rfc822-headers", "message/rfc822"}:
        parts.original_headers = parts.original_headers or _as_text(leaf).strip()
    elif _is_body(leaf, disposition, name, parts):
        _take_text(leaf, parts)
    elif leaf.main.startswith("multipart/"):
        parts.texts.append(_as_text(leaf))
    else:
        _take_file(leaf, parts, name, is_inline=disposition == "inline")


def _is_body(leaf: Leaf, disposition: str, name: str, parts: Parts) -> bool:
    """Whether a text is what was written: one with a name only when it is the first and not declared a file."""
    if disposition == "attachment" or not leaf.main.startswith("text/"):
        return False
    return not name or (leaf.main in _BODY_TYPES and not parts.texts and not parts.htmls)


def _take_text(leaf: Leaf, parts: Parts) -> None:
    text = _as_text(leaf)
    if leaf.main == "text/html":
        parts.htmls.append(text)
    elif leaf.main == "text/calendar":
        parts.calendar_method = leaf.parameters.get("method", "").upper()
        _take_file(leaf, parts, "invite.ics", is_inline=False)
    else:
        is_flowed = leaf.parameters.get("format", "").lower() == "flowed"
        delete_space = leaf.parameters.get("delsp", "").lower() == "yes"
        text, files = cut_files(text)
        parts.texts.append(unflow(text, delete_space=delete_space) if is_flowed else text)
        for name, content in files:
            _add_attachment(parts, content=content, name=name, declared="")


def _as_text(leaf: Leaf) -> str:
    raw = leaf.content()[:MAX_TEXT_BYTES]
    charset = leaf.parameters.get("charset")
    if not charset and leaf.main == "text/html" and (said := _META_CHARSET.search(raw[:2_000])):
        charset = said[1].decode("ascii", "replace")
    text = decode_text(raw, charset)
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _take_file(leaf: Leaf, parts: Parts, name: str, *, is_inline: bool) -> None:
    content = leaf.content()
    content_id = unfold(leaf.first("content-id")).strip("<> ") or None
    if is_tnef(content):
        _take_tnef(content, parts)
        return
    if not content and not name:
        return
    _add_attachment(
        parts, content=content, name=name, declared=leaf.main, content_id=content_id, is_inline=is_inline
    )


def _take_tnef(content: bytes, parts: Parts) -> None:
    found = read_tnef(content)
    if found.text and not any(text.strip() for text in parts.texts):
        parts.texts.append(found.text.replace("\r\n", "\n"))
    if found.html and not parts.htmls:
        parts.htmls.append(found.html)
    for file in found.files:
        _add_attachment(parts, content=file.content, name=file.name, declared="", content_id=file.content_id)


def _add_attachment(
    parts: Parts,
    *,
    content: bytes,
    name: str,
    declared: str,
    content_id: str | None = None,
    is_inline: bool = False,
) -> None:
    if len(parts.attachments) >= MAX_ATTACHMENTS:
        parts.problem = "too many attachments"
        return
    media_type = sniff_type(content, name)
    if declared == "message/rfc822":
        media_type = declared
    parts.attachments.append(
        Attachment(
            name=safe_name(name) or f"attachment-{len(parts.attachments) + 1}{extension_of(media_type)}",
            type=media_type,
            declared_type=declared,
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            content=content,
            content_id=content_id,
            is_inline=is_inline or bool(content_id and media_type.startswith("image/")),
        )
    )


def safe_name(name: str) -> str:
    """File name without folders, control characters and direction marks, at most 150 characters."""
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    clean = _UNSAFE_NAME.sub("_", base).strip(" .")
    return clean if len(clean) <= MAX_NAME_CHARS else clean[: MAX_NAME_CHARS - 20] + clean[-20:]


def decode_transfer(raw: bytes, encoding: str) -> bytes:
    """Bytes after Content-Transfer-Encoding; a wrong declaration gives the bytes as they came."""
    if encoding == "base64":
        if (b"\n--" in raw or b"\n__" in raw) and (footed := _FOOTED.match(raw)):
            return decode_base64(footed[1]) + b"\n" + raw[footed.end() :]
        first_line = raw.lstrip()[:60].split(b"\n", 1)[0]
        return decode_base64(raw) if _BASE64_LINE.match(first_line) else raw
    if encoding == "quoted-printable":
        return binascii.a2b_qp(raw)
    if encoding in {"x-uuencode", "uuencode", "uue", "x-uue"} or is_uuencoded(raw):
        return decode_uu(raw)
    return raw
