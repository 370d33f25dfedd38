"""Many rows or ids as one parameter of one statement: parsing thousands of parameters costs more than the rows."""

import json
import typing
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Dialect,
    Table,
    Text,
    TypeDecorator,
    any_,
    bindparam,
    cast,
    column,
    func,
    literal,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.selectable import NamedFromClause

from hub.core.db import Base


def table_of(model: type[Base]) -> Table:
    """The table under a model, for statements that make no objects."""
    return typing.cast(Table, model.__table__)


def given_rows(table: Table, names: Sequence[str]) -> NamedFromClause:
    """The rows handed in by `rows_given`, to insert or update from, with the types of these columns of the table."""
    return (
        func.jsonb_to_recordset(cast(bindparam("rows", type_=_Written()), JSONB))
        .table_valued(*(column(name, table.c[name].type) for name in names), name="given")
        .render_derived(with_types=True)
    )


def rows_given(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The parameter of a statement with `given_rows`: values are words, numbers, moments or JSON."""
    return {"rows": list(rows)}


class _Written(TypeDecorator[Any]):
    """Rows as one text of JSON: the encoder asks for the few values that it does not know, instead of us for all."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, _dialect: Dialect) -> str:
        return json.dumps(value, default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is no value of a row")


def array_of(values: Iterable[int | datetime | None]) -> str:
    """An array for `CAST(:name AS bigint[])` or `timestamptz[]`: written at once, where the driver asks each value in turn."""
    told = (
        each.isoformat() if isinstance(each, datetime) else "NULL" if each is None else str(each)
        for each in values
    )
    return "{" + ",".join(told) + "}"


def among(asked: InstrumentedAttribute[Any], values: Iterable[Any]) -> ColumnElement[bool]:
    """`asked = ANY (values)`: one parameter, and the same statement however many values there are."""
    return asked == any_(literal(list(values), type_=ARRAY(asked.type)))
