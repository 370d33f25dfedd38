"""Which ticket a text goes on in: two stores' numbers, the chain's number, and systems that name a store or none."""

import pytest
from sqlalchemy.orm import Session

from hub.core.words import Channel
from hub.inbox.actions import Received, receive_message
from hub.inbox.models import Ticket
from hub.staff.rules import Scope
from hub.stores.models import Store
from tests.conftest import TUESDAY
from tests.makers.inbox import make_house, make_incoming
from tests.makers.stores import make_store

DORA = "+33612345678"
CHAIN = "+33755000000"
WAYS = ("lyon", "lille", "chain", "api_lyon", "api_lille", "api")


class House:
    def __init__(self, session: Session) -> None:
        self.session = session
        self.stores: dict[str, Store] = {
            "lyon": make_house(session),
            "lille": make_store(session, "Lille", code="LIL", phone="+33320000002"),
        }

    def text(self, way: str, *, scope: Scope | None = None) -> Received:
        """Dora writes by SMS: to a number of ours, or through another system, which may name a store."""
        of_api, _, name = way.partition("_") if way.startswith("api") else ("", "", way)
        store = self.stores.get(name)
        number = None if of_api else (store.phone if store else CHAIN)
        return receive_message(
            make_incoming(
                channel=Channel.SMS,
                from_address="",
                phone=DORA,
                recipients=(number,) if number else (),
                store_id=store.id if store and of_api else None,
                mail_message_id=None,
                scope=scope,
            ),
            now=TUESDAY,
        )

    def ticket(self, received: Received) -> Ticket:
        return self.session.get_one(Ticket, received.ticket_id)


@pytest.fixture
def house(session: Session) -> House:
    return House(session)


GOES_ON = {
    "lyon": {"lyon", "api_lyon"},
    "lille": {"lille", "api_lille"},
    "chain": {"chain"},
    "api_lyon": {"api_lyon", "lyon", "chain", "api"},
    "api_lille": {"api_lille", "lille", "chain", "api"},
    "api": {"api", "chain"},
}
"""After a text by the first way, by which ways the next one goes on in its ticket: by the same line.

A store's number and a system that names the store are one line. What has no number of ours is answered from the
chain's, so that what is written there goes on in it.
"""


@pytest.mark.parametrize("first", WAYS)
def test_a_text_goes_on_only_where_the_same_line_was_written_to(house: House, first: str) -> None:
    one = house.text(first)
    joined = set()
    for second in WAYS:
        point = house.session.begin_nested()
        if house.text(second).ticket_id == one.ticket_id:
            joined.add(second)
        point.rollback()
    assert joined == GOES_ON[first]


@pytest.mark.parametrize("way", ["api", "api_lyon"])
@pytest.mark.parametrize("channel_first", ["lyon", "api_lyon"])
def test_a_system_of_another_store_writes_into_no_ticket_of_this_one(
    house: House, way: str, channel_first: str
) -> None:
    one = house.text(channel_first)
    lille = Scope(is_everything=False, store_ids=frozenset({house.stores["lille"].id}))
    two = house.text(way, scope=lille)
    assert two.ticket_id != one.ticket_id


def test_a_system_of_a_store_goes_on_in_its_own_tickets(house: House) -> None:
    one = house.text("api_lille")
    lille = Scope(is_everything=False, store_ids=frozenset({house.stores["lille"].id}))
    assert house.text("api_lille", scope=lille).ticket_id == one.ticket_id
