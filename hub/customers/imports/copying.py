"""Many rows at once for imports: COPY into PostgreSQL, and ids drawn in advance."""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from enum import Enum
from itertools import islice
from types import NoneType
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
    lines = ("\t".join([_WRITTEN.get(type(value), _other)(value) for value in row]) for row in rows)
    with connection.cursor().copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
        while portion := list(islice(lines, LINES)):
            copy.write("\n".join(portion) + "\n")


LINES = 500
_dump = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode
_SIGNS = re.compile(r"[\\\t\n\r\x00]")
_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")
_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\x00": None})


def _text(value: str) -> str:
    """As COPY reads it; without NUL, which PostgreSQL takes in no text."""
    return value.translate(_ESCAPED) if _SIGNS.search(value) else value


def _json(value: dict[str, Any] | list[Any]) -> str:
    """JSON writes control characters as signs of its own; NUL goes."""
    written = _dump(value)
    return _NUL.sub(r"\1", written).replace("\\", "\\\\") if "\\" in written else written


def _other(value: Any) -> str:
    return _text(value.value if isinstance(value, Enum) else str(value))


_WRITTEN: dict[type, Callable[[Any], str]] = {
    str: _text,
    dict: _json,
    list: _json,
    int: str,
    bool: lambda value: "t" if value else "f",
    NoneType: lambda _: "\\N",
    datetime: datetime.isoformat,
    date: date.isoformat,
}


def draw_ids(kind: type[Base], count: int) -> list[int]:
    """So many ids of a table, that nobody else will get."""
    drawn = text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :count)")
    return list(db.session.scalars(drawn, {"name": table_of(kind).name, "count": count})) if count else []
