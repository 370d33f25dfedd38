"""Words of a ticket as search terms: accent-free, cut the same way when written and when asked; pure."""

import re
from collections.abc import Iterable

from hub.core.text import fold

LONGEST_WORD = 40
MOST_WORDS = 3000
MOST_CHARS = 20_000
MOST_ASKED = 12
_WORD = re.compile(r"[a-z0-9]+")
_PHONE = re.compile(r"\A[\d\s.+()-]{8,20}\Z")


def search_words(texts: Iterable[str]) -> list[str]:
    """Distinct words of the texts in the order of appearance, at most 3,000 and none over 40 letters."""
    found: dict[str, None] = {}
    for text in texts:
        found.update(dict.fromkeys(_WORD.findall(fold(text[:MOST_CHARS]))))
    return [word for word in found if len(word) <= LONGEST_WORD][:MOST_WORDS]


def asked_words(search: str) -> list[str]:
    """The words somebody looks for, at most 12; a phone number becomes the one word it is written as."""
    if _PHONE.match(search.strip()):
        digits = re.sub(r"\D", "", search)
        return [digits[-9:]]
    return search_words([search])[:MOST_ASKED]


def phone_words(phone: str | None) -> list[str]:
    """A phone is found by its last nine digits, whatever its prefix."""
    digits = re.sub(r"\D", "", phone or "")
    return [digits[-9:]] if digits else []
