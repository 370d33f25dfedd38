"""Rows of a file that are no customers: its headings once more, its totals. Pure."""

import re
from collections.abc import Mapping
from functools import lru_cache

from hub.core.text import fold
from hub.customers.hygiene.findings import Field
from hub.customers.hygiene.headings import HEADINGS, key_of

LEAST = 2
"""So many cells at least must repeat their heading."""
_TOTAL = re.compile(
    r"(?:(?:sous|grand|sub)[- ]?)?tota(?:l|ux)(?: (?:de|des|du|general|clients?|customers?)\b.*)?|"
    r"(?:nombre|nb|nbre|number)\.? (?:total )?(?:de |d'|of )\w+.*|(?:summe|gesamt|somme|count)|"
    r"\d+ (?:clients?|lignes?|contacts?|rows|records|customers)"
)
_COLON = re.compile(r"[\s\xa0]*:[\s\d]*$")
_FIGURE = re.compile(r"[\d\s.,%€$+-]{1,20}")
_LONGEST_HEADING = 60
"""With what may stand around it."""
_LONGEST_PHONE_LEFT = 8
"""A figure of more digits may be a phone or the number of a card."""


def is_no_customer(texts: Mapping[str, str]) -> bool:
    """Whether the plain texts of a row, by field, name columns again or sum up the file."""
    filled = {field: text for field, text in texts.items() if text}
    return bool(filled) and (_repeats_headings(filled) or _sums_up(list(filled.values())))


def _repeats_headings(filled: Mapping[str, str]) -> bool:
    """Most rows are told by their first cells: more than half that repeat nothing are enough."""
    others = 0
    for field, text in filled.items():
        others += not _names_itself(field, text)
        if others * 2 > len(filled):
            return False
    return len(filled) - others >= LEAST


def _names_itself(field: str, text: str) -> bool:
    is_heading = len(text) <= _LONGEST_HEADING and "@" not in text and not text[:1].isdigit()
    found = _heading_of(text) if is_heading else None
    return found is not None and (found == field or {found, field} <= _NAMES)


@lru_cache(20_000)
def _heading_of(text: str) -> str | None:
    return HEADINGS.get(key_of(text))


_NAMES = frozenset({Field.FIRST_NAME, Field.LAST_NAME, Field.FULL_NAME})


def _sums_up(cells: list[str]) -> bool:
    """A word of sums in the first cell, and beside it nothing but figures."""
    plain = (_COLON.sub("", fold(cell)).strip() for cell in cells)
    return _TOTAL.fullmatch(next(plain)) is not None and all(map(_is_figure, plain))


def _is_figure(text: str) -> bool:
    if _TOTAL.fullmatch(text):
        return True
    return bool(_FIGURE.fullmatch(text)) and len(re.sub(r"\D", "", text)) <= _LONGEST_PHONE_LEFT
