"""A database in a savepoint, for tests that need a fresh one for each example."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from hub.core.db import db
from tests.makers.stores import make_chain


@contextmanager
def a_base(app: Flask) -> Iterator[Session]:
    """With a chain; everything is gone afterwards."""
    with app.app_context():
        connection = db.engine.connect()
        outer = connection.begin()
        factory = sessionmaker(bind=connection, class_=Session, join_transaction_mode="create_savepoint")
        kept, scope = db.session, scoped_session(factory, scopefunc=lambda: 0)
        db.session = scope  # type: ignore[assignment]
        try:
            make_chain(scope())
            yield scope()
        finally:
            scope.remove()
            outer.rollback()
            connection.close()
            db.session = kept
