"""Rows of one file that are the same person: the same address or number, or nearly the same name and place. Pure.

Exact ones share a key. Fuzzy ones are sought among rows of one block only (same post code, birthday, or mail name), so
that a file of 200,000 rows costs no more than its rows.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations

from rapidfuzz.distance import JaroWinkler

from hub.core.text import fold
from hub.customers.hygiene.findings import PHONES, Field
from hub.customers.hygiene.names import GIVEN, GIVEN_TOO

NAMED_BY = (Field.MAIL, Field.LOYALTY_CARD, Field.EXTERNAL_ID)
"""What is one person's by itself; a phone may be a household's."""
ALIKE, WORD_ALIKE = 0.95, 0.925
"""How like two whole names, and each of their words, must be (Jaro-Winkler, 0 to 1) beside a second thing in common."""
LARGEST_BLOCK = 60
"""A block of more rows (a shared post code and initial) says nothing and is left out."""
Row = Mapping[str, str]


class Doubles:
    """Gathers rows and tells which belong together; holds a few short keys of each row, not the row."""

    def __init__(self) -> None:
        self._parent: dict[int, int] = {}
        self._first_with: dict[int, tuple[int, str]] = {}
        self._blocks: dict[int, list[tuple[int, str, str]]] = {}

    def see(self, number: int, clean: Row) -> int | None:
        """Take one row in; the earlier row with the same address, number or id, None when there is none.

        A shared phone joins two rows only when their names may be one person's: families share phones.
        """
        name = _name(clean)
        found = None
        for kind, value in exact_keys(clean):
            earlier, other = self._first_with.setdefault(hash((kind, value)), (number, name))
            if earlier != number and (kind != Field.PHONE or _may_be_one(name, other)):
                found = found or earlier
                self._join(earlier, number)
        for block in _blocks(clean, name):
            self._blocks.setdefault(hash(block), []).append((number, name, clean.get(Field.BIRTH_ON, "")))
        return found

    def groups(self) -> list[list[int]]:
        """Rows that are one person, in their order; each group has two or more."""
        for rows in self._blocks.values():
            if len(rows) <= LARGEST_BLOCK:
                self._compare(rows)
        self._blocks.clear()
        groups: dict[int, list[int]] = {}
        for number in self._parent:
            groups.setdefault(self._root(number), []).append(number)
        return sorted(sorted(group) for group in groups.values())

    def _compare(self, rows: list[tuple[int, str, str]]) -> None:
        for (one, left, born), (other, right, also_born) in combinations(rows, 2):
            is_other_day = born and also_born and born != also_born
            if not is_other_day and is_like_name(left, right):
                self._join(one, other)

    def _root(self, number: int) -> int:
        while self._parent[number] != number:
            self._parent[number] = self._parent[self._parent[number]]
            number = self._parent[number]
        return number

    def _join(self, one: int, other: int) -> None:
        for number in (one, other):
            self._parent.setdefault(number, number)
        first, second = sorted((self._root(one), self._root(other)))
        self._parent[second] = first


def exact_keys(clean: Row) -> Iterator[tuple[str, str]]:
    """What names a customer by itself; phones of all columns are one kind."""
    seen = set()
    for field in (*NAMED_BY, *PHONES):
        value = clean.get(field, "")
        if value:
            kind = Field.PHONE if field in PHONES else field
            if (kind, value) not in seen:
                seen.add((kind, value))
                yield kind, plain_mail(value) if field == Field.MAIL else fold(value)


def plain_mail(address: str) -> str:
    """One mailbox's address: without `+word`, and without the dots Gmail does not see."""
    local, _, domain = address.partition("@")
    local = local.partition("+")[0] or local
    if domain in {"gmail.com", "googlemail.com"}:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"


def _name(clean: Row) -> str:
    """First and last name in one order whichever column they stand in."""
    whole = fold(f"{clean.get(Field.FIRST_NAME, '')} {clean.get(Field.LAST_NAME, '')}").replace("’", "'")
    words = re.split(r"[\s'-]+", _PARTICLE.sub(r"\1", whole))
    return " ".join(sorted(word for word in words if word))


_PARTICLE = re.compile(r"\b(le|la|de|du|des|van|der|den|von|d|l|o|mc|mac|el)[\s'-]+(?=\w)")
"""Written apart or not, it is the same name: Le Gall and Legall."""


def _blocks(clean: Row, name: str) -> Iterable[tuple[str, ...]]:
    """Where a row is compared: beside people of the same post code, or of the same birthday, with a like name."""
    if not clean.get(Field.FIRST_NAME) or not clean.get(Field.LAST_NAME):
        return
    start = name[:3]
    if clean.get(Field.POSTCODE):
        yield "place", clean[Field.POSTCODE], start
    if clean.get(Field.BIRTH_ON):
        yield "birth", clean[Field.BIRTH_ON], start
    local = clean.get(Field.MAIL, "").partition("@")[0]
    if len(local) >= 6 and re.search(r"[._-]", local):  # noqa: PLR2004 - `jean.dupont`, not `jd`
        yield "mail", local, start


def _may_be_one(left: str, right: str) -> bool:
    return not left or not right or is_like_name(left, right)


def is_like_name(left: str, right: str) -> bool:
    """Whether two names, folded and in one order, are likely one person's: every word has a like one.

    Two given names that both exist (Martin and Martine, Jean and Jeanne) are two people's.
    """
    if left == right:
        return True
    if JaroWinkler.similarity(left, right) < ALIKE:
        return False
    ours, theirs = left.split(), right.split()
    return len(ours) == len(theirs) and all(map(_is_like_word, ours, theirs))


def _is_like_word(one: str, other: str) -> bool:
    if one == other:
        return True
    are_given = all(word in GIVEN or word in GIVEN_TOO for word in (one, other))
    return not are_given and JaroWinkler.similarity(one, other) >= WORD_ALIKE
