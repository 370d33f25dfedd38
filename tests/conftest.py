"""The house for tests: a real PostgreSQL and Redis, a savepoint per test, a clock in the hand, no network."""

import gc
import hashlib
import os
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session, scoped_session, sessionmaker
from werkzeug.test import TestResponse

from config import Config, load
from hub.app import create_app, set_up_hallway
from hub.blueprints.pages import limiter
from hub.content.actions import publish_builtin_templates
from hub.core import clock
from hub.core.db import db, transaction

if TYPE_CHECKING:
    from tests.running.installation import Installation

hypothesis.settings.register_profile("small", deadline=None, max_examples=100)
hypothesis.settings.register_profile("large", deadline=None, max_examples=5000)
hypothesis.settings.load_profile("large" if os.environ.get("LARGE") else "small")

ROOT = Path(__file__).resolve().parents[1]
TUESDAY = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)  # a Tuesday, 10:00 in Paris
DROP_ATTEMPTS = 60
LOOPBACK = ("127.0.0.1", "::1", "localhost", "0.0.0.0")  # noqa: S104 - compared, not bound


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> object:
    """Which test process runs what."""
    from tests.running.scheduling import HouseScheduling

    return HouseScheduling(config, log)


def pytest_collection_finish() -> None:
    """What is imported by now stays to the end: nobody need walk through it again and again in search of garbage."""
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


