"""What is old enough in one table: how much there is, and its removal, a batch at a time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Text,
    and_,
    cast,
    delete,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB

from hub.core.db import Base, db
from hub.core.loose_files import NAME
from hub.core.personal import empty_value
from hub.identity.terms import Part
from hub.questionnaires.results.stops import keep_stops

EXAMPLES = 5
KEEPERS: Mapping[str, Callable[[Sequence[int]], None]] = {"questionnaire_responses": keep_stops}


@dataclass(frozen=True)
class Found:
    """What one part of a term would remove: how many rows, the oldest, and some of them as (id, moment)."""

    table: str
    count: int
    oldest_at: datetime | None
    examples: tuple[tuple[int, datetime], ...]


def find_old(part: Part, before: datetime) -> Found:
    """What would go, without changing anything."""
    table, due = Base.metadata.tables[part.table], _is_due(part, before)
    dated = _dated(part)
    count, oldest_at = db.session.execute(
        select(func.count(), func.min(dated)).select_from(table).where(due)
    ).one()
    oldest = select(table.c.id, dated).where(due).order_by(dated, table.c.id).limit(EXAMPLES)
    return Found(part.table, count, oldest_at, tuple((row[0], row[1]) for row in db.session.execute(oldest)))


def _dated(part: Part) -> ColumnElement[Any]:
    return literal_column(part.dated)


def _is_due(part: Part, before: datetime) -> ColumnElement[bool]:
    """Old enough, and something is left to remove."""
    table = Base.metadata.tables[part.table]
    conditions: list[ColumnElement[bool]] = [_dated(part) < before, literal_column(f"({part.only})", Boolean)]
    if part.columns:
        conditions.append(or_(*(_is_filled(table.c[name]) for name in part.columns)))
    return and_(*conditions)


def _is_filled(column: Any) -> ColumnElement[bool]:
    if column.nullable:
        filled: ColumnElement[bool] = column.is_not(None)
    elif isinstance(column.type, JSONB):
        filled = cast(column, Text).not_in(["{}", "[]"])
    else:
        filled = column != ""
    return filled


@dataclass(frozen=True)
class Removed:
    """A batch that went: how many rows, the oldest of them, and the files of the shelf they named."""

    count: int
    oldest_at: datetime
    files: frozenset[str]


def remove_old(part: Part, before: datetime, batch: int) -> Removed | None:
    """Delete or empty at most a batch; None when nothing is left. Rows others hold are passed over.

    What their room keeps of them, figures mostly, it keeps in the same transaction.
    """
    table, due, dated = Base.metadata.tables[part.table], _is_due(part, before), _dated(part)
    chosen = select(table.c.id, dated).where(due).order_by(table.c.id).limit(batch)
    rows = db.session.execute(chosen.with_for_update(skip_locked=True)).all()
    if not rows:
        return None
    ids = [row[0] for row in rows]
    files: set[str] = set()
    for column in (column for column in table.c if column.name.endswith(NAME)):
        files.update(name for name in db.session.scalars(select(column).where(table.c.id.in_(ids))) if name)
    if part.table in KEEPERS:
        KEEPERS[part.table](ids)
    values = {name: empty_value(table.c[name]) for name in part.columns}
    statement = update(table).values(values) if values else delete(table)
    db.session.execute(statement.where(table.c.id.in_(ids)))
    return Removed(len(rows), min(row[1] for row in rows), frozenset(files))
