"""A real SMTP sink for the outbox, and its work drained inside the savepoint."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy.orm import Session

from hub.channels.registry import ChannelSettings
from hub.core import bell
from hub.outbox import sending, wires
from hub.outbox.words import SendQueue
from tests.conftest import HandClock
from tests.makers.sink import Sink, start_sink
from tests.makers.stores import make_chain


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A mail server that takes everything; sending is set up on it."""
    found, controller = start_sink()
    wires.use_transports(ChannelSettings(smtp=found.settings))
    yield found
    wires.use_transports(ChannelSettings())
    controller.stop()


@pytest.fixture
def send(session: Session, hand_clock: HandClock) -> Callable[[], None]:
    """Work every queue until nothing is due now."""

    def work() -> None:
        bell.remove_mark(sending.URGENT_BELL)  # of another test: its reply is not ours
        for queue in SendQueue:
            while sending.work_outbox(queue, lambda: None):
                pass
        session.expire_all()

    make_chain(session)
    return work