@pytest.fixture(scope="session", autouse=True)
def loopback_only() -> Iterator[None]:
    """Tests cannot reach the world."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if isinstance(address, tuple) and address[0] not in LOOPBACK:
            raise RuntimeError(f"A test tried to reach {address[0]}.")
        connect(self, address)

    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", guarded)
    yield
    patch.undo()


@pytest.fixture(scope="session")
def worker_number(request: pytest.FixtureRequest) -> int:
    name = getattr(request.config, "workerinput", {}).get("workerid", "gw0")
    return int(name.removeprefix("gw"))


@pytest.fixture(scope="session")
def servers() -> tuple[str, str]:
    """Addresses of PostgreSQL and Redis: those of the environment, else embedded ones shared by all test processes."""
    if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
        given = load(dict(os.environ))
        assert given.database_url
        assert given.redis_url
        return given.database_url, given.redis_url
    from hub.supervisor.shared import shared_plant

    found = shared_plant(ROOT / "var" / "test")
    return found.database_url, found.redis_url


@pytest.fixture(scope="session")
def settings(
    servers: tuple[str, str], worker_number: int, tmp_path_factory: pytest.TempPathFactory
) -> Config:
    """The Config of this test process: a database and a Redis number of its own."""
    database, redis = servers
    name = f"test_{os.getpid()}"  # several test runs may share one server
    run = os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()
    url = make_url(database)
    _make_database(url.render_as_string(hide_password=False), name)
    return load(
        {
            "DATABASE_URL": url.set(database=name).render_as_string(hide_password=False),
            "REDIS_URL": f"{redis.rpartition('/')[0]}/{1 + (4 * run + worker_number) % 15}",
            "SECRET_KEY": "only for tests",
            "COMPTOIR_VAR": str(tmp_path_factory.mktemp("var")),
            "BASE_URL": "http://localhost",
            "LOG_LEVEL": "CRITICAL",
            "COMPTOIR_DEMO": "1",
        }
    )


def _make_database(server_url: str, name: str) -> None:
    """A copy of a template that the real migrations built, with our mails delivered, as every start delivers them.

    The template's name is a hash of what it is made of.
    """
    engine = create_engine(server_url, isolation_level="AUTOCOMMIT")
    parts = (
        "migrations/versions/*.py",
        "hub/content/**/*.py",
        "hub/templates/mail/**/*.*",
        "hub/translations/**/*.mo",
    )
    files = sorted(file for part in parts for file in ROOT.glob(part))
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]
    template = f"template_{digest}"
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(20260303)"))
        if not connection.scalar(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": template}):
            _build_template(connection.engine, server_url, template)
        for left in connection.scalars(
            text("SELECT datname FROM pg_database WHERE datname ~ '^test_[0-9]+(_[a-z]+)?$'")
        ).all():
            if left == name or not Path(f"/proc/{left.split('_')[1]}").exists():
                drop_database(connection, left)
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
        connection.execute(text("SELECT pg_advisory_unlock(20260303)"))
    engine.dispose()


def drop_database(connection: Connection, name: str) -> None:
    """Drop it, whoever is connected. Autovacuum belongs to the server, so we may not end it: wait until it is through."""
    for attempt in range(DROP_ATTEMPTS):
        try:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        except ProgrammingError:
            if attempt == DROP_ATTEMPTS - 1:
                raise
            sleep(0.5)
        else:
            return


def _build_template(engine: Engine, server_url: str, template: str) -> None:
    draft = f"{template}_draft"
    with engine.connect() as connection:
        drop_database(connection, draft)
        connection.execute(text(f'CREATE DATABASE "{draft}"'))
    url = make_url(server_url).set(database=draft).render_as_string(hide_password=False)
    application = create_app(
        load({"DATABASE_URL": url, "SECRET_KEY": "only for tests", "LOG_LEVEL": "CRITICAL"})
    )
    with application.app_context():
        upgrade()
        with transaction():
            publish_builtin_templates(now=TUESDAY)
        db.engine.dispose()
    with engine.connect() as connection:
        connection.execute(text(f'ALTER DATABASE "{draft}" RENAME TO "{template}"'))


@pytest.fixture(scope="session")
def app(settings: Config) -> Iterator[Flask]:
    application = create_app(settings)
    application.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    application.testing = True
    limiter.enabled = False  # tests of rate limits switch it on again
    yield application
    with application.app_context():
        db.engine.dispose()


@pytest.fixture
def ground(app: Flask) -> Iterator[Connection]:
    """What `session` stands on: an empty database. A folder may put a connection with rows of its own in its place."""
    with app.app_context(), db.engine.connect() as connection:
        yield connection


@pytest.fixture
def session(app: Flask, ground: Connection, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """The database in a savepoint: whatever the test and the code under test commit is gone afterwards."""
    with app.app_context():
        outer = ground.begin_nested() if ground.in_transaction() else ground.begin()
        scope = scope_on(ground)
        monkeypatch.setattr(db, "session", scope)
        yield scope()
        scope.remove()
        outer.rollback()


def scope_on(connection: Connection) -> scoped_session[Session]:
    """A session whose commits stay within the transaction of this connection."""
    factory = sessionmaker(bind=connection, class_=Session, join_transaction_mode="create_savepoint")
    return scoped_session(factory, scopefunc=lambda: 0)


def _own_servers(servers: tuple[str, str], name: str, number: int) -> dict[str, str]:
    """A database of this test process beside that of `settings`, and a Redis number."""
    from tests.running.installation import redis_number

    database = f"test_{os.getpid()}_{name}"
    url = make_url(servers[0])
    _make_database(url.render_as_string(hide_password=False), database)
    own = url.set(database=database).render_as_string(hide_password=False)
    return {"database_url": own, "redis_url": redis_number(servers[1], number)}


@pytest.fixture(scope="session")
def installation(
    servers: tuple[str, str], worker_number: int, tmp_path_factory: pytest.TempPathFactory
) -> Iterator["Installation"]:
    """A small chain in real processes, for tests that come from outside; see tests/running/scheduling.py."""
    from tests.running.installation import open_installation

    own = _own_servers(servers, "whole", 4 + worker_number)
    with open_installation(**own, var=tmp_path_factory.mktemp("installation")) as found:
        yield found


@pytest.fixture
def empty_installation(
    servers: tuple[str, str], worker_number: int, tmp_path_factory: pytest.TempPathFactory
) -> Iterator["Installation"]:
    """What a fresh installation shows before its set-up: the web alone, on an empty database."""
    from tests.running.installation import open_installation

    own = _own_servers(servers, "empty", 8 + worker_number)
    with open_installation(**own, var=tmp_path_factory.mktemp("empty"), is_filled=False) as found:
        yield found


class HandClock:
    """Business time in the test's hand."""

    def __init__(self) -> None:
        self.now = TUESDAY

    def move(self, **duration: float) -> datetime:
        self.now += timedelta(**duration)
        return self.now


@pytest.fixture
def hand_clock() -> Iterator[HandClock]:
    """Business time stands still on Tuesday 3 March 2026, 10:00 in Paris, until the test moves it."""
    hand = HandClock()
    clock.use(movable=False, fixed=lambda: hand.now)
    yield hand
    clock.use(movable=True)


@pytest.fixture
def other_application(app: Flask, settings: Config) -> Iterator[None]:
    """For tests that make an application of their own: its key, address and wires are those of the process."""
    assert app
    yield
    set_up_hallway(settings)


class Visitor(FlaskClient):
    """A client whose requests find what the test made, and nothing of the request before.

    A request that is refused rolls back to the last savepoint, so the test's rows go behind it first. `session`
    keeps an application context open and Flask keeps `g` (person, language) as long as that.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        db.session.commit()
        for name in list(g):
            g.pop(name)
        return super().open(*args, **kwargs)


@pytest.fixture
def limits(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rate limits as in production, counted from nothing."""
    monkeypatch.setattr(limiter, "enabled", True)
    limiter.reset()


@pytest.fixture
def client(app: Flask, session: Session, hand_clock: HandClock) -> FlaskClient:
    """HTTP without a server, inside the savepoint of `session`; an application made meanwhile may have set limits."""
    limiter.enabled = False
    return Visitor(app, app.response_class, use_cookies=True)
