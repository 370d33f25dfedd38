"""Small fields: titles, stores, numbers of cards. Pure."""

import re
from collections.abc import Mapping

from rapidfuzz import process
from rapidfuzz.distance import OSA

from hub.core.text import fold
from hub.customers.hygiene.findings import FindingKind, Found
from hub.customers.hygiene.known import Known
from hub.customers.hygiene.names import TITLES

_MORE_TITLES = {
    "f": "madam",
    "female": "madam",
    "femme": "madam",
    "h": "sir",
    "homme": "sir",
    "male": "sir",
    "sir": "sir",
    "madam": "madam",
    "1": "sir",
    "2": "madam",
}
_SCIENTIFIC = re.compile(r"\d[.,]\d+[eE]\+\d+")


def check_title(text: str, texts: Mapping[str, str], known: Known) -> tuple[str, list[Found]]:
    """`madam`, `sir`, or "" for a profession's."""
    del texts, known
    key = fold(text).strip(" .")
    if key in TITLES or key in _MORE_TITLES:
        return TITLES.get(key, _MORE_TITLES.get(key, "")), []
    return "", [Found(FindingKind.TITLE_UNKNOWN)]


def check_store(text: str, texts: Mapping[str, str], known: Known) -> tuple[str, list[Found]]:
    """A store of the chain by name or code, when its stores are known."""
    del texts
    key = fold(text)
    if known.stores is None or key in known.stores:
        return text, []
    near = process.extractOne(key, sorted(known.stores), scorer=OSA.normalized_similarity, score_cutoff=0.8)
    return "", [Found(FindingKind.STORE_UNKNOWN, near[0] if near else None)]


def check_number(text: str, texts: Mapping[str, str], known: Known) -> tuple[str, list[Found]]:
    """The number of a card or of another system: a spreadsheet's 2.50E+12 has lost its digits."""
    del texts, known
    return ("", [Found(FindingKind.NUMBER_SCIENTIFIC)]) if _SCIENTIFIC.fullmatch(text) else (text, [])
