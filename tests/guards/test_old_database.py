"""A database of the first version, filled, comes up to today's and back: rows are kept, locks are not waited for long."""

import os
import re
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import MetaData, Table, create_engine, func, inspect, select, text
from sqlalchemy.dialects.postgresql import BYTEA, JSONB
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.types import ARRAY, Boolean, Date, DateTime, Float, Integer, Numeric, Time

from config import load
from hub import models
from hub.app import create_app
from hub.core.db import Base, db
from tests.conftest import TUESDAY, drop_database

ROWS = 7  # of each table
FIRST = "0001"
PLAIN: dict[type, object] = {
    Boolean: False,
    DateTime: TUESDAY,
    Date: TUESDAY.date(),
    Time: TUESDAY.time(),
    JSONB: {},
    ARRAY: [],
    BYTEA: b"raw",
}
ALSO: dict[str, dict[str, object]] = {"memberships": {"store_id": 1}}  # what a check between columns asks for
WORDS = re.compile(r"\(?\(?\"?(\w+)\"?\)?(?:::text)?\)? = ANY")
WORD = re.compile(r"'([^']+)'::")

assert models.ALL


@pytest.fixture
def old_house(servers: tuple[str, str], other_application: None) -> Iterator[Flask]:
    """An application on a database that only the first migration has built, with rows in every table."""
    name = f"test_{os.getpid()}_old"
    server = create_engine(servers[0], isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        drop_database(connection, name)
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    url = make_url(servers[0]).set(database=name).render_as_string(hide_password=False)
    house = create_app(load({"DATABASE_URL": url, "SECRET_KEY": "only for tests", "LOG_LEVEL": "CRITICAL"}))
    with house.app_context():
        upgrade(revision=FIRST)
        fill()
        yield house
        db.session.remove()
        db.engine.dispose()
    with server.connect() as connection:
        drop_database(connection, name)
    server.dispose()


def fill() -> None:
    """Rows that the tables' own constraints allow: each word of each check is used, each reference is a row."""
    metadata = MetaData()
    metadata.reflect(db.engine)
    numbers = count(1)
    with db.engine.begin() as connection:
        for table in metadata.sorted_tables:
            if table.name != "alembic_version":
                choices = words_of(table)
                rows = [
                    {
                        column.name: value_of(column, row, choices, numbers)
                        for column in table.columns
                        if not column.nullable and (column.server_default is None or column.name == "id")
                    }
                    | ALSO.get(table.name, {})
                    for row in range(1, ROWS + 1)
                ]
                connection.execute(table.insert(), rows)


def words_of(table: Table) -> dict[str, list[str]]:
    """Column → the words that its check constraint allows."""
    checks = [str(check["sqltext"]) for check in inspect(db.engine).get_check_constraints(table.name)]
    return {found[1]: WORD.findall(check) for check in checks if (found := WORDS.search(check))}


def value_of(column: Any, row: int, choices: dict[str, list[str]], numbers: Iterator[int]) -> object:
    if column.name in choices:
        return choices[column.name][row % len(choices[column.name])]
    if column.foreign_keys or column.primary_key:
        return row if isinstance(column.type, Integer) else f"x{row}"
    number = next(numbers)
    return next(
        (value for kind, value in PLAIN.items() if isinstance(column.type, kind)),
        number_or_word(column, number),
    )


def number_or_word(column: Any, number: int) -> object:
    return number if isinstance(column.type, Numeric | Integer | Float) else f"x{number}"


def counts() -> dict[str, int]:
    """Rows of each table of the first version that is still there."""
    metadata = MetaData()
    metadata.reflect(db.engine)
    with db.engine.connect() as connection:
        return {
            table.name: connection.scalar(select(func.count()).select_from(table)) or 0
            for table in metadata.sorted_tables
            if table.name != "alembic_version"
        }


def test_an_old_database_keeps_its_rows_up_and_down(old_house: Flask) -> None:
    before = counts()
    assert set(before.values()) == {ROWS}
    upgrade()
    after = counts()
    assert {name: after.get(name) for name in before} == before
    for mapper in Base.registry.mappers:
        rows = db.session.scalars(select(mapper.class_)).all()
        assert len(rows) >= before.get(mapper.class_.__tablename__, 0)
    db.session.remove()
    downgrade(revision=FIRST)
    assert counts() == before
    upgrade()
    assert {name: number for name, number in counts().items() if name in before} == before


def test_an_upgrade_gives_up_where_it_cannot_have_a_lock(old_house: Flask) -> None:
    """It would block every request behind it: better to fail after seconds and to be started again."""
    with db.engine.connect() as reader:
        reader.execute(text("LOCK TABLE alembic_version IN ACCESS EXCLUSIVE MODE"))
        with pytest.raises(OperationalError, match="lock timeout"):
            upgrade()
    assert set(counts().values()) == {ROWS}
    with db.engine.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == FIRST
