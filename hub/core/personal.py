"""What a room holds of customers, declared table by table: what an export shows and what an erasure does to it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    ColumnElement,
    Table,
    Text,
    bindparam,
    case,
    cast,
    delete,
    func,
    literal,
    literal_column,
    or_,
    select,
    text,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB

from hub.core import loose_files
from hub.core.db import Base, db
from hub.core.traces import ERASED_WORDS, Traces, address_pattern, pattern_of

PAIRS = 40
"""Columns in one call of jsonb_build_object."""


@dataclass(frozen=True, kw_only=True)
class Held:
    """A table with rows about customers.

    `mine` is a condition in SQL that chooses the rows of a customer; it may use :ids, :addresses, :hashes and :pattern
    (a regular expression of his addresses, for `~*`). An erasure deletes these rows (`is_deleted`), or empties the columns of `blank` and sets
    those of `blank_to` to an SQL expression; what it keeps is in `keep`, each column with the reason. `is_by_room`: the
    room's own code does it; `is_exported`: an export shows it. `scrub` names further columns where his traces are looked for in the rows of others.
    """

    table: str
    title: str
    mine: str
    blank: Sequence[str] = ()
    blank_to: Mapping[str, str] = field(default_factory=dict)
    keep: Mapping[str, str] = field(default_factory=dict)
    scrub: Sequence[str] = ()
    hidden: Sequence[str] = ()
    is_deleted: bool = False
    is_by_room: bool = False
    is_exported: bool = True

    @property
    def columns(self) -> Table:
        return Base.metadata.tables[self.table]

    @property
    def shown(self) -> list[Column[Any]]:
        """The columns of an export."""
        return [column for column in self.columns.c if _is_shown(self, column)]

    @property
    def keywords(self) -> Mapping[str, type[StrEnum]]:
        """The columns of an export that hold words of a closed list."""
        kinds = ((column.name, getattr(column.type, "enum_class", None)) for column in self.shown)
        return {name: kind for name, kind in kinds if kind}


@dataclass(frozen=True, kw_only=True)
class Apart:
    """A table without rows about a customer, and why; `scrub` names columns into which his name may have been typed."""

    table: str
    why: str
    scrub: Sequence[str] = ()


Holding = Held | Apart


def erase_held(held: Held, traces: Traces) -> tuple[int, frozenset[str]]:
    """Delete or empty the customer's rows of one table: how many, and the files of the shelf they named."""
    if held.is_by_room:
        return 0, frozenset()
    table, mine = held.columns, condition_of(held.mine, traces)
    files = _files_of(table, held, mine)
    if held.is_deleted:
        changed = db.session.execute(delete(table).where(mine))
    elif values := emptied(held):
        changed = db.session.execute(update(table).where(mine).values(values))
    else:
        return 0, frozenset()
    return int(getattr(changed, "rowcount", 0)), files


def emptied(held: Held) -> dict[str, ColumnElement[Any]]:
    """What an erasure writes, by column."""
    table = held.columns
    plain = {name: empty_value(table.c[name]) for name in held.blank}
    return plain | {name: literal_column(sql) for name, sql in held.blank_to.items()}


def empty_value(column: Column[Any]) -> ColumnElement[Any]:
    """NULL where that may stand, else no text, an empty list or object."""
    if column.nullable:
        return literal_column("NULL")
    if isinstance(column.type, JSONB):
        is_list = func.jsonb_typeof(column) == "array"
        return case((is_list, cast(literal_column("'[]'"), JSONB)), else_=cast(literal_column("'{}'"), JSONB))
    return literal_column("''")


def condition_of(sql: str, traces: Traces) -> ColumnElement[bool]:
    """The condition with the values it asks for."""
    clause = text(sql)
    given: dict[str, tuple[Any, Any]] = {
        "ids": (ARRAY(BigInteger), list(traces.ids)),
        "addresses": (ARRAY(Text), list(traces.addresses)),
        "hashes": (ARRAY(Text), list(traces.hashes)),
        "pattern": (Text(), address_pattern(traces)),
    }
    asked = [name for name in given if f":{name}" in sql]
    bound = clause.bindparams(
        *(bindparam(name, given[name][1], type_=given[name][0], unique=True) for name in asked)
    )
    return bound.self_group()  # type: ignore[return-value]  # a condition in brackets


