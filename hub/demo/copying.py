"""Bulk rows for the demo: COPY into PostgreSQL, with ids given by the caller."""

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any

from psycopg.types.json import Jsonb
from sqlalchemy import Table, text
from sqlalchemy.orm import DeclarativeBase

from hub.core.db import db


def copy_rows(kind: type[DeclarativeBase], rows: Iterable[Mapping[str, Any]]) -> int:
    """Write rows of one table in the caller's transaction and set its sequence after them. Returns how many.

    All rows have the same keys; ids are part of them, so that tables can refer to each other without reading back.
    """
    listed = list(rows)
    if not listed:
        return 0
    table = kind.__table__
    assert isinstance(table, Table)  # noqa: S101 - every model of ours is mapped to a table
    columns = list(listed[0])
    names = ", ".join(f'"{table.c[column].name}"' for column in columns)
    connection = db.session.connection().connection.driver_connection
    if connection is None:
        raise RuntimeError("The database connection is closed.")
    with connection.cursor().copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
        for row in listed:
            copy.write_row([_plain(row[column]) for column in columns])
    _set_sequence(table)
    return len(listed)


def _plain(value: Any) -> Any:
    if isinstance(value, dict | list):
        return Jsonb(value)
    return value.value if isinstance(value, Enum) else value


def _set_sequence(table: Table) -> None:
    statement = (
        f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), (SELECT max(id) FROM {table.name}))"  # noqa: S608 - the name of our own table
    )
    db.session.execute(text(statement))
