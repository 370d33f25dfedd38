"""The whole house for flow tests: committed data, real workers in their own processes, a real mail server."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import pytest
from flask import Flask
from redis import Redis
from sqlalchemy.orm import Session

from config import Config
from hub import jobs
from hub.channels.registry import ChannelSettings
from hub.core import bell, clock
from hub.core.db import db, transaction
from hub.outbox import wires
from tests.conftest import TUESDAY
from tests.makers.sink import Sink, start_sink
from tests.makers.sweeping import sweep

MAX_ROUNDS = 500


@dataclass
class House:
    """An application on a database whose rows are committed, so that other processes see them.

    Business time starts on Tuesday 3 March 2026, 10:00 in Paris, and runs on, in every process.
    """

    app: Flask
    config: Config

    @property
    def session(self) -> Session:
        return db.session()

    @property
    def redis(self) -> Redis:
        return bell.connect_redis(str(self.config.redis_url))

    @property
    def environ(self) -> dict[str, str]:
        """What a process of this house needs to know."""
        return {
            "DATABASE_URL": str(self.config.database_url),
            "REDIS_URL": str(self.config.redis_url),
            "SECRET_KEY": self.config.secret_key,
            "COMPTOIR_VAR": str(self.config.var_path),
            "COMPTOIR_DEMO": "1",
            "BASE_URL": self.config.base_url,
            "LOG_LEVEL": "CRITICAL",
        }

    def commit(self) -> None:
        """Commit what a maker flushed, and ring for it."""
        with transaction():
            pass

    def forget(self) -> None:
        """Drop what the session remembers: other processes have written."""
        db.session.remove()

    def move_clock(self, moment: datetime) -> None:
        with transaction():
            clock.set_business_now(moment)

    def settle(self) -> None:
        """Do all due work in this process until nothing rings any more."""
        for _ in range(MAX_ROUNDS):
            due = jobs.sweep()
            if not due:
                return
            for kind in due:
                jobs.drain(kind)
        raise AssertionError(f"The house does not become quiet: {due}")


@pytest.fixture
def house(app: Flask, settings: Config) -> Iterator[House]:
    """A house of its own; emptied afterwards, so that tests in savepoints find an empty database."""
    with app.app_context():
        found = House(app, settings)
        clock.use(movable=True)
        found.redis.flushdb()
        sweep()
        found.move_clock(TUESDAY)
        yield found
        db.session.remove()
        sweep()
        found.redis.flushdb()


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A mail server that takes everything; this process sends to it."""
    found, controller = start_sink()
    wires.use_transports(ChannelSettings(smtp=found.settings))
    yield found
    wires.use_transports(ChannelSettings())
    controller.stop()
