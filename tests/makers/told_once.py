"""Rows of a long story, put back as they were written: a story is told once a test process.

What is put back is what the story wrote, byte by byte; what a test does with it afterwards is real.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from hub.core.db import Base


@dataclass(frozen=True)
class Rows:
    """New rows of one table, as COPY writes them."""

    table: str
    data: bytes


def begin(session: Session) -> int:
    """The first transaction number that no row has yet."""
    session.flush()
    return int(session.scalar(text("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")) or 0)


def take(session: Session, since: int) -> list[Rows]:
    """All rows that were written since; a story does not change those that stood there before."""
    session.flush()
    found = [_take(session, table.name, since) for table in Base.metadata.sorted_tables]
    return [rows for rows in found if rows]


def _take(session: Session, table: str, since: int) -> Rows | None:
    written = f"FROM {table} WHERE xmin::text::bigint >= {since}"
    if not session.scalar(text(f"SELECT count(*) {written}")):
        return None
    with _cursor(session).copy(f"COPY (SELECT * {written}) TO STDOUT (FORMAT BINARY)") as copy:
        return Rows(table, b"".join(bytes(part) for part in copy))


def put_back(session: Session, rows: list[Rows]) -> None:
    """In the order in which they were taken: what is referred to goes first."""
    session.flush()
    for each in rows:
        with _cursor(session).copy(f"COPY {each.table} FROM STDIN (FORMAT BINARY)") as copy:
            copy.write(each.data)


def _cursor(session: Session) -> Any:
    return session.connection().connection.cursor()
