"""Gives back what a merge took, from its journal: what changed since then stays as it is now."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, case, column, delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as insert_or_not
from sqlalchemy.sql.selectable import NamedFromClause

from hub.core.batches import given_rows, table_of
from hub.core.db import Base, db
from hub.customers.merging.fields import NAMES, PLACE
from hub.customers.merging.models import CustomerMerge, MergeNote
from hub.customers.merging.owning import Owned
from hub.customers.merging.words import NoteKind
from hub.customers.models import Customer

TOGETHER = ((*NAMES, "sort_key"), PLACE)
"""Of a customer: halves of two fit nobody."""
WITH_ACTIVITY = dict.fromkeys(("archived_at", "archive_run_id"), ("last_active_at",))
"""Who has shown a sign of life since does not go back into the archive."""
PROPERTIES = "properties"


def give_back(merge: CustomerMerge, owned: Mapping[str, Owned]) -> None:
    """Undo each note: added rows go, removed rows stand again, moved rows and changed columns are as before, in the order
    that no unique key minds: a key was changed before its row moved.

    A row that was deleted, given to somebody else or changed after the merge stays so. `owned` by table name.
    """
    tables = Base.metadata.tables
    for note in _notes(merge.id, NoteKind.ADDED):
        _take_away(tables[note.table_name], note.after or {})
    for name, notes in groupby(_notes(merge.id, NoteKind.REMOVED), key=lambda note: note.table_name):
        _put_back(tables[name], [note.before or {} for note in notes])
    for name in _moved_tables(merge.id):
        _move_back(merge, owned[name])
    for note in _notes(merge.id, NoteKind.CHANGED):
        _change_back(tables[note.table_name], note)


def _notes(merge_id: int, kind: NoteKind) -> list[MergeNote]:
    """The latest first."""
    found = select(MergeNote).where(MergeNote.merge_id == merge_id, MergeNote.kind == kind)
    return list(db.session.scalars(found.order_by(MergeNote.id.desc())))


def _moved_tables(merge_id: int) -> list[str]:
    found = select(MergeNote.table_name).where(
        MergeNote.merge_id == merge_id, MergeNote.kind == NoteKind.MOVED
    )
    return sorted(set(db.session.scalars(found)))


def _move_back(merge: CustomerMerge, owned: Owned) -> None:
    moved = select(MergeNote.row_id).where(
        MergeNote.merge_id == merge.id,
        MergeNote.kind == NoteKind.MOVED,
        MergeNote.table_name == owned.table.name,
    )
    owner = owned.table.c[owned.column]
    db.session.execute(
        update(owned.table)
        .where(owner == merge.survivor_id, owned.table.c.id.in_(moved))
        .values({owned.column: merge.merged_id})
    )


def _take_away(table: Table, row: dict[str, Any]) -> None:
    given = _given(table, row, list(row))
    same_key = [table.c[c.name] == given.c[c.name] for c in table.primary_key.columns]
    is_same = func.to_jsonb(table.table_valued()) == literal(row, JSONB)
    db.session.execute(delete(table).where(*same_key, is_same))


def _change_back(table: Table, note: MergeNote) -> None:
    """Each column for itself, but what makes sense together only together; properties key by key."""
    before, after = note.before or {}, note.after or {}
    given = _given(table, before, list(before))
    values: dict[str, Any] = {}
    for name in before:
        stands = [_holds(table.c[each], after[each]) for each in _together(table, name) if each in after]
        old = select(given.c[name]).scalar_subquery()
        values[name] = case((and_(*stands), old), else_=table.c[name])
    mine = table.c.id == note.row_id
    if PROPERTIES in before:
        values[PROPERTIES] = _properties(table.c[PROPERTIES], mine, before[PROPERTIES], after[PROPERTIES])
    db.session.execute(update(table).where(mine).values(values))


def _together(table: Table, name: str) -> tuple[str, ...]:
    """The columns that must stand as the merge left them for this one to be given back."""
    if table is not table_of(Customer):
        return (name,)
    return next((group for group in TOGETHER if name in group), (*WITH_ACTIVITY.get(name, ()), name))


def _properties(
    asked: ColumnElement[Any], mine: ColumnElement[bool], before: dict[str, Any], after: dict[str, Any]
) -> dict[str, Any]:
    """As they are now, with those keys as before that the merge changed and nobody since."""
    now: dict[str, Any] = dict(db.session.scalar(select(asked).where(mine).with_for_update()) or {})
    for key in {*before, *after}:
        if before.get(key) != after.get(key) and now.get(key) == after.get(key):
            now.pop(key, None)
            now |= {key: before[key]} if key in before else {}
    return now


def _holds(asked: ColumnElement[Any], value: object) -> ColumnElement[bool]:
    if value is None:
        return asked.is_(None)
    return and_(asked.is_not(None), func.to_jsonb(asked) == literal(value, JSONB))


def _put_back(table: Table, rows: list[dict[str, Any]]) -> None:
    names = [name for name in rows[0] if name in table.c]
    given = given_rows(table, names)
    chosen = select(*(given.c[name] for name in names))
    new = insert_or_not(table).from_select(names, chosen).on_conflict_do_nothing()
    db.session.execute(new, {"rows": rows})


def _given(table: Table, row: dict[str, Any], names: list[str]) -> NamedFromClause:
    """The row kept as JSON, with the types of its table."""
    columns = [column(name, table.c[name].type) for name in names]
    made = func.jsonb_to_record(literal(row, JSONB)).table_valued(*columns, name="given")
    return made.render_derived(with_types=True)
