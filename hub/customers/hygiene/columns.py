"""Which column of a file is which field: by its heading, in French or English, else by what stands in it. Pure."""

import re
from collections.abc import Callable, Sequence

from hub.core.text import fold
from hub.customers.hygiene.findings import Field
from hub.customers.hygiene.headings import HEADINGS, key_of
from hub.customers.hygiene.names import FAMILY, GIVEN, GIVEN_TOO, TITLES
from hub.customers.hygiene.phones import check_phone
from hub.customers.hygiene.places import TOWNS, town_key

ENOUGH = 0.6
"""The share of the filled cells of a column that must look like a field."""
HALF_KNOWN = 0.25
"""The same for family names, of which no list holds most."""

_MAIL = re.compile(r"[^@\s]+@[^@\s]+")
_PHONE = re.compile(r"\(?\+?[\d][\d\s.()/-]{7,18}\d")
_DATE = re.compile(r"\d{4}-\d\d?-\d\d?|\d\d?[/.-]\d\d?[/.-](\d{4}|\d\d)")
_POSTCODE = re.compile(r"\d{5}")
_NUMBER = re.compile(r"[\d\s.,+-]+")


def match_columns(headings: Sequence[str], sample_rows: Sequence[Sequence[str]]) -> dict[int, str]:
    """The field of each column that is understood, by its position from 0; no field twice.

    Headings decide first; what they leave open is decided by the cells of `sample_rows`.
    """
    found: dict[int, str] = {}
    for position, heading in enumerate(headings):
        field = HEADINGS.get(key_of(heading))
        if field is not None and field not in found.values():
            found[position] = field
    for position in range(len(headings)):
        if position not in found:
            field = _by_content([row[position] for row in sample_rows if position < len(row)])
            if field is not None and field not in found.values():
                found[position] = field
    return found


def _by_content(cells: Sequence[str]) -> Field | None:
    filled = [cell.strip() for cell in cells if cell.strip()]
    for field, is_like in _LOOKS:
        enough = HALF_KNOWN if field is Field.LAST_NAME else ENOUGH
        if filled and sum(map(is_like, filled)) >= enough * len(filled):
            return field
    return None


def _is_phone(cell: str) -> bool:
    return _PHONE.fullmatch(cell) is not None and _DATE.fullmatch(cell) is None


def _is_mobile(cell: str) -> bool:
    return _is_phone(cell) and check_phone(cell).kept.startswith(("+336", "+337"))


_LOOKS: tuple[tuple[Field, Callable[[str], bool]], ...] = (
    (Field.MAIL, lambda cell: _MAIL.fullmatch(cell) is not None),
    (Field.BIRTH_ON, lambda cell: _DATE.fullmatch(cell) is not None),
    (Field.MOBILE, _is_mobile),
    (Field.PHONE, _is_phone),
    (Field.POSTCODE, lambda cell: _POSTCODE.fullmatch(cell) is not None),
    (Field.TITLE, lambda cell: fold(cell).strip(". ") in TITLES),
    (Field.TOWN, lambda cell: town_key(cell) in TOWNS),
    (Field.FIRST_NAME, lambda cell: fold(cell) in GIVEN or fold(cell) in GIVEN_TOO),
    (Field.LAST_NAME, lambda cell: fold(cell) in FAMILY),
)


def is_heading(cells: Sequence[str]) -> bool:
    """Whether a row names columns: a quarter of its cells are known headings and none looks like data."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    known = sum(key_of(cell) in HEADINGS for cell in filled)
    return known >= max(1, len(filled) / 4) and not any(map(is_data, filled))


def is_data(cell: str) -> bool:
    """Whether a cell can only be data: an address, a number, a date."""
    return any(like.fullmatch(cell.strip()) for like in (_MAIL, _PHONE, _DATE, _NUMBER))
