"""How likely two customers are one: 0-100 with each reason and its points, what speaks against it among them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TypeVar

from rapidfuzz.distance import DamerauLevenshtein, Hamming

from hub.customers.duplicates.nicknames import may_be_one
from hub.customers.duplicates.people import Person
from hub.customers.duplicates.words import Why

T = TypeVar("T")
REMEMBERED = 20_000
"""In small blocks the same names and birthdays meet again and again."""
LEAST_POINTS = 50
"""Below it nobody is asked."""
SURE_POINTS = 95
"""From here on an exact pair may be merged by one press, or by itself where the chain says so."""
FAMILY_CAP = 45
LEAST_LOCAL = 5
LONG_NAME = 5
POINTS: dict[Why, int] = {
    Why.SAME_MAIL: 82,
    Why.SAME_CARD: 82,
    Why.SAME_PHONE: 60,
    Why.MAIL_ONE_LETTER: 28,
    Why.MAIL_LOCAL_PART: 24,
    Why.PHONE_ONE_DIGIT: 15,
    Why.SAME_NAME: 40,
    Why.COMMON_NAME: -15,
    Why.SWAPPED_NAMES: 38,
    Why.NICKNAME: 30,
    Why.INITIAL: 22,
    Why.NAME_TYPO: 35,
    Why.SAME_LAST_NAME: 5,
    Why.OTHER_FIRST_NAME: -30,
    Why.OTHER_LAST_NAME: -25,
    Why.SAME_BIRTH: 35,
    Why.BIRTH_ONE_PART: 12,
    Why.OTHER_BIRTH: -40,
    Why.SAME_STREET: 20,
    Why.SAME_POSTCODE: 15,
    Why.OTHER_POSTCODE: -4,
    Why.SAME_COMPANY: 10,
    Why.OTHER_TITLE: -8,
    Why.GENERATIONS: -45,
    Why.FAMILY: -20,
}
EXACT = frozenset({Why.SAME_MAIL, Why.SAME_CARD, Why.SAME_PHONE})
HOME = frozenset({Why.SAME_STREET, Why.SAME_PHONE, Why.SAME_POSTCODE, Why.SAME_MAIL})
SAME_PERSON_NAMES = frozenset({Why.SAME_NAME, Why.SWAPPED_NAMES, Why.NICKNAME, Why.INITIAL, Why.NAME_TYPO})


@dataclass(frozen=True)
class Score:
    """`points` 0-100; `reasons` with the strongest first. `is_exact`: an address or card is the same."""

    points: int
    is_exact: bool
    reasons: tuple[tuple[Why, int], ...]

    def as_kept(self) -> list[dict[str, object]]:
        """The reasons as a pair keeps them."""
        return [{"why": why.value, "points": points} for why, points in self.reasons]


def score(left: Person, right: Person, *, is_common: bool = False) -> Score:
    """Compare two customers; the same for both orders. `is_common`: many customers of the base have this name."""
    total, found = _weigh(left, right, is_common=is_common)
    reasons = sorted(((why, POINTS[why]) for why in found), key=lambda reason: (-abs(reason[1]), reason[0]))
    return Score(total, not EXACT.isdisjoint(found), tuple(reasons))


def points_of(left: Person, right: Person) -> int:
    """The points alone, for those of whom most are not alike."""
    return _weigh(left, right, is_common=False)[0]


def _weigh(left: Person, right: Person, *, is_common: bool) -> tuple[int, list[Why]]:
    found = [*_addresses(left, right), *_names(left, right), *_birth(left, right), *_place(left, right)]
    if is_common and not SAME_PERSON_NAMES.isdisjoint(found):
        found.append(Why.COMMON_NAME)
    if _is_family(found):
        found.append(Why.FAMILY)
    total = max(0, min(100, sum(POINTS[why] for why in found)))
    if Why.FAMILY in found or Why.GENERATIONS in found:
        total = min(total, FAMILY_CAP)
    return total, found


def _addresses(left: Person, right: Person) -> Iterator[Why]:
    if not set(left.mailboxes).isdisjoint(right.mailboxes):
        yield Why.SAME_MAIL
    elif _any(left.mailboxes, right.mailboxes, _is_one_letter):
        yield Why.MAIL_ONE_LETTER
    elif _any(left.mailboxes, right.mailboxes, _is_same_local):
        yield Why.MAIL_LOCAL_PART
    if not set(left.numbers).isdisjoint(right.numbers):
        yield Why.SAME_PHONE
    elif _any(left.numbers, right.numbers, _is_one_digit):
        yield Why.PHONE_ONE_DIGIT
    if not set(left.card_names).isdisjoint(right.card_names):
        yield Why.SAME_CARD


def _any(left: tuple[T, ...], right: tuple[T, ...], test: Callable[[T, T], bool]) -> bool:
    return any(test(one, other) for one in left for other in right)


def _is_one_letter(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """A letter, never a digit: anne.roux12 and anne.roux13 are two people."""
    ours, theirs = "@".join(one), "@".join(other)
    if len(one[0]) < LEAST_LOCAL or DamerauLevenshtein.distance(ours, theirs, score_cutoff=1) != 1:
        return False
    return re.sub(r"\D", "", ours) == re.sub(r"\D", "", theirs)


def _is_same_local(one: tuple[str, str], other: tuple[str, str]) -> bool:
    return len(one[0]) >= LEAST_LOCAL and one[0].replace(".", "") == other[0].replace(".", "")


def _is_one_digit(one: str, other: str) -> bool:
    return len(one) == len(other) and Hamming.distance(one, other) == 1


def _names(left: Person, right: Person) -> Iterator[Why]:
    if left.generation != right.generation:
        yield Why.GENERATIONS
    if not (left.first or left.last) or not (right.first or right.last):
        return
    yield from _compare_names(left.first, left.last, right.first, right.last)
    if left.title and right.title and left.title != right.title:
        yield Why.OTHER_TITLE


@lru_cache(REMEMBERED)
def _compare_names(first: str, last: str, other_first: str, other_last: str) -> tuple[Why, ...]:
    if (first, last) == (other_first, other_last):
        return (Why.SAME_NAME,)
    if (first, last) == (other_last, other_first) or _is_reordered(
        f"{first} {last}", f"{other_first} {other_last}"
    ):
        return (Why.SWAPPED_NAMES,)
    of_first, of_last = _likeness(first, other_first), _likeness(last, other_last)
    if of_first is None:
        return (
            Why.OTHER_LAST_NAME if of_last is None else Why.SAME_LAST_NAME,
            Why.OTHER_FIRST_NAME,
        )
    return (Why.OTHER_LAST_NAME,) if of_last is None else (min((of_first, of_last), key=POINTS.__getitem__),)


def _is_reordered(one: str, other: str) -> bool:
    return sorted(one.split()) == sorted(other.split())


def _likeness(one: str, other: str) -> Why | None:
    """How two names are alike; None when they are not. Of short names one other letter makes another name."""
    if one == other:
        return Why.SAME_NAME
    if not one or not other:
        return Why.INITIAL
    if 1 in {len(one), len(other)} and one[0] == other[0]:
        return Why.INITIAL
    if may_be_one(one, other):
        return Why.NICKNAME
    shorter = min(len(one), len(other))
    allowed = 0 if shorter < LONG_NAME - 1 else 1 if shorter < LONG_NAME + 3 else 2
    distance = DamerauLevenshtein.distance(one, other, score_cutoff=allowed)
    return Why.NAME_TYPO if distance <= allowed and not _is_other_gender(one, other) else None


def _is_other_gender(one: str, other: str) -> bool:
    """René and Renée, Michel and Michèle: a letter at the end that makes it somebody else's name."""
    shorter, longer = sorted((one, other), key=len)
    return longer in {shorter + end for end in ("e", f"{shorter[-1]}e", "le", "ne", "te", "a")}


