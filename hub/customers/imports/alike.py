"""Rows of a file that are probably somebody else's double: compared by score with the base and the file, in small blocks."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache

from sqlalchemy import TextClause, select, text

from hub.core.batches import among
from hub.core.db import db
from hub.customers.duplicates.finding import look_at_people
from hub.customers.duplicates.people import Person, sound
from hub.customers.duplicates.scoring import LEAST_POINTS, points_of
from hub.customers.hygiene.findings import PHONES, Field
from hub.customers.imports.models import ImportRow
from hub.customers.imports.world import hash_text

LARGEST_BLOCK = 40
"""A key that more customers or rows share says nothing."""
MOST_COMPARED = 5
"""Of a block, those who share most keys."""


_ROWS = text("""
    SELECT asked.key, near.row FROM unnest(CAST(:keys AS bigint[])) AS asked (key) CROSS JOIN LATERAL
        (SELECT row FROM import_keys WHERE import_id = :import_id AND key = asked.key LIMIT :most) AS near
""")
_OWNERS = text("""
    SELECT asked.key, near.customer_id FROM unnest(CAST(:keys AS bigint[])) AS asked (key) CROSS JOIN LATERAL
        (SELECT customer_id FROM duplicate_keys WHERE key = asked.key LIMIT :most) AS near
""")


def person_of(row: int, values: Mapping[str, str]) -> Person:
    """A clean row as the comparison of customers sees it."""
    born = values.get(Field.BIRTH_ON, "")
    return Person(
        row,
        values.get(Field.TITLE),
        values.get(Field.FIRST_NAME, ""),
        values.get(Field.LAST_NAME, ""),
        date.fromisoformat(born) if born else None,
        values.get(Field.STREET, ""),
        values.get(Field.POSTCODE, ""),
        values.get(Field.COMPANY, ""),
        tuple(filter(None, [values.get(Field.MAIL, "")])),
        tuple(dict.fromkeys(values[name] for name in PHONES if values.get(name))),
        tuple(filter(None, [values.get(Field.LOYALTY_CARD, "")])),
    )


def block_keys(person: Person) -> frozenset[int]:
    """Where a row is compared: beside people of a like last name at the same place, or of a like name of the same day.

    Some of the keys under which the base's customers are kept (`hub/customers/duplicates/keys.py`): addresses are
    matched exactly.
    """
    if not (person.first and person.last and (person.postcode or person.birth_on)):
        return frozenset()
    first, last = _sound(person.first), _sound(person.last)
    words = [f"place|{person.postcode}|{last}"] if person.postcode and last else []
    if person.birth_on:
        words += [f"birth|{person.birth_on}|{name[:4]}" for name in (first, last) if name]
    return frozenset(hash_text(word) for word in words)


_sound = lru_cache(10_000)(sound)


def find_alike(
    import_id: int, people: Sequence[Person], keys: Mapping[int, frozenset[int]], *, before_row: int
) -> dict[int, tuple[int | None, int | None, str]]:
    """For rows that seem to be new: (earlier row, customer, name) of whom each is probably a double.

    `keys`: the `block_keys` of each by the number of his row.
    """
    asked = {key for person in people for key in keys[person.id]}
    if not asked:
        return {}
    owners = _blocks(_OWNERS, asked)
    known = look_at_people(_nearest(people, keys, owners)) if owners else {}
    rows = _blocks(_ROWS, asked, import_id=import_id)
    earlier = _load_rows(import_id, {each for each in _nearest(people, keys, rows) if each < before_row})
    found: dict[int, tuple[int | None, int | None, str]] = {}
    for person in people:
        mine = keys[person.id]
        base = Counter(each for key in mine for each in owners.get(key, ()) if each in known)
        file = Counter(each for key in mine for each in rows.get(key, ()) if each in earlier)
        if other := _best(person, [known[each] for each, _ in base.most_common(MOST_COMPARED)]):
            found[person.id] = (None, other.id, f"{other.first_name} {other.last_name}".strip())
        elif other := _best(person, [earlier[each] for each, _ in file.most_common(MOST_COMPARED)]):
            found[person.id] = (other.id, None, "")
        earlier[person.id] = person
        for key in mine:
            rows.setdefault(key, []).append(person.id)
    return found


def _nearest(
    people: Iterable[Person], keys: Mapping[int, frozenset[int]], blocks: Mapping[int, Sequence[int]]
) -> set[int]:
    """Of each one's blocks those who share most keys: of the others nothing needs to be read."""
    return {
        other for person in people for other, _ in _shared(keys[person.id], blocks).most_common(MOST_COMPARED)
    }


def _shared(mine: Iterable[int], blocks: Mapping[int, Sequence[int]]) -> Counter[int]:
    """How many keys each neighbour shares."""
    return Counter(each for key in mine for each in blocks.get(key, ()))


def _best(person: Person, others: Iterable[Person]) -> Person | None:
    """The likeliest of those worth a question."""
    scored = [(points_of(person, other), -other.id, other) for other in others]
    best = max(scored, key=lambda each: each[:2], default=None)
    return best[2] if best and best[0] >= LEAST_POINTS else None


def _blocks(statement: TextClause, asked: Iterable[int], **values: int) -> dict[int, list[int]]:
    """Who shares each key, without the keys that too many share; of those only so many are read."""
    blocks: dict[int, list[int]] = {}
    given = {"keys": list(asked), "most": LARGEST_BLOCK + 1, **values}
    for key, other in db.session.execute(statement, given):
        blocks.setdefault(key, []).append(other)
    return {key: others for key, others in blocks.items() if len(others) <= LARGEST_BLOCK}


def _load_rows(import_id: int, places: Iterable[int]) -> dict[int, Person]:
    asked = select(ImportRow.row, ImportRow.values).where(
        ImportRow.import_id == import_id, among(ImportRow.row, places), ImportRow.same_as.is_(None)
    )
    return {row.row: person_of(row.row, row.values) for row in db.session.execute(asked)}
