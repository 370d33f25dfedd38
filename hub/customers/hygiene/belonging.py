"""Whether a mail domain belongs to the company, or the person, of the same row. Pure."""

import re
from functools import lru_cache

from rapidfuzz import fuzz

from hub.core.text import fold
from hub.customers.hygiene.domains import is_provider

ENOUGH = 80
"""Of 100: how alike a company's name and its domain must be, part against part."""
SHORTEST = 3
BEGINNING = 2
"""Letters at least of each word in a name made of beginnings."""
MOST_WORDS = 6
LONG_NAME = 12

_HOLLOW = frozenset(
    [
        "sarl",
        "sas",
        "sasu",
        "sa",
        "eurl",
        "sci",
        "snc",
        "scop",
        "gmbh",
        "ltd",
        "llc",
        "inc",
        "bv",
        "nv",
        "ag",
        "srl",
        "spa",
        "sprl",
        "les",
        "des",
        "the",
        "and",
        "fils",
        "cie",
        "co",
        "ets",
        "societe",
        "ste",
        "groupe",
        "group",
        "entreprise",
        "etablissements",
        "association",
        "france",
        "holding",
        "compagnie",
        "services",
        "service",
        "conseil",
        "cabinet",
    ]
)
_SMALL = frozenset(
    ["de", "des", "du", "d", "la", "le", "les", "l", "et", "a", "au", "aux", "en", "of", "the", "and", "for"]
)
_PUBLIC = frozenset(["co", "com", "org", "net", "gov", "ac", "edu", "gouv", "asso", "nom", "tm"])


@lru_cache(maxsize=20_000)
def contradicts(domain: str, company: str) -> bool:
    """Whether a domain of its own is called unlike the company. A provider's domain says nothing, nor do schools'."""
    if not domain or not company or is_provider(domain) or domain.endswith((".edu", ".gouv.fr")):
        return False
    return not is_called_like(domain, company)


@lru_cache(maxsize=20_000)
def is_called_like(domain: str, name: str) -> bool:
    """Whether the domain is made of the name: a word of it, its initials, or nearly the whole."""
    words = [word for word in re.split(r"[^a-z0-9]+", fold(name)) if word]
    telling = [word for word in words if word not in _HOLLOW and len(word) >= SHORTEST]
    label = re.sub(r"[^a-z0-9]", "", fold(_label(domain)))
    if not words or not label:
        return False
    initials = tuple(
        "".join(word[0] for word in words if word not in left_out)
        for left_out in (_SMALL, _HOLLOW, frozenset[str]())
    )
    joined = "".join(words)
    return (
        any(word in label for word in telling)
        or label in joined
        or label in initials
        or any(piece in initials for piece in _label(domain).split("-") if len(piece) >= BEGINNING)
        or (len(label) == SHORTEST and _is_abbreviation(label, joined))
        or any(len(each) >= SHORTEST and label.startswith(each) for each in initials)
        or _is_of_beginnings(label, [word for word in words if word not in _SMALL and len(word) >= SHORTEST])
        or fuzz.partial_ratio(label, joined) >= ENOUGH
    )


def _is_of_beginnings(label: str, words: list[str]) -> bool:
    """Whether a label is made of the beginnings of two words or more, of all, one after the other: `socgen`, `fedex`."""
    pattern = "".join("(?:" + "|".join(_beginnings(word)) + ")" for word in words[:MOST_WORDS])
    return len(words) > 1 and re.fullmatch(pattern, label) is not None


def _is_abbreviation(label: str, joined: str) -> bool:
    """Whether three letters stand in a long name in their order, the first at its start: `pwc`."""
    return len(joined) >= LONG_NAME and re.match(".*".join(label), joined) is not None


def _beginnings(word: str) -> list[str]:
    return [word[:size] for size in range(BEGINNING, len(word) + 1)]


def _label(domain: str) -> str:
    """The name somebody chose: `acme` of `mail.acme.co.uk`."""
    parts = [part for part in domain.split(".")[:-1] if part not in _PUBLIC]
    return parts[-1] if parts else domain
