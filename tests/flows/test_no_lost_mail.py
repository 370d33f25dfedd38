"""No lost mail: listener, poller and sorter are killed at random; every mail is stored once and becomes one ticket.

60 mails in the test command; 5,000 with LARGE=1, where leases lapse by themselves.
"""

import os
import random
import smtplib
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from signal import SIGKILL
from threading import Event

import pytest
from sqlalchemy import func, select, update

from config import Config
from hub.core import clock, files
from hub.core.actor import SYSTEM
from hub.core.db import Base, db, transaction
from hub.inbox.models import Ticket, TicketMessage
from hub.inbox.words import MessageKind
from hub.mailroom import mailboxes
from hub.mailroom.actions import release_arrivals
from hub.mailroom.mailboxes import MailboxDetails
from hub.mailroom.models import Arrival
from hub.mailroom.way_models import PolledMailbox
from hub.mailroom.words import AfterPoll, ArrivalState, ArrivalWay, MailboxSecurity
from hub.outbox.models import OutboundMessage
from tests.conftest import TUESDAY
from tests.flows import mail_processes
from tests.flows.conftest import House
from tests.flows.nursery import Worker
from tests.flows.nursery import start as start_apart
from tests.makers.dovecot import PASSWORD, Dovecot, open_dovecot
from tests.makers.inbox import make_house
from tests.makers.sink import free_port

pytestmark = pytest.mark.faults
IS_LARGE = bool(os.environ.get("LARGE"))
MAILS = 5000 if IS_LARGE else 60
POISONED = 7
KILLS = 60 if IS_LARGE else 4
PATIENCE_SECONDS = 900 if IS_LARGE else 60
STORE = "lyon-part-dieu@hub.example"
USER = "lyon"
ROLES = ("listener", "poller", "sorter")


@pytest.fixture
def chain(house: House, tmp_path: Path, settings: Config) -> Iterator[House]:
    files.use_folder(tmp_path)
    make_house(house.session)
    house.commit()
    yield house
    files.use_folder(settings.var_path / "files")


@pytest.fixture
def dovecot() -> Iterator[Dovecot]:
    with open_dovecot() as found:
        found.add(USER)
        yield found


def raw_mail(number: int) -> bytes:
    subject = "POISON" if number == POISONED else f"Lampe {number}"
    return (
        f"From: Client {number} <c{number}@client.example>\r\nTo: {STORE}\r\n"
        f"Subject: {subject}\r\nMessage-ID: <{number}@client.example>\r\n\r\nMa lampe {number} est en panne.\r\n"
    ).encode()


@dataclass
class Floor:
    """The processes of the door in, one of each role and two sorters; whoever is killed is started anew at once."""

    nursery: Worker
    port: int
    sorter: str = "sorter"
    running: dict[int, str] = field(default_factory=dict)
    killed: Counter[str] = field(default_factory=Counter)

    def start(self, role: str) -> None:
        self.nursery.tell(self.sorter if role == "sorter" else role)
        self.running[int(self.nursery.hear())] = role

    def kill(self, role: str) -> None:
        """One of the role, wherever it is just now."""
        process_id = next(each for each, its in self.running.items() if its == role)
        del self.running[process_id]
        with suppress(ProcessLookupError):  # the poison was faster
            os.kill(process_id, SIGKILL)
        self.killed[role] += 1
        self.start(role)

    def revive(self) -> None:
        """What died of the poison is started anew, as the supervisor would."""
        for process_id, role in list(self.running.items()):
            if not Path(f"/proc/{process_id}").exists():
                del self.running[process_id]
                self.start(role)

    def close(self) -> None:
        for process_id in self.running:
            with suppress(ProcessLookupError):
                os.kill(process_id, SIGKILL)
        self.nursery.kill()


@contextmanager
def open_floor(house: House, dovecot: Dovecot, folder: Path) -> Iterator[Floor]:
    config = {
        "DATABASE_URL": house.config.database_url,
        "REDIS_URL": house.config.redis_url,
        "SECRET_KEY": house.config.secret_key,
        "COMPTOIR_VAR": str(folder),
        "COMPTOIR_DEMO": "1",
        "BASE_URL": house.config.base_url,
        "IMAP_CA_FILE": str(dovecot.authority.file),
        "IMAP_POLL_SECONDS": "0.3",
        "LOG_LEVEL": "CRITICAL",
    }
    port = free_port()
    floor = Floor(start_apart(mail_processes.main, {"config": config, "port": port}), port)
    try:
        for role in (*ROLES, "sorter"):
            floor.start(role)
        yield floor
    finally:
        floor.close()


def send(port: int, numbers: list[int], is_over: Event) -> None:
    """As a sender's server does: what was not acknowledged is sent again."""
    for number in numbers:
        while not is_over.is_set():
            try:
                with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
                    client.sendmail(f"c{number}@client.example", [STORE], raw_mail(number))
                break
            except (OSError, smtplib.SMTPException):
                time.sleep(0.05)


