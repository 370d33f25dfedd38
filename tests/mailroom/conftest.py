"""A dovecot for the module, a mailbox of the test's own, and a house that mail comes in to."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from config import Config
from hub.core import files
from hub.mailroom import ways_setup
from hub.stores.models import Store
from tests.conftest import HandClock
from tests.makers.dovecot import Dovecot, open_dovecot
from tests.makers.inbox import make_house


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    with open_dovecot() as found:
        yield found


@pytest.fixture
def lyon(session: Session, hand_clock: HandClock, tmp_path: Path, settings: Config) -> Iterator[Store]:
    files.use_folder(tmp_path)
    yield make_house(session)
    files.use_folder(settings.var_path / "files")


@pytest.fixture
def user(dovecot: Dovecot, request: pytest.FixtureRequest) -> Iterator[str]:
    """A mailbox of the test's own."""
    before = ways_setup.current()
    ways_setup.use(replace(before, ca_file=str(dovecot.authority.file), timeout_seconds=5))
    name = f"u{abs(hash(request.node.name)) % 10**9}"
    dovecot.add(name, "Traites")
    yield name
    ways_setup.use(before)
