"""Whether a mail domain is a slip of the keyboard, and for which one it was meant. Pure.

A right domain must never be "corrected", so the burden is on the slip: it must lead to a provider many people use (or
to a domain many customers of the base have), be one a hand makes, and nothing may speak for the domain as it stands.
"""

from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from hub.customers.hygiene.known import Known
from hub.customers.hygiene.mail_domains import (
    COMMON,
    ENDINGS,
    LIKE_WORDS,
    REAL,
    SLIPS,
    THROW_AWAY,
    WORDS_NEAR,
)

USED, MUCH_USED = 3, 10
"""So many customers with one domain do not all mistype it: from the first on when the slip is not sure, from the second on
in any case."""
RATIO = 8
"""A domain of the base is what was meant when it has so many addresses, and so many times those of the slip."""
SHORT, LONG, LONGER = 4, 7, 9
"""Letters of a name: up to the first, any other name is as likely; from the second one slip is telling, from the
third two are."""
LEARNT_LENGTH = 7
"""Shorter names learnt from the base are not suggested: too many other names are near."""
SWAPPED, NEIGHBOUR, MISSED = 0.5, 0.7, 0.9
"""What slips cost: letters swapped or struck twice, the key beside, a letter left out; all else costs 1."""
ENDINGS_MEANT = ("fr", "com", "net", "org", "be", "ch", "eu")
_KEYS = (
    "azertyuiop",
    "qsdfghjklm",
    "wxcvbn",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "0o",
    "l1i",
    "5s",
    "3e",
    "4a",
)


@dataclass(frozen=True, slots=True)
class Meant:
    """What a domain was meant to be; `is_sure` when the slip is one only a hand makes."""

    domain: str
    is_sure: bool


def find_meant(domain: str, known: Known) -> Meant | None:
    """The domain that was probably meant; None when it is right, or like none. `domain` in lower case."""
    if domain in known.cache:
        found: Meant | None = known.cache[domain]
        return found
    known.cache[domain] = found = _find(domain, known)
    return found


def _find(domain: str, known: Known) -> Meant | None:
    if domain in SLIPS:
        return Meant(SLIPS[domain], is_sure=True)
    used = known.count(domain) if ending_exists(domain.rpartition(".")[2]) else 0
    if is_provider(domain) or used >= MUCH_USED:
        return None
    meant = _of_lists(domain) or _of_base(domain, known)
    return meant if used < USED or (meant is not None and meant.is_sure) else None


def is_provider(domain: str) -> bool:
    """Whether the domain belongs to a mail provider of the lists, so that it says nothing about an employer."""
    return domain in _PROVIDERS


_PROVIDERS = frozenset(COMMON) | REAL | THROW_AWAY


def ending_exists(ending: str) -> bool:
    """Whether the ending is one of the Internet's, or reserved for tests (RFC 2606); those in other scripts pass."""
    return (
        ending in ENDINGS
        or ending in {"test", "example", "invalid", "localhost"}
        or not ending.isascii()
        or ending.startswith("xn--")
    )


@lru_cache(maxsize=65_536)
def _of_lists(domain: str) -> Meant | None:
    """By the list of common domains alone."""
    for common in COMMON:
        if domain in {
            f"{common}.fr",
            f"{common}.com",
            f"www.{common}",
            f"{common}{common.rpartition('.')[2]}",
        }:
            return Meant(common, is_sure=True)
    name, _, ending = domain.partition(".")
    if name in _ENDINGS_OF:
        return _other_ending(name, ending)
    near = [found for found in (_near(domain, common) for common in COMMON) if found is not None]
    if near:
        return min(near)[2]
    return None if ending_exists(domain.rpartition(".")[2]) else _with_ending(domain)


_ENDINGS_OF: dict[str, list[str]] = {}
for _common in COMMON:
    _name, _, _ending = _common.partition(".")
    _ENDINGS_OF.setdefault(_name, []).append(_ending)


