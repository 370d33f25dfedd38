"""Rows of a file that are probably somebody else's double: compared by score with the base and the file, in small blocks."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import Select, select

from hub.core.batches import among
from hub.core.db import db
from hub.customers.duplicates.finding import look_at_people
from hub.customers.duplicates.keys import keys_of
from hub.customers.duplicates.models import DuplicateKey
from hub.customers.duplicates.people import Person
from hub.customers.duplicates.scoring import LEAST_POINTS, score
from hub.customers.hygiene.findings import PHONES, Field
from hub.customers.imports.models import ImportKey, ImportRow

LARGEST_BLOCK = 40
"""A key that more customers or rows share says nothing."""


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
    """Where a row is compared: beside people of a like name of the same place or day. Addresses are matched exactly."""
    if not (person.first and person.last and (person.postcode or person.birth_on)):
        return frozenset()
    plain = Person(person.id, None, person.first_name, person.last_name, person.birth_on, "", person.postcode)
    return keys_of(plain) - keys_of(Person(person.id, None, person.first_name, person.last_name))


def find_alike(
    import_id: int, people: Sequence[Person], *, before_row: int
) -> dict[int, tuple[int | None, int | None, str]]:
    """For rows that seem to be new: (earlier row, customer, name) of whom each is probably a double."""
    keys = {person.id: block_keys(person) for person in people}
    asked = {key for found in keys.values() for key in found}
    if not asked:
        return {}
    owners = _blocks(select(DuplicateKey.key, DuplicateKey.customer_id).where(among(DuplicateKey.key, asked)))
    known = look_at_people({each for block in owners.values() for each in block}) if owners else {}
    rows = _blocks(
        select(ImportKey.key, ImportKey.row).where(
            ImportKey.import_id == import_id, among(ImportKey.key, asked)
        )
    )
    earlier = _load_rows(import_id, {each for block in rows.values() for each in block if each < before_row})
    seen: dict[int, list[Person]] = {}
    found: dict[int, tuple[int | None, int | None, str]] = {}
    for person in people:
        base = [known[each] for key in keys[person.id] for each in owners.get(key, ()) if each in known]
        file = [earlier[each] for key in keys[person.id] for each in rows.get(key, ()) if each in earlier]
        file += [each for key in keys[person.id] for each in seen.get(key, ())]
        if other := _best(person, base):
            found[person.id] = (None, other.id, f"{other.first_name} {other.last_name}".strip())
        elif other := _best(person, file):
            found[person.id] = (other.id, None, "")
        for key in keys[person.id]:
            seen.setdefault(key, []).append(person)
    return found


def _best(person: Person, others: Iterable[Person]) -> Person | None:
    """The likeliest of those worth a question."""
    scored = [
        (score(person, other).points, -other.id, other)
        for other in {each.id: each for each in others}.values()
    ]
    best = max(scored, key=lambda each: each[:2], default=None)
    return best[2] if best and best[0] >= LEAST_POINTS else None


def _blocks(statement: Select[int, int]) -> dict[int, list[int]]:
    blocks: dict[int, list[int]] = {}
    for key, other in db.session.execute(statement):
        blocks.setdefault(key, []).append(other)
    return {key: others for key, others in blocks.items() if len(others) <= LARGEST_BLOCK}


def _load_rows(import_id: int, places: Iterable[int]) -> dict[int, Person]:
    asked = select(ImportRow.row, ImportRow.values).where(
        ImportRow.import_id == import_id, among(ImportRow.row, places), ImportRow.same_as.is_(None)
    )
    return {row.row: person_of(row.row, row.values) for row in db.session.execute(asked)}
