"""The door in under pressure: the same contact twice at one moment, and 200 mails with a worker killed on the way."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import pytest
from sqlalchemy import func, select

from config import Config
from hub.core import clock, files
from hub.core.db import Base, db, transaction
from hub.core.words import Channel
from hub.inbox.actions import receive_message
from hub.inbox.models import Ticket, TicketMessage
from hub.inbox.words import MessageKind
from hub.mailroom import working
from hub.mailroom.actions import store_arrival
from hub.mailroom.models import Arrival
from hub.mailroom.words import ArrivalState, ArrivalWay
from hub.outbox.models import OutboundMessage
from tests.conftest import TUESDAY
from tests.flows.conftest import House
from tests.makers.inbox import make_house, make_incoming

pytestmark = pytest.mark.faults
MAILBOXES = ("lyon-part-dieu@hub.example", "lille@hub.example")


@pytest.fixture
def chain(house: House, tmp_path: Path, settings: Config) -> Iterator[House]:
    files.use_folder(tmp_path)
    make_house(house.session)
    house.commit()
    yield house
    files.use_folder(settings.var_path / "files")


def count(model: type[Base]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def raw_mail(number: int) -> bytes:
    return (
        f"From: Client {number} <c{number}@client.example>\r\nTo: {', '.join(MAILBOXES)}\r\n"
        f"Subject: Lampe {number}\r\nMessage-ID: <{number}@client.example>\r\n\r\nMa lampe {number} est en panne.\r\n"
    ).encode()


def store(number: int, mailbox: str) -> int:
    return store_arrival(
        raw_mail(number),
        way=ArrivalWay.LISTENER,
        mailbox=mailbox,
        mail_from=f"c{number}@client.example",
        recipients=[mailbox],
        now=TUESDAY,
        machine_now=clock.machine_now(),
    )


def at_one_moment(house: House, first: Callable[[], object], second: Callable[[], object]) -> None:
    """`second` runs on a connection of its own while what `first` did is not committed yet."""

    def run() -> None:
        with house.app.app_context(), transaction():
            second()

    with ThreadPoolExecutor(max_workers=1) as pool:
        with transaction():
            first()
            other = pool.submit(run)
            wait([other], timeout=0.5)
        other.result(timeout=20)


def test_one_mail_taken_in_by_two_workers_at_one_moment_is_one_ticket(chain: House) -> None:
    mails = [make_incoming(recipients=(mailbox,)) for mailbox in MAILBOXES]
    at_one_moment(
        chain,
        lambda: receive_message(mails[0], now=TUESDAY),
        lambda: receive_message(mails[1], now=TUESDAY),
    )
    assert count(Ticket) == 1


@pytest.mark.parametrize("channel", [Channel.FORM, Channel.API])
def test_one_contact_posted_twice_at_one_moment_is_one_ticket(chain: House, channel: Channel) -> None:
    contact = make_incoming(channel=channel, key="form:1", mail_message_id=None)
    received: list[int | None] = []

    def post() -> None:
        received.append(receive_message(contact, now=TUESDAY).ticket_id)

    at_one_moment(chain, post, post)
    assert count(Ticket) == 1
    assert len(set(received)) == 1


def test_batches_with_the_same_mails_in_any_order_make_one_ticket_each(chain: House) -> None:
    with transaction():
        one = [store(number, MAILBOXES[0]) for number in range(4)]
        other = [store(number, MAILBOXES[1]) for number in reversed(range(4))]
    at_one_moment(chain, lambda: working._sort(one), lambda: working._sort(other))
    assert count(Ticket) == 4
    customers = select(func.count()).where(TicketMessage.kind == MessageKind.CUSTOMER)
    assert db.session.scalar(customers) == 4
    assert count(OutboundMessage) == 4
    assert db.session.scalars(select(Arrival.state)).all() == [ArrivalState.SORTED] * 8
