"""Words of a ticket as search terms: accent-free, cut the same way when written and when asked; pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from hub.core.text import fold

LONGEST_WORD = 40
MOST_WORDS = 3000
MOST_CHARS = 20_000
MOST_ASKED = 12
SHORTEST_PLURAL = 4
_WORD = re.compile(r"[a-z0-9]+")
_WRITTEN = re.compile(r"[^\W_]+")
_PHONE = re.compile(r"\A[\d\s.+()-]{8,20}\Z")


@dataclass(frozen=True)
class Asked:
    """One word somebody looks for: the beginnings that a word of the ticket may have, and what to take stems of."""

    beginnings: tuple[str, ...]
    spellings: str


def search_words(texts: Iterable[str]) -> list[str]:
    """Distinct folded words of the texts in the order of appearance, at most 3,000 and none over 40 letters."""
    found: dict[str, None] = {}
    for text in texts:
        found.update(dict.fromkeys(_WORD.findall(fold(text[:MOST_CHARS]))))
    return [word for word in found if len(word) <= LONGEST_WORD][:MOST_WORDS]


def written_words(texts: Iterable[str]) -> list[str]:
    """The same with their accents: French stems are right only with them."""
    found: dict[str, None] = {}
    for text in texts:
        found.update(dict.fromkeys(_WRITTEN.findall(text[:MOST_CHARS].lower())))
    return [word for word in found if len(word) <= LONGEST_WORD][:MOST_WORDS]


def asked_words(search: str) -> list[Asked]:
    """The words somebody looks for, at most 12; a phone number becomes the one word it is kept as."""
    if _PHONE.match(search.strip()):
        digits = re.sub(r"\D", "", search)[-9:]
        return [Asked((digits,), digits)]
    found = (word[:LONGEST_WORD] for word in _WRITTEN.findall(search[:MOST_CHARS].lower()))
    written = list(dict.fromkeys(found))[:MOST_ASKED]
    longer = [word for word in written if len(word) > 1]  # a letter alone begins half of all words
    return [asked for word in longer or written for asked in _asked(word)]


def _asked(written: str) -> list[Asked]:
    """A plural also finds its singular: many stems are wrong when the accents were not typed."""
    words = _WORD.findall(fold(written))
    if not words:  # of another script: kept as it was written
        return [Asked((written,), written)]
    return [Asked(_beginnings(word), f"{written} {word}") for word in words]


def _beginnings(word: str) -> tuple[str, ...]:
    is_plural = len(word) > SHORTEST_PLURAL and word[-1] in "sx"
    return (word, word[:-1]) if is_plural else (word,)


def phone_words(phone: str | None) -> list[str]:
    """A phone is found by its last nine digits, whatever its prefix."""
    digits = re.sub(r"\D", "", phone or "")
    return [digits[-9:]] if digits else []
