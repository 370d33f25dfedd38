"""Reads a rendered mail as a client and a checker would: visible words, links, colours, styles."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from bs4 import BeautifulSoup, Comment, NavigableString, Tag

Colour = tuple[int, int, int]


@lru_cache(maxsize=400)
def parse(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "html.parser")


def styles_of(tag: Tag) -> dict[str, str]:
    """The inline style of one element."""
    pairs = (part.split(":", 1) for part in str(tag.get("style") or "").split(";") if ":" in part)
    return {name.strip().lower(): value.strip() for name, value in pairs}


def is_hidden(node: NavigableString | Tag) -> bool:
    return any(
        styles_of(parent).get("display") == "none" for parent in node.parents if isinstance(parent, Tag)
    )


def visible_texts(html: str) -> Iterator[NavigableString]:
    """The text nodes that a reader sees, without the hidden preheader."""
    body = parse(html).body
    assert body
    for node in body.find_all(string=True):
        is_words = isinstance(node, NavigableString) and not isinstance(node, Comment) and bool(node.strip())
        if is_words and not is_hidden(node):
            yield node


def visible_blocks(html: str) -> list[str]:
    """The visible text of each table cell that holds no other cell."""
    cells = parse(html).find_all("td")
    return [cell.get_text() for cell in cells if not cell.find("td")]


def visible_words(html: str) -> set[str]:
    return set(re.findall(r"\w+", " ".join(visible_texts(html))))


def links(html: str) -> set[str]:
    return {str(anchor["href"]) for anchor in parse(html).find_all("a")}


def text_links(text: str) -> set[str]:
    return set(re.findall(r"https?://\S+", text))


def _colour(value: str) -> Colour:
    found = re.fullmatch(r"#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})", value.lower())
    assert found, f"colour {value} is not #rrggbb"
    return int(found[1], 16), int(found[2], 16), int(found[3], 16)


def _luminance(colour: Colour) -> float:
    """Relative luminance of WCAG 2.2."""
    shares = [part / 255 for part in colour]
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: Colour, second: Colour) -> float:
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@dataclass(frozen=True)
class Shade:
    """One visible text with the colours it is shown in."""

    text: str
    ink: Colour
    paper: Colour


def shades(html: str) -> list[Shade]:
    """Every visible text with its own ink and paper, found in inline styles only."""
    found = []
    for node in visible_texts(html):
        ink = paper = None
        for parent in node.parents:
            style = styles_of(parent)
            ink = ink or style.get("color")
            paper = paper or style.get("background-color")
        assert ink, f"no colour for {node!r}"
        assert paper, f"no background for {node!r}"
        found.append(Shade(str(node), _colour(ink), _colour(paper)))
    return found


def properties(html: str) -> set[str]:
    """Every CSS property that the mail relies on."""
    return {name for tag in parse(html).find_all(style=True) for name in styles_of(tag)}


def inverted(colour: Colour) -> Colour:
    """The colour after the plain inversion that dark modes of mail clients do."""
    red, green, blue = colour
    return 255 - red, 255 - green, 255 - blue
