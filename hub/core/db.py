"""The database session and the only commit of the house."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    BigInteger,
    Connection,
    Date,
    DateTime,
    Enum,
    Executable,
    MetaData,
    RowMapping,
    Text,
    event,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Engine
from sqlalchemy.engine.interfaces import DBAPIConnection, ExecutionContext
from sqlalchemy.orm import DeclarativeBase, Session, registry
from sqlalchemy.pool import ConnectionPoolEntry

from hub.core import bell, live

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every row of every room. Relations, where there are any, are lazy="raise"."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={
            str: Text,
            int: BigInteger,
            datetime: DateTime(timezone=True),
            date: Date,
            dict[str, Any]: JSONB,
            list[Any]: JSONB,
        },
    )


_READER = json.JSONDecoder()


def _read_json(found: bytes) -> Any:
    """A value of jsonb, as PostgreSQL writes it: UTF-8 without spaces around, which `json.loads` looks for in each."""
    return _READER.raw_decode(str(found, "utf-8"))[0]


db = SQLAlchemy(model_class=Base, engine_options={"json_deserializer": _read_json})


@event.listens_for(Engine, "connect")
def _plan_alone(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    """Short questions from many people: to wake PostgreSQL's helpers costs a search 10 ms and takes the cores of others."""
    cursor = connection.cursor()
    cursor.execute("SET max_parallel_workers_per_gather = 0")
    cursor.close()
    connection.commit()


IN_BINARY = {"is_binary": True}
"""Execution options of a statement whose rows come as PostgreSQL keeps them; it is counted and told like any other."""


@event.listens_for(Engine, "do_execute")
def _read_binary(cursor: Any, statement: str, values: Any, context: ExecutionContext) -> bool:
    if not context.execution_options.get("is_binary"):
        return False
    cursor.execute(statement, values, binary=True)
    return True


def words(kind: type[StrEnum]) -> Enum:
    """A StrEnum stored as text with a check constraint."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=40,
        name=kind.__name__.lower(),
        values_callable=lambda enum: [member.value for member in enum],
    )


@contextmanager
def transaction() -> Iterator[Session]:
    """Open the one transaction of a door: commit at the end, then ring the bells and tell the news asked for.

    On an exception everything is rolled back, no bell rings and nothing is told. Not to be nested.
    """
    session = db.session()
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        session.info.pop(bell.PENDING, None)
        session.info.pop(live.PENDING, None)
        raise
    bell.ring_pending(session.info)
    live.tell_pending(session.info)


def fetch_alone(statement: Executable, values: dict[str, Any]) -> RowMapping | None:
    """The first row of a statement that is a transaction of its own: one round trip, for pages opened by thousands.

    In a test it joins the test's savepoint.
    """
    bind = db.session.get_bind()
    if isinstance(bind, Connection):
        return bind.execute(statement, values).mappings().first()
    with bind.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        return connection.execute(statement, values).mappings().first()


def ring_after_commit(kind: str) -> None:
    """Ask for a bell of this kind once the transaction under way is committed."""
    db.session().info.setdefault(bell.PENDING, set()).add(kind)


def tell_after_commit(news: live.News) -> None:
    """Tell open pages once the transaction under way is committed; the same news twice is told once."""
    db.session().info.setdefault(live.PENDING, {})[news] = None
