"""Plain text of a mail that has only HTML, and of text that is format=flowed."""

import re
from html import unescape

MAX_HTML_CHARS = 500_000
_DROPPED = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style|head|title)\b.*?(?:</\1\s*>|\Z)|<!\[[^\]]{0,200}\]>",
    re.IGNORECASE | re.DOTALL,
)
_SPACES = re.compile(r"[ \t\r\n\f\v]+")
_BREAK = re.compile(r"<br\b[^<>]*>|</(?:div|tr|h[1-6]|li|dt|dd|blockquote|pre|table)\s*>", re.IGNORECASE)
_PARAGRAPH = re.compile(r"</(?:p|h[1-6]|ul|ol|table|blockquote)\s*>|<hr\b[^<>]*>", re.IGNORECASE)
_OPENING = re.compile(r"<(?:div|p|tr|h[1-6]|table|ul|ol|pre)\b[^<>]*>", re.IGNORECASE)
_ITEM = re.compile(r"<li\b[^<>]*>", re.IGNORECASE)
_CELL = re.compile(r"</t[dh]\s*>", re.IGNORECASE)
_QUOTE_TAG = re.compile(r"<(/?)blockquote\b[^<>]*>", re.IGNORECASE)
_LINK = re.compile(
    r"<a\b[^<>]{0,2000}?\bhref\s*=\s*[\"']?(https?://[^\"'\s<>]+)[^<>]*>([^<]{0,500}(?:<(?!/a\b|a\b)[^<]{0,500}){0,20})</a\s*>",
    re.IGNORECASE,
)
_TAG = re.compile(r"<[^<>]*>?")
_BLANKS = re.compile(r"\n{3,}")
_EDGES = " \t\xa0\u200b\u200c\u034f\u00ad"


def html_to_text(html: str) -> str:
    """Readable text of HTML: blocks become lines, quotes get "> ", links keep their address."""
    text = _DROPPED.sub("", html[:MAX_HTML_CHARS])
    text = _SPACES.sub(" ", text)
    text = _LINK.sub(_spell_link, text)
    text = _QUOTE_TAG.sub(lambda match: "\n\x02\n" if not match[1] else "\n\x03\n", text)
    text = _OPENING.sub("\n", text)
    text = _PARAGRAPH.sub("\n\n", text)
    text = _BREAK.sub("\n", text)
    text = _ITEM.sub("\n- ", text)
    text = _CELL.sub(" ", text)
    text = unescape(_TAG.sub("", text))
    text = "\n".join(line.strip(_EDGES) for line in text.split("\n"))
    return _BLANKS.sub("\n\n", _mark_quotes(text)).replace("\xa0", " ").strip()


def _spell_link(match: re.Match[str]) -> str:
    label = _TAG.sub("", match[2]).strip()
    target = unescape(match[1])
    return label if not label or label in target or target in label else f"{label} ({target})"


def _mark_quotes(text: str) -> str:
    if "\x02" not in text:
        return text.replace("\x03", "")
    depth = 0
    lines: list[str] = []
    for line in text.split("\n"):
        if line.strip() == "\x02":
            depth += 1
        elif line.strip() == "\x03":
            depth = max(0, depth - 1)
        else:
            lines.append(f"{'>' * min(depth, 9)} {line}" if depth and line else line)
    return "\n".join(lines).replace("\x02", "").replace("\x03", "")


def unflow(text: str, *, delete_space: bool = False) -> str:
    """Paragraphs of format=flowed text (RFC 3676) joined again; quote depths are kept apart."""
    lines: list[str] = []
    previous_depth = -1
    for raw in text.split("\n"):
        stripped = raw.lstrip(">")
        depth = len(raw) - len(stripped)
        body = stripped.removeprefix(" ")
        is_open = bool(lines) and previous_depth == depth and lines[-1].endswith(" ") and lines[-1] != "-- "
        if is_open and body != "-- ":
            lines[-1] = (lines[-1][:-1] if delete_space else lines[-1]) + body
        else:
            lines.append(f"{'>' * depth} {body}" if depth else body)
        previous_depth = depth
    return "\n".join(line if line == "-- " else line.rstrip(" ") for line in lines)
