"""Many rows at once for imports: COPY into PostgreSQL, and ids drawn in advance."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Any

from psycopg.types.json import Jsonb
from sqlalchemy import text

from hub.core.batches import table_of
from hub.core.db import Base, db


def copy_rows(kind: type[Base], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows of one table in the caller's transaction; values stand in the order of `columns`."""
    table = table_of(kind)
    connection = db.session.connection().connection.driver_connection
    if connection is None:
        raise RuntimeError("The database connection is closed.")
    names = ", ".join(f'"{name}"' for name in columns)
    with connection.cursor().copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([_plain(value) for value in row])


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value.value if isinstance(value, Enum) else value.replace("\x00", "")
    return Jsonb(clean_json(value)) if isinstance(value, dict | list) else value


def clean_json(value: Any) -> Any:
    """The same without NUL, which PostgreSQL takes in no text; moments as ISO."""
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, Mapping):
        return {name: clean_json(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [clean_json(each) for each in value]
    return value.isoformat() if isinstance(value, datetime) else value


def draw_ids(kind: type[Base], count: int) -> list[int]:
    """So many ids of a table, that nobody else will get."""
    drawn = text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :count)")
    return list(db.session.scalars(drawn, {"name": table_of(kind).name, "count": count})) if count else []
