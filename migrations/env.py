"""Alembic's entry: migrations run on the application's own engine, with lock and statement time-outs."""

from alembic import context
from flask import current_app
from sqlalchemy import text

from hub import models
from hub.core.db import Base

assert models.ALL


def run() -> None:
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection:
        connection.execute(text("SET lock_timeout = '5s'"))
        connection.execute(text("SET statement_timeout = '15min'"))
        connection.commit()
        context.configure(
            connection=connection, target_metadata=Base.metadata, transaction_per_migration=True
        )
        with context.begin_transaction():
            context.run_migrations()


run()
