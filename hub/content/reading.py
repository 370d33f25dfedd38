"""Reads the HTML of a mail as a client and a checker would: visible words with their colours, links, images, styles. Pure."""

import re
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = frozenset({"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})
_HEAD = frozenset({"head", "title", "style", "script"})
_HEX = re.compile(r"#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})")
_GREY = 255
_DARKEST = 0.04045
Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Shade:
    """One visible text with the colours it is shown in, as written ("" when none is)."""

    text: str
    ink: str
    paper: str


@dataclass(frozen=True, slots=True)
class Link:
    """One link: where it leads, and the words or the alternative text that name it."""

    href: str
    words: str


@dataclass(frozen=True, slots=True)
class Image:
    """One image; `alt` is None when the attribute is missing."""

    source: str
    alt: str | None


@dataclass
class Reading:
    """What stands in a mail."""

    shades: list[Shade] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    hidden: str = ""
    elements: Counter[str] = field(default_factory=Counter)
    attributes: set[str] = field(default_factory=set)
    declarations: set[tuple[str, str]] = field(default_factory=set)

    @property
    def words(self) -> str:
        """Everything a reader sees, images by their alternative text."""
        return " ".join([*(shade.text for shade in self.shades), *(image.alt or "" for image in self.images)])


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.reading = Reading()
        self._open: list[tuple[str, dict[str, str]]] = []
        self._link: list[str] | None = None
        self._href = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        style = styles_of(given.get("style", ""))
        if "bgcolor" in given:
            style.setdefault("background-color", given["bgcolor"])
        self._note(tag, given, style)
        if tag not in _VOID:
            self._open.append((tag, style))
        if tag == "a" and "href" in given:
            self._link, self._href = [], given["href"]

    def _note(self, tag: str, given: dict[str, str], style: dict[str, str]) -> None:
        self.reading.elements[tag] += 1
        self.reading.attributes |= given.keys()
        self.reading.declarations |= set(style.items())
        if tag == "img":
            self.reading.images.append(Image(given.get("src", ""), given.get("alt")))
            if self._link is not None:
                self._link.append(given.get("alt", ""))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        names = [name for name, _ in self._open]
        if tag not in names:
            return
        while self._open and self._open.pop()[0] != tag:
            pass
        if tag == "a" and self._link is not None:
            self.reading.links.append(Link(self._href, " ".join("".join(self._link).split())))
            self._link = None

    def handle_data(self, data: str) -> None:
        if not data.strip() or any(name in _HEAD for name, _ in self._open):
            return
        if any(style.get("display") == "none" for _, style in self._open):
            self.reading.hidden += data
            return
        if self._link is not None:
            self._link.append(data)
        self.reading.shades.append(Shade(data, self._nearest("color"), self._nearest("background-color")))

    def _nearest(self, name: str) -> str:
        """The property as the innermost element around sets it."""
        for _, style in reversed(self._open):
            if name in style:
                return style[name]
            if name == "background-color" and _HEX.search(style.get("background", "").lower()):
                return style["background"]
        return ""


def read_mail(html: str) -> Reading:
    """Read one HTML document; comments (also those for Outlook) are passed over."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.reading


def styles_of(style: str) -> dict[str, str]:
    """The declarations of one `style` attribute."""
    pairs = (part.split(":", 1) for part in style.split(";") if ":" in part)
    return {name.strip().lower(): value.strip() for name, value in pairs}


def contrast(ink: str, paper: str) -> float | None:
    """The contrast of WCAG 2.2 between two colours (`#rrggbb`), None when one of them cannot be read."""
    pair = (_colour(ink), _colour(paper))
    if pair[0] is None or pair[1] is None:
        return None
    lighter, darker = sorted((_luminance(pair[0]), _luminance(pair[1])), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def inverted(colour: str) -> str:
    """The colour after the plain inversion that dark modes of mail clients do; the same when it cannot be read."""
    parts = _colour(colour)
    return colour if parts is None else "#" + "".join(f"{_GREY - part:02x}" for part in parts)


def _colour(value: str) -> Colour | None:
    found = _HEX.search(value.lower())
    return (int(found[1], 16), int(found[2], 16), int(found[3], 16)) if found else None


def _luminance(colour: Colour) -> float:
    """Relative luminance of WCAG 2.2."""
    shares = [part / _GREY for part in colour]
    red, green, blue = (s / 12.92 if s <= _DARKEST else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
