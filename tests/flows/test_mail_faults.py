"""The door in under pressure: the same contact twice at one moment, and 200 mails with a worker killed on the way."""

import signal
import smtplib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from config import Config
from hub.core import clock, files
from hub.core.db import Base, db, transaction
from hub.core.words import Channel
from hub.inbox.actions import receive_message
from hub.inbox.models import Ticket, TicketMessage
from hub.inbox.words import MessageKind
from hub.mailroom import listener, working
from hub.mailroom.actions import store_arrival
from hub.mailroom.models import Arrival
from hub.mailroom.words import ArrivalState, ArrivalWay
from hub.outbox.models import OutboundMessage
from tests.conftest import TUESDAY
from tests.flows import arrivals_worker
from tests.flows.conftest import House
from tests.flows.nursery import Worker, start
from tests.makers.inbox import make_house, make_incoming

pytestmark = pytest.mark.faults
MAILS = 200
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


def start_worker(house: House, stall_at: int = 0) -> Worker:
    order = {
        "config": house.environ,
        "count": MAILS,
        "stall_at": stall_at,
    }
    return start(arrivals_worker.main, order)


def send_mails(house: House) -> None:
    door = listener.open_listener(house.app, replace(house.config, mailbox_port=0))
    with door as found, smtplib.SMTP("127.0.0.1", found.port, timeout=10) as client:
        for number in range(MAILS):
            client.sendmail(f"c{number}@client.example", [MAILBOXES[0]], raw_mail(number))


def let_leases_end() -> None:
    """What time would do."""
    past = clock.machine_now() - timedelta(seconds=1)
    with transaction() as session:
        waiting = update(Arrival).where(Arrival.state == ArrivalState.WAITING)
        session.execute(waiting.values(next_attempt_at=past))


def test_200_mails_by_smtp_and_a_worker_killed_on_the_way_are_200_tickets(chain: House) -> None:
    workers = [start_worker(chain, stall_at=5), start_worker(chain)]
    try:
        assert [worker.hear() for worker in workers] == ["ready", "ready"]
        send_mails(chain)
        assert workers[0].hear() == "stalled"
        workers[0].kill()
        assert workers[0].wait(timeout=10) == -signal.SIGKILL
        assert count(Ticket) < MAILS
        let_leases_end()
        assert workers[1].wait(timeout=30) == 0
    finally:
        for worker in workers:
            worker.kill()
    chain.forget()
    assert count(Ticket) == count(Arrival) == count(OutboundMessage) == MAILS
    sorted_into = db.session.execute(select(Arrival.state, Arrival.ticket_id)).all()
    assert {row.state for row in sorted_into} == {ArrivalState.SORTED}
    assert len({row.ticket_id for row in sorted_into}) == MAILS
    written = select(TicketMessage.mail_message_id).where(TicketMessage.kind == MessageKind.CUSTOMER)
    assert sorted(db.session.scalars(written)) == sorted(
        f"<{number}@client.example>" for number in range(MAILS)
    )