def deliver(dovecot: Dovecot, numbers: list[int]) -> None:
    for number in numbers:
        dovecot.lay(USER, raw_mail(number))
        time.sleep(0.01)


def add_mailbox(dovecot: Dovecot) -> None:
    details = MailboxDetails(
        address="lyon@verel.example",
        host="localhost",
        port=dovecot.tls_port,
        security=MailboxSecurity.TLS,
        username=USER,
        password=PASSWORD,
        folder="INBOX",
        store_id=None,
        after=AfterPoll.SEEN,
        move_to="",
    )
    with transaction():
        mailboxes.add_mailbox(details=details, by=SYSTEM, now=TUESDAY, machine_now=clock.machine_now())


def let_leases_end() -> None:
    """What time would do; the large form has the time."""
    past = clock.machine_now() - timedelta(seconds=1)
    with transaction() as session:
        tried = (Arrival.state == ArrivalState.WAITING, Arrival.attempt_count > 0)
        session.execute(update(Arrival).where(*tried).values(next_attempt_at=past))
        session.execute(update(PolledMailbox).values(lease_until=past))


def count(model: type[Base]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


IS_MAIL = (
    ~Arrival.is_partial
)  # a poll cut off leaves a line about a mail not handed out: that line is no mail


def states() -> Counter[ArrivalState]:
    found = Counter(db.session.scalars(select(Arrival.state).where(IS_MAIL)))
    db.session.remove()
    return found


def work_until(floor: Floor, is_reached: Callable[[], bool], *, kills: int = 0) -> None:
    """Kill at random, revive, until the end is reached."""
    dice = random.Random(20261122)
    deadline = time.monotonic() + PATIENCE_SECONDS
    planned = [ROLES[number % len(ROLES)] for number in range(kills)]
    dice.shuffle(planned)
    while planned or not is_reached():
        assert time.monotonic() < deadline, (states(), floor.killed)
        time.sleep(dice.uniform(0.05, 0.5 if IS_LARGE else 0.2))
        if planned:
            floor.kill(planned.pop())
        floor.revive()
        if not IS_LARGE:
            let_leases_end()


def raise_errors(futures: list[Future[None]]) -> None:
    for future in futures:
        future.result()


def test_no_mail_is_lost_or_doubled_whoever_is_killed(chain: House, dovecot: Dovecot, tmp_path: Path) -> None:
    by_smtp, by_imap = list(range(0, MAILS, 2)), list(range(1, MAILS, 2))
    is_over = Event()
    add_mailbox(dovecot)
    with open_floor(chain, dovecot, tmp_path) as floor, ThreadPoolExecutor(3) as pool:
        try:
            half = len(by_smtp) // 2
            senders = [
                pool.submit(send, floor.port, by_smtp[:half], is_over),
                pool.submit(send, floor.port, by_smtp[half:], is_over),
                pool.submit(deliver, dovecot, by_imap),
            ]
            work_until(floor, lambda: states()[ArrivalState.SORTED] == MAILS - 1, kills=KILLS)
            raise_errors(senders)
            work_until(floor, lambda: states()[ArrivalState.QUARANTINED] == 1)
            mend_and_release(floor)
            work_until(floor, lambda: states()[ArrivalState.SORTED] == MAILS)
        finally:
            is_over.set()
    assert {role for role in ROLES if floor.killed[role]} == set(ROLES)
    look_at_all(chain)
    assert all(name.endswith("S") for name in dovecot.names_in(USER)), "each is marked on its server"


def mend_and_release(floor: Floor) -> None:
    """The poisoned mail waits with its reason; after the fix a person releases it."""
    held = db.session.execute(select(Arrival.id, Arrival.reason, Arrival.message_id).where(
        Arrival.state == ArrivalState.QUARANTINED, IS_MAIL
    )).one()  # fmt: skip
    assert (held.reason, held.message_id) == (
        "the worker ended at each attempt",
        f"<{POISONED}@client.example>",
    )
    db.session.remove()
    floor.sorter = "mended"
    for _ in range(2):
        floor.kill("sorter")
    with transaction():
        release_arrivals([held.id], by=SYSTEM, now=TUESDAY, machine_now=clock.machine_now())


def look_at_all(chain: House) -> None:
    """All stored, none twice, all ticketed, each acknowledged once."""
    chain.forget()
    expected = sorted(f"<{number}@client.example>" for number in range(MAILS))
    assert sorted(db.session.scalars(select(Arrival.message_id).where(IS_MAIL))) == expected
    ways = Counter(db.session.scalars(select(Arrival.way).where(IS_MAIL)))
    assert ways == {ArrivalWay.LISTENER: MAILS // 2, ArrivalWay.IMAP: MAILS // 2}
    assert len(set(db.session.scalars(select(Arrival.ticket_id).where(IS_MAIL)))) == MAILS
    assert count(Ticket) == count(OutboundMessage) == MAILS
    written = select(TicketMessage.mail_message_id).where(TicketMessage.kind == MessageKind.CUSTOMER)
    assert sorted(db.session.scalars(written)) == expected
