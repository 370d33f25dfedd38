"""Erasures under kill -9: the room that was being emptied is begun again, those before it are not, and nothing is left.

LARGE=1: killed in every room.
"""

import os

import pytest
from sqlalchemy import select

from hub.core import clock
from hub.core.actor import SYSTEM
from hub.core.db import transaction
from hub.customers.models import Customer, ExternalId
from hub.identity import erasing
from hub.identity.privacy_models import Erasure
from hub.identity.privacy_words import ErasureState
from tests.flows import erasure_worker
from tests.flows.conftest import House
from tests.flows.nursery import start
from tests.identity.test_erasing import SKIPPED, find_traces
from tests.makers.customers import make_customer, say_consent
from tests.makers.everything import CARD, FIRST, LAST, MAIL, PHONE, EveryRow

pytestmark = pytest.mark.faults
INBOX = list(erasing.STEPS).index("inbox") + 1
KILLED_IN = range(1, len(erasing.STEPS) + 1) if os.environ.get("LARGE") else (INBOX,)


@pytest.fixture
def erasure_id(house: House) -> int:
    """Somebody known in every table, to be erased; committed."""
    with transaction() as session:
        row = make_customer(session, FIRST, LAST, mail=MAIL, phone=PHONE)
        session.add(ExternalId(customer_id=row.id, source="loyalty_card", value=CARD))
        say_consent(MAIL)
        EveryRow(session, row.id, SKIPPED | {"clock_setting"}).make_all()
        session.flush()
        return erasing.ask_erasure(row.id, by=SYSTEM, now=clock.business_now())


def kill_inside(house: House, rooms: int) -> None:
    """A worker that has done the rooms before, and is killed when all of this one is written and nothing committed."""
    worker = start(erasure_worker.main, house.environ | {"rooms": str(rooms)})
    assert worker.hear() == "inside"
    worker.kill()


def test_killed_in_the_middle_of_a_room_it_goes_on_there_and_nothing_is_left(
    house: House, erasure_id: int
) -> None:
    for rooms in KILLED_IN:
        kill_inside(house, rooms)
        house.forget()
        row = house.session.get_one(Erasure, erasure_id)
        assert row.step == rooms - 1, "what the rooms before had written stands, that of this one does not"
        assert row.state is (ErasureState.RUNNING if rooms > 1 else ErasureState.WAITING)
    house.forget()
    while erasing.work_erasures(lambda: None):
        house.forget()
    row = house.session.get_one(Erasure, erasure_id)
    assert (row.state, row.traces_sealed) == (ErasureState.DONE, "")
    assert sum(row.counts.values()) >= len(row.counts) > 0
    assert house.session.scalar(select(Customer.erased_at).where(Customer.id == row.customer_id)) is not None
    assert find_traces(house.session) == []
