"""Filling tables by the million: their indexes and foreign keys are made after the rows, then the tables are counted."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, text

from hub.core.db import db

_INDEXES = text(
    """
    SELECT 'DROP INDEX ' || indexname, indexdef FROM pg_indexes
    WHERE tablename = ANY(:tables) AND indexname NOT LIKE 'pk\\_%' AND indexname NOT LIKE 'uq\\_%'
    """
)
_KEYS = text(
    """
    SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname),
        format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
    FROM pg_constraint WHERE contype = 'f' AND conrelid::regclass::text = ANY(:tables)
    """
)


@contextmanager
def bulk_filling(tables: Sequence[str]) -> Iterator[Connection]:
    """A connection in which every statement stands by itself."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as wire:
        wire.execute(text("SET synchronous_commit = off"))
        given = {"tables": list(tables)}
        again = []
        for question in (_KEYS, _INDEXES):
            for drop, make in wire.execute(question, given).all():
                wire.execute(text(drop))
                again.append(make)
        yield wire
        wire.execute(text("SET maintenance_work_mem = '512MB'"))
        for definition in reversed(again):
            wire.exec_driver_sql(definition)
        wire.execute(text(f"VACUUM ANALYZE {', '.join(tables)}"))
