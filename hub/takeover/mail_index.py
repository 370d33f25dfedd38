"""Where each mail of mail files stands and which belong together: numbers only, however large the files are."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from hashlib import blake2b
from mmap import mmap

from hub.takeover.opening import Bundle

FROM_LINE = re.compile(rb"(?m)^From \S*.*\r?\n")
QUOTED_FROM = re.compile(rb"(?m)^>(>*From )")
HEADER = re.compile(rb"(?im)^(message-id|in-reply-to|references|date):([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)")
END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
MESSAGE_ID = re.compile(rb"<[^<>\s]+>")
HEAD_BYTES = (16_384, 262_144)
UNDATED = float("inf")
View = bytes | mmap


@dataclass(frozen=True, slots=True)
class Place:
    """A mail: its file, its bytes from `start` to `end`, and its date in seconds since 1970."""

    name: str
    start: int
    end: int
    at: float


class MailIndex:
    """Mails of a bundle by thread. The same Message-ID twice is one mail; only what is asked for is read again."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle
        self._root: dict[int, int] = {}
        self._places: dict[int, Place] = {}
        for name in bundle.names:
            self._add_file(name)

    def threads(self) -> list[tuple[Place, ...]]:
        """Mails that name one another, oldest first; threads by their oldest mail."""
        found: dict[int, list[Place]] = defaultdict(list)
        for key, place in self._places.items():
            found[self._find(key)].append(place)
        sorted_ones = [tuple(sorted(thread, key=_order)) for thread in found.values()]
        return sorted(sorted_ones, key=lambda thread: _order(thread[0]))

    def read(self, place: Place) -> bytes:
        """The mail as it was sent."""
        if _is_single(place.name):
            return self._bundle.read(place.name)
        return QUOTED_FROM.sub(rb"\1", self._bundle.view(place.name)[place.start : place.end])

    def _add_file(self, name: str) -> None:
        if not _is_single(name):
            view = self._bundle.view(name)
            for start, end in find_mails(view):
                if start < end:
                    self._add(name, view, start, end)
        elif content := self._bundle.read(name):
            self._add(name, content, 0, len(content))

    def _add(self, name: str, view: View, start: int, end: int) -> None:
        head = _head(view, start, end)
        own = MESSAGE_ID.search(head.get(b"message-id", b""))
        key = _key(own[0] if own else b"%s:%d" % (name.encode("utf-8", "replace"), start))
        if key in self._places:
            return
        self._places[key] = Place(name, start, end, _seconds(head.get(b"date", b"")))
        for other in MESSAGE_ID.findall(head.get(b"in-reply-to", b"") + b" " + head.get(b"references", b"")):
            self._root[self._find(_key(other))] = self._find(key)

    def _find(self, key: int) -> int:
        root = self._root
        while root.setdefault(key, key) != key:
            root[key] = root[root[key]]
            key = root[key]
        return key


def find_mails(view: View) -> Iterator[tuple[int, int]]:
    """Start and end of each mail of an mbox: it begins after a line `From `, at the start or after an empty line."""
    before: int | None = None
    for match in FROM_LINE.finditer(view):
        start = match.start()
        if start and not bytes(view[max(0, start - 4) : start]).endswith((b"\n\n", b"\r\n\r\n")):
            continue
        if before is not None:
            yield before, start
        before = match.end()
    if before is not None:
        yield before, len(view)


def split_mbox(content: bytes) -> Iterator[bytes]:
    """The mails of an mbox (mboxrd)."""
    for start, end in find_mails(content):
        yield QUOTED_FROM.sub(rb"\1", content[start:end])


def _is_single(name: str) -> bool:
    return name.lower().endswith(".eml")


def _order(place: Place) -> tuple[float, str, int]:
    return (place.at, place.name, place.start)


def _head(view: View, start: int, end: int) -> dict[bytes, bytes]:
    """The headers that bind mails together, by lower-case name; the first of each counts."""
    block = b""
    for size in HEAD_BYTES:
        block = bytes(view[start : min(end, start + size)])
        if (stop := END_OF_HEAD.search(block)) is not None:
            block = block[: stop.start()]
            break
    found: dict[bytes, bytes] = {}
    for name, value in HEADER.findall(block):
        found.setdefault(name.lower(), value)
    return found


def _key(text: bytes) -> int:
    return int.from_bytes(blake2b(text, digest_size=8).digest())


def _seconds(value: bytes) -> float:
    try:
        return parsedate_to_datetime(value.decode("ascii", "replace").strip()).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return UNDATED