def _birth(left: Person, right: Person) -> Iterator[Why]:
    if left.birth_on is None or right.birth_on is None:
        return
    if left.birth_on == right.birth_on:
        yield Why.SAME_BIRTH
    elif _is_misread(left.birth_on, right.birth_on):
        yield Why.BIRTH_ONE_PART
    else:
        yield Why.OTHER_BIRTH


@lru_cache(REMEMBERED)
def _is_misread(one: date, other: date) -> bool:
    """Day and month the other way round, or one digit typed wrongly."""
    is_turned = (one.year, one.day, one.month) == (other.year, other.month, other.day)
    return is_turned or Hamming.distance(one.isoformat(), other.isoformat()) == 1


def _place(left: Person, right: Person) -> Iterator[Why]:
    is_near = bool(left.postcode) and left.postcode == right.postcode
    if is_near and left.way and right.way and _is_same_way(left.way, right.way):
        yield Why.SAME_STREET
    if is_near:
        yield Why.SAME_POSTCODE
    elif left.postcode and right.postcode:
        yield Why.OTHER_POSTCODE
    if left.company and right.company and left.company.casefold() == right.company.casefold():
        yield Why.SAME_COMPANY


def _is_same_way(one: str, other: str) -> bool:
    """The same number, and words with at most two letters between them."""
    numbers = [way.split()[0] for way in (one, other)]
    if numbers[0] != numbers[1] and any(number[0].isdigit() for number in numbers):
        return False
    return DamerauLevenshtein.distance(one, other, score_cutoff=2) <= 2  # noqa: PLR2004 - letters


def _is_family(found: list[Why]) -> bool:
    """The same name at the same place, with another first name: a couple, a parent and a child."""
    return Why.OTHER_FIRST_NAME in found and Why.SAME_LAST_NAME in found and not HOME.isdisjoint(found)
