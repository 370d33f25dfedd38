"""Real wires for lives: a mail server, and the double of the provider of SMS."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from hub.channels.registry import ChannelSettings
from hub.outbox import wires
from tests.conftest import HandClock
from tests.doubles.twilio import run_double
from tests.makers.phones import make_settings
from tests.makers.sink import start_sink
from tests.plans.lives import Lives


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
    yield Lives.begin(session, hand_clock)
    wires.use_transports(ChannelSettings())
