"""What a merge does to rows, each noted in the same statement."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Select,
    Table,
    Text,
    bindparam,
    exists,
    func,
    insert,
    literal,
    literal_column,
    null,
    select,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as insert_or_not

from hub.core.batches import table_of
from hub.core.db import db
from hub.customers.merging.models import MergeNote
from hub.customers.merging.owning import Fate, Owned
from hub.customers.merging.words import NoteKind

NOTED = ("merge_id", "kind", "table_name", "row_id", "before", "after")
NOTHING = null().cast(JSONB)


@dataclass(frozen=True)
class Journal:
    """A merge under way: rows of `from_id` become rows of `to_id`. `now` is business time.

    `held`: in which columns (table, column) he stands, where one has looked; the others are not asked again.
    """

    merge_id: int
    from_id: int
    to_id: int
    now: datetime
    held: frozenset[tuple[str, str]] | None = None

    def look(self, owned: Iterable[Owned]) -> "Journal":
        """The same, knowing by one statement where `from_id` stands: a customer has rows in a few of all tables."""
        places = sorted(
            {(each.table.name, each.column): each.table for each in owned}.items(), key=itemgetter(0)
        )
        customer_id = bindparam("customer_id", type_=BigInteger)
        asked: list[Select[str, str]] = [
            select(literal_column(f"'{name}'", Text), literal_column(f"'{column}'", Text)).where(
                exists().where(table.c[column] == customer_id)
            )
            for (name, column), table in places
        ]
        found = db.session.execute(union_all(*asked), {"customer_id": self.from_id})
        return replace(self, held=frozenset((name, column) for name, column in found.all()))

    def give(self, owned: Iterable[Owned]) -> int:
        """Do with the rows of each table what its fate says. Returns how many rows were touched."""
        return sum(self._give(each) for each in owned)

    def _give(self, owned: Owned) -> int:
        if self.held is not None and (owned.table.name, owned.column) not in self.held:
            return 0
        mine = owned.table.c[owned.column] == self.from_id
        match owned.fate:
            case Fate.DERIVED:
                return self.remove(owned.table, mine)
            case Fate.MOVED:
                twice = sum(
                    self.remove(owned.table, same) for same in owned.is_twice(self.from_id, self.to_id)
                )
                return twice + (self.move(owned) if owned.has_id else self.replace(owned))
        return 0

    def move(self, owned: Owned) -> int:
        """They keep their ids and have another customer."""
        table = owned.table
        moved = (
            update(table)
            .where(table.c[owned.column] == self.from_id)
            .values({owned.column: self.to_id})
            .returning(table.c.id)
            .cte("done")
        )
        return self._note(moved, NoteKind.MOVED, table, moved.c.id, NOTHING, NOTHING)

    def replace(self, owned: Owned) -> int:
        """The customer is part of what names the row: it goes, and the survivor gets one like it."""
        table = owned.table
        names = [column.name for column in table.columns if column.name != owned.column]
        mine = table.c[owned.column] == self.from_id
        chosen = select(literal(self.to_id), *(table.c[name] for name in names)).where(mine)
        copied = (
            insert_or_not(table)
            .from_select([owned.column, *names], chosen)
            .on_conflict_do_nothing()
            .returning(func.to_jsonb(table.table_valued()).label("row"))
            .cte("done")
        )
        self._note(copied, NoteKind.ADDED, table, null(), NOTHING, copied.c.row)
        return self.remove(table, mine)

    def remove(self, table: Table, condition: ColumnElement[bool]) -> int:
        """Delete the rows; the journal keeps them whole."""
        gone = table.delete().where(condition).returning(func.to_jsonb(table.table_valued()).label("row"))
        gone_rows = gone.cte("done")
        return self._note(gone_rows, NoteKind.REMOVED, table, null(), gone_rows.c.row, NOTHING)

    def add(self, table: Table, values: Mapping[str, Any]) -> int:
        """Insert a row unless there is one like it."""
        added = (
            insert_or_not(table)
            .values(values)
            .on_conflict_do_nothing()
            .returning(func.to_jsonb(table.table_valued()).label("row"))
            .cte("done")
        )
        return self._note(added, NoteKind.ADDED, table, null(), NOTHING, added.c.row)

    def change(self, table: Table, condition: ColumnElement[bool], values: Mapping[str, Any]) -> int:
        """Set these columns; what stood in them is kept. `values` may be expressions over the row."""
        old = select(table.c.id, _images(table, values).label("before")).where(condition)
        before = old.with_for_update().cte("old")
        changed = (
            update(table)
            .where(table.c.id == before.c.id)
            .values(dict(values))
            .returning(table.c.id, before.c.before, _images(table, values).label("after"))
            .cte("done")
        )
        return self._note(changed, NoteKind.CHANGED, table, changed.c.id, changed.c.before, changed.c.after)

    def _note(
        self,
        done: CTE,
        kind: NoteKind,
        table: Table,
        row_id: ColumnElement[Any],
        before: ColumnElement[Any],
        after: ColumnElement[Any],
    ) -> int:
        notes = table_of(MergeNote)
        kinds = literal(kind, notes.c.kind.type)
        chosen = select(literal(self.merge_id), kinds, literal(table.name), row_id, before, after)
        noted = insert(notes).from_select(NOTED, chosen.select_from(done)).returning(notes.c.id)
        return len(db.session.scalars(noted.execution_options(synchronize_session=False)).all())


def _images(table: Table, values: Mapping[str, Any]) -> ColumnElement[Any]:
    parts: list[Any] = []
    for name in values:
        parts += [literal(name), func.to_jsonb(table.c[name])]
    return func.jsonb_build_object(*parts)
