"""Values of exports made ours: moments, names, texts, ids. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from hub.channels.mail_parsing.html_text import html_to_text
from hub.core.text import N_
from hub.takeover.values import BadRowError

LONGEST_TEXT = 200_000
SHOWN_CHARS = 500


def text_of(value: Any, limit: int = LONGEST_TEXT) -> str:
    """Text without what cannot be kept; "" for nothing."""
    return "" if value is None else str(value).replace("\x00", "")[:limit].strip()


def moment_of(value: Any) -> datetime | None:
    """ISO 8601 or `2026-03-01 10:00:00 UTC`; without an offset it is UTC. None when it is none."""
    given = text_of(value).removesuffix(" UTC")
    try:
        at = datetime.fromisoformat(given)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def need_moment(value: Any, kind: str, external_id: str, row: Mapping[str, Any]) -> datetime:
    """Raises BadRowError."""
    at = moment_of(value)
    if at is None:
        raise BadRowError(kind, external_id, N_("Its date cannot be read."), shown(row))
    return at


def split_name(name: Any) -> tuple[str, str]:
    """First and last name; a lone word is the last name."""
    first, _, last = " ".join(text_of(name, 250).split()).rpartition(" ")
    return first, last


def plain_of(html: str) -> str:
    """The words of a message that has only HTML."""
    return html_to_text(html).strip() if html else ""


def shown(row: Mapping[str, Any]) -> dict[str, str]:
    """What is kept of a bad row for a person to look at."""
    return {text_of(name, 60): text_of(value, SHOWN_CHARS) for name, value in list(row.items())[:30]}