def _other_ending(name: str, ending: str) -> Meant | None:
    """A provider's name with an ending it does not have: only an ending that does not exist, or half of one, is a slip."""
    last = ending.rpartition(".")[2]
    if ending_exists(last) and last not in {"cm", "om", "co", "cn"}:
        return None
    if last in {"co", "cn"} and "com" not in _ENDINGS_OF[name]:
        return None
    best = min(_ENDINGS_OF[name], key=lambda each: (_slip_cost(ending, each), _ENDINGS_OF[name].index(each)))
    return Meant(f"{name}.{best}", is_sure=True) if OSA.distance(ending, best) <= len(best) - 1 else None


def _with_ending(domain: str) -> Meant | None:
    """Another domain whose ending does not exist but is one slip from a usual one: `boulangerie.frr`."""
    name, _, ending = domain.rpartition(".")
    best = min(ENDINGS_MEANT, key=lambda each: _slip_cost(ending, each))
    return Meant(f"{name}.{best}", is_sure=True) if OSA.distance(ending, best) == 1 else None


def _near(domain: str, common: str) -> tuple[float, int, Meant] | None:
    """How dear it is to get from a common domain to this one, when that is a likely slip."""
    name, _, ending = domain.partition(".")
    target, _, target_ending = common.partition(".")
    if len(target) <= SHORT or name in WORDS_NEAR or name in _ENDINGS_OF or not target.isascii():
        return None
    distance = OSA.distance(name, target, score_cutoff=2)
    if distance > (2 if len(target) >= LONGER else 1):
        return None
    ending_distance = 0 if ending == target_ending else OSA.distance(ending, target_ending)
    if ending_distance and (ending_exists(ending.rpartition(".")[2]) or ending_distance > 1):
        return None
    is_sure = bool(ending_distance) or _is_handmade(name, target) or _is_made_up(name, target)
    cost = _slip_cost(name, target) + _slip_cost(ending, target_ending)
    return cost, COMMON.index(common), Meant(common, is_sure=is_sure)


def _is_handmade(name: str, target: str) -> bool:
    """Two letters changed places, a letter struck twice or once too few, its neighbour on the keyboard, a digit like it."""
    return _slip_cost(name, target) <= (
        NEIGHBOUR if name[:1] == target[:1] or name[:1].isdigit() else SWAPPED
    )


def _is_made_up(name: str, target: str) -> bool:
    """Whether nobody else would be called nearly so: the provider's name is no word and its first letter stands."""
    return target not in LIKE_WORDS and (name[:1] == target[:1] or len(target) >= LONG)


def _slip_cost(name: str, target: str) -> float:
    """Edit distance, cheaper for what fingers do by themselves."""
    distance = OSA.distance(name, target)
    if distance != 1:
        return float(distance)
    if sorted(name) == sorted(target):
        return SWAPPED
    longer, shorter = (name, target) if len(name) > len(target) else (target, name)
    if len(longer) > len(shorter):
        at = next((i for i, letter in enumerate(shorter) if longer[i] != letter), len(shorter))
        return SWAPPED if at and longer[at] == longer[at - 1] else MISSED if len(name) < len(target) else 1.0
    pair = next((pair for pair in zip(name, target, strict=True) if pair[0] != pair[1]), ("", ""))
    return NEIGHBOUR if are_neighbours(*pair) else 1.0


def are_neighbours(one: str, other: str) -> bool:
    """Whether two letters lie side by side on a French or an English keyboard."""
    return any(f"{one}{other}" in row or f"{other}{one}" in row for row in _KEYS)


def _of_base(domain: str, known: Known) -> Meant | None:
    """By the domains many customers have: a company's own domain, mistyped once."""
    name, _, ending = domain.rpartition(".")
    if len(name) < LEARNT_LENGTH:
        return None
    count = max(1, known.count(domain))
    for other in known.widely_used:
        if abs(len(other) - len(domain)) > 1 or OSA.distance(domain, other, score_cutoff=1) > 1:
            continue
        is_like = other.endswith(f".{ending}") or not ending_exists(ending.rpartition(".")[2])
        if other != domain and is_like and known.count(other) >= RATIO * count:
            return Meant(other, is_sure=_slip_cost(name, other.rpartition(".")[0]) < 1)
    return None
