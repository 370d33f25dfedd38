"""Sample customers with missing data: every template is filled with each of them before it is published. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from hub.content import phrases
from hub.content.catalog import Variable
from hub.content.wording import visible
from hub.customers.words import Title

_FIRST, _LAST = "Anne", "Lefèvre"
_HOLE = re.compile(
    r"\w[ \u00a0\u2000-\u200a\u202f\u205f\u3000],|^\s*,|,\s*,|\(\s*\)|«\s*»|“\s*”|[^\s:]:[ \u00a0]*\.|[^\s.][ \u00a0]+\.(?=\s|$)|\S {2,}\w",
    re.MULTILINE,
)
_AROUND = 20


class SampleKey(StrEnum):
    """Whose data is missing what."""

    FULL = "full"
    NO_TITLE = "no_title"
    NO_FIRST_NAME = "no_first_name"
    NO_NAME = "no_name"
    NO_STORE_PHONE = "no_store_phone"
    NO_STORE = "no_store"
    EMPTY_ORDER = "empty_order"
    NO_LINKS = "no_links"
    NO_CODE = "no_code"
    BARE = "bare"


_WITHOUT: Mapping[SampleKey, tuple[str, ...]] = {
    SampleKey.NO_STORE_PHONE: ("store_phone", "store_hours"),
    SampleKey.NO_STORE: ("store_",),
    SampleKey.EMPTY_ORDER: ("order_", "product_", "basket_"),
    SampleKey.NO_LINKS: (
        "facebook_",
        "instagram_",
        "youtube_",
        "tiktok_",
        "linkedin_",
        "pinterest_",
        "review_",
        "why_",
        "tracking_",
    ),
    SampleKey.NO_CODE: ("promo_", "vip_", "loyalty_"),
}


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample customer: the values a mail to them would have."""

    key: SampleKey
    values: Mapping[str, str]


def list_samples(variables: Iterable[Variable], language: str) -> list[Sample]:
    """The sample customers for these variables. What a mail always carries is never missing."""
    known = tuple(variables)
    return [Sample(key, _values(key, known, language)) for key in SampleKey]


def _values(key: SampleKey, variables: tuple[Variable, ...], language: str) -> dict[str, str]:
    values = {variable.name: variable.example for variable in variables}
    sure = {variable.name for variable in variables if variable.is_required}
    if key is SampleKey.BARE:
        return {name: value for name, value in values.items() if name in sure}
    gone = _WITHOUT.get(key, ())
    values = {
        name: value for name, value in values.items() if name in sure or not name.startswith(gone or ("\0",))
    }
    if key in _SALUTATIONS and "salutation" in values and "salutation" not in sure:
        title, first, last = _SALUTATIONS[key]
        values["salutation"] = phrases.salutation(title, first, last, language) if first or last else ""
    return values


_SALUTATIONS: Mapping[SampleKey, tuple[Title | None, str | None, str | None]] = {
    SampleKey.NO_TITLE: (None, _FIRST, _LAST),
    SampleKey.NO_FIRST_NAME: (Title.MADAM, None, _LAST),
    SampleKey.NO_NAME: (None, None, None),
}


def find_hole(text: str) -> str | None:
    """The place where a missing value left a hole (“Bonjour ,”), with a few words around it; None when there is none."""
    text = visible(text)
    found = _HOLE.search(text)
    if found is None:
        return None
    start, end = max(0, found.start() - _AROUND), found.end() + _AROUND
    return " ".join(text[start:end].split())
