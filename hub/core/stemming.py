"""Words of a text cut and stemmed, French and English: the stem first and only then without accents. Pure."""

import re
from collections.abc import Iterable
from functools import cache, lru_cache

import snowballstemmer

from hub.core.text import fold
from hub.core.words import Language

WORD = re.compile(r"[^\W_]+")
ELIDED = re.compile(r"\b(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)['’ʼ]", re.IGNORECASE)
SNOWBALL = {Language.FRENCH: "french", Language.ENGLISH: "english"}


@cache
def _stemmer(language: Language) -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer(SNOWBALL[language])


def cut(text: str) -> list[str]:
    """The words of a text in order, lower case, accents kept, elided articles left out."""
    return WORD.findall(ELIDED.sub(" ", text.lower()))


@lru_cache(maxsize=100_000)
def stem(word: str, language: Language) -> str:
    """Stem a lower-case word as it is written, then take its accents off: `réglées` becomes `regl`."""
    return fold(str(_stemmer(language).stemWord(word)))


def stems_of(text: str, language: Language) -> list[str]:
    """The stems of a text, in order."""
    return [stem(word, language) for word in cut(text)]


def line_of(stems: Iterable[str]) -> str:
    """Stems as one line to look into, with a space at both ends."""
    return f" {' '.join(stems)} "


def is_said(words: str, line: str, language: Language) -> bool:
    """Whether these words, in any form and in a row, stand in the line."""
    wanted = stems_of(words, language)
    return bool(wanted) and line_of(wanted) in line
