"""A mail server for letters of questionnaires, and the work of their jobs drained inside the savepoint."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy.orm import Session

from hub.channels.registry import ChannelSettings
from hub.content.actions import publish_builtin_templates
from hub.content.words import TemplateGroup
from hub.outbox import sending, wires
from hub.outbox.words import SendQueue
from hub.questionnaires.sending.working import work_invitations
from hub.reactions.drain import work_facts
from tests.conftest import TUESDAY, HandClock
from tests.makers.sink import Sink, start_sink
from tests.makers.stores import make_chain

Work = Callable[[], None]


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A mail server that takes everything; sending is set up on it."""
    found, controller = start_sink()
    wires.use_transports(ChannelSettings(smtp=found.settings))
    yield found
    wires.use_transports(ChannelSettings())
    controller.stop()


@pytest.fixture
def work(session: Session, hand_clock: HandClock) -> Work:
    """What the workers do until nothing is due now: invite, send, learn what became of it."""
    make_chain(session)
    publish_builtin_templates(now=TUESDAY, groups=[TemplateGroup.SURVEY])

    def drain() -> None:
        while work_invitations(lambda: None):
            pass
        for queue in SendQueue:
            while sending.work_outbox(queue, lambda: None):
                pass
        while work_facts(lambda: None):
            pass
        session.expire_all()

    return drain
