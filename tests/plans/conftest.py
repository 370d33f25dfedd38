"""Real wires for lives: a mail server, and the double of the provider of SMS. What the product delivers is delivered once a file."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from hub.channels.registry import ChannelSettings
from hub.core.db import db
from hub.outbox import wires
from tests.conftest import HandClock, scope_on
from tests.doubles.twilio import run_double
from tests.makers.phones import make_settings
from tests.makers.sink import start_sink
from tests.plans.lives import Lives, deliver


class Delivery:
    """A connection in whose transaction the product was delivered. Who needs it empty closes it: two chains would wait for each other."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._connection: Connection | None = None

    def open(self) -> Connection:
        if self._connection is None:
            with self._app.app_context(), pytest.MonkeyPatch.context() as patch:
                self._connection = db.engine.connect()
                self._connection.begin()
                scope = scope_on(self._connection)
                patch.setattr(db, "session", scope)
                deliver(scope())
                scope.commit()
                scope.remove()
        return self._connection

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


@pytest.fixture(scope="module")
def delivery(app: Flask) -> Iterator[Delivery]:
    """Lives of a file begin after the same delivery."""
    found = Delivery(app)
    yield found
    found.close()


@pytest.fixture
def ground(request: pytest.FixtureRequest, ground: Connection, delivery: Delivery) -> Connection:
    """Lives stand on what was delivered, every other test on an empty database."""
    if {"lives", "both_wires"} <= set(request.fixturenames):  # a folder has other lives, without wires
        return delivery.open()
    delivery.close()
    return ground


@pytest.fixture(scope="module")
def both_wires() -> Iterator[ChannelSettings]:
    """One server for mails and one for SMS, for all lives of a file."""
    sink, controller = start_sink()
    with run_double() as double:
        yield ChannelSettings(smtp=sink.settings, twilio=make_settings(double))
    controller.stop()


@pytest.fixture
def lives(session: Session, hand_clock: HandClock, both_wires: ChannelSettings) -> Iterator[Lives]:
    """Dora of Lyon, and every built-in plan switched off; see lives.py."""
    wires.use_transports(both_wires)
    yield Lives.of_dora(session, hand_clock)
    wires.use_transports(ChannelSettings())
