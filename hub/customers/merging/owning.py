"""Which tables hold rows of a customer, and what becomes of them in a merge: each room lists its own."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Table, UniqueConstraint, and_

from hub.core.batches import table_of
from hub.core.db import Base


class Fate(StrEnum):
    """What a merge does with the rows of the customer who is merged.

    MOVED: they are the survivor's now. DERIVED: made from other rows, so they go, and are made anew for the survivor.
    KEPT: a record about that very row, which leads on to the survivor. ROOM: the room does it in its own way.
    """

    MOVED = "moved"
    DERIVED = "derived"
    KEPT = "kept"
    ROOM = "room"


@dataclass(frozen=True)
class Owned:
    """A table, the column that names the customer, and the fate of its rows."""

    table: Table
    fate: Fate = Fate.MOVED
    column: str = "customer_id"

    @property
    def has_id(self) -> bool:
        """Whether a row is named by a number of its own, which a merge does not change."""
        key = list(self.table.primary_key.columns)
        return len(key) == 1 and key[0].name == "id"

    def unique_keys(self) -> list[tuple[tuple[str, ...], ColumnElement[bool] | None]]:
        """The other columns of each unique key with the customer in it, and to which rows a partial one applies."""
        found: list[tuple[tuple[str, ...], ColumnElement[bool] | None]] = []
        sets = [({c.name for c in self.table.primary_key.columns}, None)]
        sets += [
            ({c.name for c in constraint.columns}, None)
            for constraint in self.table.constraints
            if isinstance(constraint, UniqueConstraint)
        ]
        sets += [
            ({c.name for c in index.columns}, index.dialect_options["postgresql"]["where"])
            for index in self.table.indexes
            if index.unique
        ]
        for names, where in sets:
            if self.column in names:
                found.append((tuple(sorted(names - {self.column})), where))
        return found

    def is_twice(self, from_id: int, to_id: int) -> list[ColumnElement[bool]]:
        """Conditions, one a unique key: rows of the one for which the other has a row with the same key."""
        mine, conditions = self.table, []
        for names, where in self.unique_keys():
            theirs = mine.alias("theirs")
            same = [mine.c[name].is_not_distinct_from(theirs.c[name]) for name in names]
            partial = [where] if where is not None else []
            has = theirs.select().where(theirs.c[self.column] == to_id, *same).correlate(mine).exists()
            conditions.append(and_(mine.c[self.column] == from_id, has, *partial))
        return conditions


def owned(model: type[Base], fate: Fate = Fate.MOVED, column: str = "customer_id") -> Owned:
    """The table of a model; `column` names the customer."""
    return Owned(table_of(model), fate, column)
