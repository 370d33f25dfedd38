"""Where words lead to the review page, however its address is spelled, and whether that depends on a condition. Pure."""

import re
from collections.abc import Collection
from functools import lru_cache
from html import unescape
from posixpath import normpath
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from hub.content.rendering import Parts, Section, Slot
from hub.content.rules import REVIEW_LINK

_BETWEEN = re.compile(r"[\s<>\"'()\[\]«»“”|]+")
_SCHEME = re.compile(r"https?:/*", re.IGNORECASE)


class _Place(NamedTuple):
    host: str
    path: str


def count_review_links(text: str, links: Collection[str]) -> int:
    """How often these words lead to one of the review addresses or to a page below it.

    Compared without letter case, "www.", port, percent signs, dots in the path, a slash at its end and the query.
    """
    pages = [page for page in map(_place, links) if page]
    words = _BETWEEN.split(unescape(text)) if pages else []
    places = [_place(word) for word in words if "." in word]
    return sum(1 for place in places if place and any(_is_below(place, page) for page in pages))


def _is_below(place: _Place, page: _Place) -> bool:
    return place.host == page.host and place.path.startswith(page.path)


@lru_cache(maxsize=4096)
def _place(address: str) -> _Place | None:
    """Host and path of an address in one spelling; None when it is none."""
    bare = _SCHEME.split(address.strip("*_.,;:!?"))[-1]
    try:
        parts = urlsplit(f"https://{bare}")
        host = unquote(parts.hostname or "").rstrip(".").encode("idna").decode().casefold()
    except (ValueError, UnicodeError):
        return None
    path = normpath(f"/{unquote(unquote(parts.path)).lstrip('/')}").casefold().rstrip("/")
    return _Place(host.removeprefix("www."), path) if host else None


def is_typed_link_for_all(parts: Parts, links: Collection[str]) -> bool:
    """Whether every typed review address stays when all that depends on another value is left out."""
    everything, sure = (_joined(parts, has_all=has_all) for has_all in (True, False))
    return count_review_links(everything, links) <= count_review_links(sure, links)


def _joined(parts: Parts, *, has_all: bool) -> str:
    """The fixed words, with or without those in sections on anything but the review link; values are blanks."""
    words = []
    for part in parts:
        if isinstance(part, Slot):
            words.append(" ")
        elif isinstance(part, Section):
            is_kept = has_all or part.names == (REVIEW_LINK,)
            words.append(_joined(part.parts, has_all=has_all) if is_kept else "")
        else:
            words.append(part)
    return "".join(words)
