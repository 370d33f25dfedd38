"""Whether the words of a comment name somebody: an address, a number to call, a name that is known. Pure."""

import re
from collections.abc import Iterable

from hub.core.text import fold

MAIL = re.compile(r"[^\s@]+@[^\s@]+")
NUMBER = re.compile(r"\d(?:[ .\-/()\u00a0\u202f]{0,2}\d){7,}")
"""Eight digits or more: of a phone, an order, a card."""
WORD = re.compile(r"[a-z0-9]+")
PARTICLES = frozenset(("da", "de", "del", "della", "des", "di", "du", "el", "la", "le", "les", "van", "von"))


def names_somebody(text: str, names: Iterable[str]) -> bool:
    """Rather once too often: a first name that is a word of the language counts, too."""
    if MAIL.search(text) or NUMBER.search(text):
        return True
    words = frozenset(WORD.findall(fold(text)))
    return any(not words.isdisjoint(_parts(name)) for name in names)


def _parts(name: str) -> set[str]:
    """`Anne-Marie de La Tour`: anne, marie, tour. One letter alone names nobody."""
    return {part for part in WORD.findall(fold(name)) if len(part) > 1 and part not in PARTICLES}
