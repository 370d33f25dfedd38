"""Articles of an order or a basket in words of a mail: one a line, the rest counted. Pure."""

from collections.abc import Sequence
from typing import Protocol

from hub.core.words import Language

MOST_LINES = 10
_MORE = {
    Language.FRENCH: ("et un autre article", "et %s autres articles"),
    Language.ENGLISH: ("and one other article", "and %s other articles"),
}


class Line(Protocol):
    """A line of an order or a basket."""

    @property
    def sku(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def quantity(self) -> int: ...


def items_in_words(lines: Sequence[Line], language: Language, *, most: int = MOST_LINES) -> str:
    """`2 × Lampe Aurore` a line; from the line after `most` on they are counted: `et 3 autres articles`."""
    shown = [_item(line) for line in lines[:most]]
    rest = sum(line.quantity for line in lines[most:])
    if rest:
        one, several = _MORE[language]
        shown.append(one if rest == 1 else several % rest)
    return "\n".join(shown)


def _item(line: Line) -> str:
    name = " ".join(line.name.split()) or line.sku
    return name if line.quantity == 1 else f"{line.quantity} × {name}"