def _files_of(table: Table, held: Held, mine: ColumnElement[bool]) -> frozenset[str]:
    gone = set(table.c.keys()) if held.is_deleted else set(held.blank) | set(held.blank_to)
    named = [table.c[name] for name in gone if name.endswith(loose_files.NAME)]
    if not named:
        return frozenset()
    found = union_all(*(select(column).where(mine, column.is_not(None)) for column in named))
    return frozenset(digest for digest in db.session.scalars(found) if digest)


def scrub_table(holding: Holding, traces: Traces) -> int:
    """Take the customer's addresses and own full name out of the words of other rows. Returns how many changed."""
    pattern, names = pattern_of(traces), scrubbed_columns(holding)
    if pattern is None or not names:
        return 0
    table = Base.metadata.tables[holding.table]
    found = [cast(table.c[name], Text).regexp_match(pattern, flags="i") for name in names]
    values = {name: _without(table.c[name], pattern) for name in names}
    changed = db.session.execute(update(table).where(or_(*found)).values(values))
    return int(getattr(changed, "rowcount", 0))


def scrubbed_columns(holding: Holding) -> tuple[str, ...]:
    """The columns of words of a table in which traces are looked for, in whosever rows."""
    if isinstance(holding, Apart) or holding.is_by_room:
        return tuple(holding.scrub)
    columns = holding.columns.c
    emptied_words = (name for name in holding.blank if is_words(columns[name]))
    return tuple(dict.fromkeys((*emptied_words, *holding.scrub)))


def is_words(column: Column[Any]) -> bool:
    """Free text or JSON: neither a word of ours (an enum) nor the hash of a file."""
    has_words = isinstance(column.type, JSONB) or (
        isinstance(column.type, Text) and not getattr(column.type, "enums", None)
    )
    return has_words and not column.name.endswith(loose_files.NAME)


def _without(column: Column[Any], pattern: str) -> ColumnElement[Any]:
    cleaned = func.regexp_replace(cast(column, Text), pattern, ERASED_WORDS, "gi")
    return cast(cleaned, JSONB) if isinstance(column.type, JSONB) else cleaned


def export_all(holdings: Iterable[Holding], traces: Traces) -> dict[str, list[dict[str, Any]]]:
    """Every row of the customer by table, in one statement; without hashes, vectors and raw bytes."""
    asked = [held for held in holdings if isinstance(held, Held) and held.is_exported]
    parts = [
        select(literal(held.table).label("name"), _row_of(held).label("row")).where(
            condition_of(held.mine, traces)
        )
        for held in asked
    ]
    found: dict[str, list[dict[str, Any]]] = {held.table: [] for held in asked}
    for name, row in db.session.execute(union_all(*parts)):
        found[name].append(row)
    for rows in found.values():
        rows.sort(key=lambda row: row.get("id") or 0)
    return found


def _row_of(held: Held) -> ColumnElement[Any]:
    """One JSON object a row. In parts: PostgreSQL takes at most a hundred arguments."""
    shown = held.shown
    whole: ColumnElement[Any] = cast(literal_column("'{}'"), JSONB)
    for first in range(0, len(shown), PAIRS):
        part: list[ColumnElement[Any]] = []
        for column in shown[first : first + PAIRS]:
            part += [literal_column(f"'{column.name}'"), column]
        whole = whole.op("||")(func.jsonb_build_object(*part))
    return cast(whole, JSONB)


def _is_shown(held: Held, column: Column[Any]) -> bool:
    readable = isinstance(column.type, Text | JSONB) or column.type.__class__.__name__ not in {
        "LargeBinary",
        "SearchIndex",
        "TSVECTOR",
    }
    return readable and column.name not in held.hidden
