"""The migrations build exactly what the models describe."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import inspect

from hub import models
from hub.core.db import Base, db

assert models.ALL


def test_the_migrations_match_the_models(app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_checks_of_the_enums_exist(app: Flask) -> None:
    """Autogenerate does not see check constraints: compare their names and words."""
    with app.app_context():
        inspector = inspect(db.engine)
        for table in Base.metadata.sorted_tables:
            wanted = {
                str(column.name): set(column.type.enums)
                for column in table.columns
                if getattr(column.type, "enums", None)
            }
            found = {check["name"]: check["sqltext"] for check in inspector.get_check_constraints(table.name)}
            for column, words in wanted.items():
                matching = [
                    sql
                    for sql in found.values()
                    if column in sql and all(f"'{word}'" in sql for word in words)
                ]
                assert matching, f"{table.name}.{column} has no check with {sorted(words)}"
