"""Random rows of customers in every table that names one, and a dump of all of it."""

import random
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Session
from sqlalchemy.types import Boolean, Date, DateTime, Enum, Float, Integer, Numeric

from hub.core.db import Base
from hub.customers.merging.owning import Owned
from hub.identity.reassigning import list_owned
from tests.conftest import TUESDAY

ALSO = ("suppressions", "contact_choices", "consent_entries", "consent_states")
OWN = ("customer_merges", "customer_merge_notes")
TOLD = "('CustomersMerged', 'CustomersUnmerged')"


def list_tables() -> list[Owned]:
    """Each table once, with the column to fill."""
    found: dict[str, Owned] = {}
    for each in list_owned():
        if each.table.name not in {*OWN, "customers", "addresses", "external_ids", "customer_pairs"}:
            found.setdefault(each.table.name, each)
    return [found[name] for name in sorted(found)]


def fill(session: Session, owned: Owned, customer_id: int, dice: random.Random) -> None:
    """A random row of this customer; parents it names need not exist. Nothing when a unique key forbids it."""
    values = {
        column.name: customer_id if column.name == owned.column else _value(column, dice)
        for column in owned.table.columns
        if column.name != "id"
    }
    session.execute(insert(owned.table).values(values).on_conflict_do_nothing())


def _value(column: Any, dice: random.Random) -> object:
    kind = column.type
    if column.nullable and dice.random() < 0.3:
        return None
    if isinstance(kind, Enum):
        return dice.choice(kind.enums)
    for of, make in MAKERS:
        if isinstance(kind, of):
            return make(dice)
    if not isinstance(kind, Text):
        return None
    return f"{column.name} {dice.getrandbits(60) if column.unique else dice.randrange(4)}"


MAKERS: tuple[tuple[type, Callable[[random.Random], object]], ...] = (
    (Boolean, lambda dice: dice.random() < 0.5),
    (
        DateTime,
        lambda dice: TUESDAY + timedelta(seconds=dice.randrange(10**7), microseconds=dice.randrange(10**6)),
    ),
    (Date, lambda dice: date(2020, 1, 1) + timedelta(days=dice.randrange(5))),
    (Integer, lambda dice: dice.randint(1, 3)),
    (Float, lambda dice: dice.random()),
    (Numeric, lambda dice: dice.random()),
    (JSONB, lambda dice: dice.choice([{}, {"é": [1, 2.5, None]}])),
)


def loosen(session: Session) -> None:
    """Rows may name parents that do not exist, for the rest of the test: its savepoint brings the keys back."""
    for owned in list_tables():
        for key in owned.table.foreign_key_constraints:
            if key.referred_table.name != "customers":
                session.execute(text(f"ALTER TABLE {owned.table.name} DROP CONSTRAINT {_name(key)}"))


def _name(key: Any) -> str:
    return f"fk_{key.table.name}_{'_'.join(key.column_keys)}"


def dump(session: Session) -> list[tuple[str, str]]:
    """Every row of every table a merge may touch, as text: two dumps are equal when every byte of it is."""
    names = sorted({each.table.name for each in list_owned()} - set(OWN) | set(ALSO))
    parts = [_all_of(Base.metadata.tables[name]) for name in names]
    rows: Iterable[Any] = session.execute(text(" UNION ALL ".join(parts)))
    return sorted((row[0], row[1]) for row in rows)


def _all_of(table: Table) -> str:
    where = f" WHERE kind NOT IN {TOLD}" if table.name == "facts" else ""
    return f"SELECT '{table.name}', to_jsonb({table.name})::text FROM {table.name}{where}"
