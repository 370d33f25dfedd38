"""Many rows or ids as one parameter of one statement: parsing thousands of parameters costs more than the rows."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ARRAY, ColumnElement, Table, any_, bindparam, column, func, literal
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.selectable import NamedFromClause

from hub.core.db import Base


def table_of(model: type[Base]) -> Table:
    """The table under a model, for statements that make no objects."""
    return cast(Table, model.__table__)


def given_rows(table: Table, names: Sequence[str]) -> NamedFromClause:
    """The rows handed in by `rows_given`, to insert or update from, with the types of these columns of the table."""
    return (
        func.jsonb_to_recordset(bindparam("rows", type_=JSONB))
        .table_valued(*(column(name, table.c[name].type) for name in names), name="given")
        .render_derived(with_types=True)
    )


def rows_given(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The parameter of a statement with `given_rows`: values are words, numbers, moments or JSON."""
    return {"rows": [{name: _plain(value) for name, value in row.items()} for row in rows]}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def among(asked: InstrumentedAttribute[Any], values: Iterable[Any]) -> ColumnElement[bool]:
    """`asked = ANY (values)`: one parameter, and the same statement however many values there are."""
    return asked == any_(literal(list(values), type_=ARRAY(asked.type)))
