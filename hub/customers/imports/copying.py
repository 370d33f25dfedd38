"""Many rows at once for imports: COPY into PostgreSQL, and ids drawn in advance."""

import json
from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from typing import Any

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
            copy.write_row([_PLAIN.get(type(value), _as_it_is)(value) for value in row])


def _text(value: str) -> str:
    return value.replace("\x00", "") if "\x00" in value else value


def _json(value: dict[str, Any] | list[Any]) -> str:
    """JSON without NUL, which PostgreSQL takes in no text."""
    written = json.dumps(value, ensure_ascii=False)
    return written.replace("\\u0000", "") if "\\u0000" in written else written


def _as_it_is(value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value


_PLAIN: dict[type, Callable[[Any], Any]] = {str: _text, dict: _json, list: _json}


def draw_ids(kind: type[Base], count: int) -> list[int]:
    """So many ids of a table, that nobody else will get."""
    drawn = text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :count)")
    return list(db.session.scalars(drawn, {"name": table_of(kind).name, "count": count})) if count else []
