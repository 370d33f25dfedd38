"""Raw bytes to the stdlib's MIME tree, with repairs for boundaries and a way out for mails built to exhaust it."""

import re

from hub.channels.mail_parsing.parts import RawMessage, feed

MAX_MAIL_BYTES = 60_000_000
MAX_BOUNDARIES = 100
MAX_HEAD_BYTES = 1_000_000
MAX_SALVAGED_BYTES = 200_000
_UNFOLDED = re.compile(rb"(;\r?\n)(boundary=)")
_MULTIPART = re.compile(rb"^(Content-Type:\s*multipart/[a-z-]+)", re.MULTILINE | re.IGNORECASE)
_BOUNDARY_LINE = re.compile(rb"^--([^\s\"]{4,70})\r?\nContent-", re.MULTILINE | re.IGNORECASE)


def read_tree(raw: bytes) -> tuple[RawMessage, str | None]:
    """(tree, problem); a mail too large or too deep is read as its headers and one text."""
    raw = raw.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    problem = "larger than the limit" if len(raw) > MAX_MAIL_BYTES else None
    if problem is None and raw.count(b"oundary=") + raw.count(b"OUNDARY=") > MAX_BOUNDARIES:
        problem = "too many nested parts"
    if problem is None:
        try:
            return _read_repaired(raw), None
        except Exception as error:  # noqa: BLE001 - whatever the stdlib trips over, the headers may be read
            problem = f"the MIME structure cannot be read ({type(error).__name__})"
    head, _, body = raw[:MAX_HEAD_BYTES].replace(b"\r\n", b"\n").partition(b"\n\n")
    skipped = (b"content-", b"\tboundary", b" boundary")
    lines = [line for line in head.split(b"\n") if not line.lower().startswith(skipped)]
    return feed(b"\n".join(lines) + b"\n\n" + body[:MAX_SALVAGED_BYTES]), problem


def _read_repaired(raw: bytes) -> RawMessage:
    if b";\nboundary=" in raw or b";\r\nboundary=" in raw:
        raw = _UNFOLDED.sub(rb"\1\t\2", raw)
    root = feed(raw)
    if root.get_content_maintype() == "multipart" and isinstance(root.raw_payload(), str):
        return _with_real_boundary(raw, root)
    return root


def _with_real_boundary(raw: bytes, root: RawMessage) -> RawMessage:
    """A multipart whose declared boundary never comes: the line that does the work is taken instead."""
    found = _BOUNDARY_LINE.search(raw)
    if found is None:
        return root
    declared = root.get_boundary()
    actual = found[1]
    if not actual.isascii() or (declared is not None and not declared.isascii()):
        return root
    if declared is None:
        return feed(_MULTIPART.sub(rb'\1; boundary="' + actual + b'"', raw, count=1))
    return feed(raw.replace(declared.encode("ascii"), actual, 1))
