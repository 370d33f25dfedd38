"""SMS under kill -9, silence after acceptance, dropped lines and callbacks as they like: advertising never twice,
service never lost, what nobody knows is listed and then known. LARGE=1: 2,000 messages.
"""

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from werkzeug.serving import WSGIRequestHandler, make_server

from hub.channels.registry import ChannelSettings
from hub.core.actor import CUSTOMER
from hub.core.db import transaction
from hub.core.facts import FactRow
from hub.core.words import Channel, Purpose
from hub.customers import actions as customers
from hub.customers.words import AddressKind, ConsentAction, LegalBasis
from hub.outbox import actions as outbox
from hub.outbox import reconciling, sending, wires
from hub.outbox.models import DeliveryAttempt, DeliveryReceipt, OutboundMessage
from hub.outbox.words import MessageState, SendQueue
from tests.conftest import TUESDAY
from tests.doubles.twilio import ACCOUNT, NUMBER, TOKEN, Double, Sent, run_double
from tests.flows import phone_worker
from tests.flows.conftest import House
from tests.flows.nursery import Worker, start
from tests.flows.test_sending_faults import let_leases_end, wait_for_death
from tests.makers.customers import make_customer
from tests.makers.outbox import make_draft
from tests.makers.phones import make_settings
from tests.makers.stores import make_chain

pytestmark = pytest.mark.faults
COUNT = 2000 if os.environ.get("LARGE") else 80
KILLS = 20 if os.environ.get("LARGE") else 2
SILENT_SHARE = 0.03


@dataclass
class Door:
    """The hub's own web, behind which the callbacks come in. It is away for the first `refusals` requests."""

    house: House
    refusals: int = 0
    answers: list[int] = field(default_factory=list)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if self.refusals > 0:
            self.refusals -= 1
            start_response("503 Service Unavailable", [("Content-Length", "0")])
            return [b""]
        return self.house.app(environ, start_response)


class _Quiet(WSGIRequestHandler):
    def log_request(self, *_: object) -> None:
        """Nothing to say."""


@dataclass
class Line:
    """The double, and where the hub is reached."""

    double: Double
    door: Door
    url: str


@pytest.fixture
def line(house: House) -> Iterator[Line]:
    with run_double() as double:
        door = Door(house)
        server = make_server("127.0.0.1", 0, door, threaded=True, request_handler=_Quiet)
        url = f"http://127.0.0.1:{server.port}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        wires.use_transports(ChannelSettings(twilio=make_settings(double, public_url=url)))
        yield Line(double, door, url)
        wires.use_transports(ChannelSettings())
        server.shutdown()
        thread.join()


def start_worker(house: House, line: Line) -> Worker:
    environ = {
        **house.environ,
        "BASE_URL": line.url,
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_SMS_FROM": NUMBER,
        "TWILIO_API_URL": line.double.url,
        "TWILIO_TIMEOUT_SECONDS": "0.7",
        "SMS_STOP_MENTION": "",
    }
    return start(phone_worker.main, environ)


def post_messages(house: House, count: int = COUNT) -> dict[str, Purpose]:
    """Half advertising, half service, each to a phone of its own. Returns purposes by our reference."""
    make_chain(house.session)
    drafts = []
    for number in range(count):
        phone = f"+336399{number + 80_000:05d}"
        customer = make_customer(house.session, f"C{number}", "Martin", mail=None, phone=phone)
        purpose = Purpose.PROMOTION if number % 2 else Purpose.SERVICE
        if purpose is Purpose.PROMOTION:
            agree(phone)
        drafts.append(
            make_draft(
                house.session, f"m:{number}", purpose=purpose, channel=Channel.SMS, customer_id=customer.id
            )
        )
    outbox.post_many(drafts, now=TUESDAY)
    house.commit()
    return dict(house.session.execute(select(OutboundMessage.uuid, OutboundMessage.purpose)).all())


def agree(phone: str) -> None:
    customers.record_consent(
        address_kind=AddressKind.PHONE,
        address=phone,
        channel=Channel.SMS,
        purpose=Purpose.PROMOTION,
        action=ConsentAction.GIVEN,
        legal_basis=LegalBasis.CONSENT,
        wording="Oui",
        wording_version="1",
        collection_point="form",
        by=CUSTOMER,
        now=TUESDAY,
    )


def kill_at_random(house: House, line: Line, dice: random.Random, kills: int) -> None:
    """Workers one after the other, each killed somewhere after it has handed some messages over."""
    for _ in range(kills):
        worker = start_worker(house, line)
        target = line.double.create_count + dice.randint(1, max(2, COUNT // kills))
        stop_at = time.monotonic() + 60
        while line.double.create_count < target and worker.poll() is None and time.monotonic() < stop_at:
            time.sleep(dice.random() / 100)
        if worker.poll() is None:
            os.kill(worker.pid, signal.SIGKILL)
            wait_for_death(worker)
        let_leases_end(house)


def finish(house: House, line: Line) -> None:
    """The last worker does the rest; the waits of the back-off are over."""
    for _ in range(4):
        let_leases_end(house)
        with transaction() as session:
            waits = OutboundMessage.state == MessageState.WAITING
            session.execute(update(OutboundMessage).where(waits).values(next_attempt_at=None))
        for queue in SendQueue:
            while sending.work_outbox(queue, lambda: None):
                pass


def ask_later(house: House, *, minutes: int) -> None:
    """Ask the provider as that many minutes after the last call."""
    with transaction() as session:
        earlier = DeliveryAttempt.attempted_at - timedelta(minutes=minutes)
        session.execute(update(DeliveryAttempt).values(attempted_at=earlier))
        session.execute(update(OutboundMessage).values(next_attempt_at=None))
    while reconciling.has_due() and reconciling.work_phones(lambda: None):
        pass


def states(house: House) -> dict[str, MessageState]:
    house.forget()
    return dict(house.session.execute(select(OutboundMessage.uuid, OutboundMessage.state)).all())


def test_killed_and_met_with_silence_advertising_never_leaves_twice_and_service_always(
    house: House, line: Line
) -> None:
    dice = random.Random(20260303)
    expected = post_messages(house)
    troubled = dice.sample(range(1, COUNT), round(COUNT * SILENT_SHARE * 2))
    late = {
        COUNT - 2,
        round(COUNT * 1.375),
    }  # offers leave last: some must meet the silence, however many texts are repeated
    line.double.silent_at = set(troubled[::2]) | late
    line.double.dropped_at = set(troubled[1::2])
    kill_at_random(house, line, dice, KILLS)
    finish(house, line)

    seen, found = line.double.count_by_uuid(), states(house)
    assert set(seen) <= set(expected)
    doubled = {uuid for uuid, count in seen.items() if count > 1}
    unknown = {uuid for uuid, state in found.items() if state is MessageState.UNKNOWN}
    assert {expected[uuid] for uuid in doubled} <= {Purpose.SERVICE}
    assert {expected[uuid] for uuid in unknown} == {Purpose.PROMOTION}
    assert {found[uuid] for uuid in expected if uuid not in unknown} == {MessageState.ACCEPTED}
    assert all(seen[uuid] for uuid in expected if uuid not in unknown)

    ask_later(house, minutes=61)
    found = states(house)
    assert found == {uuid: MessageState.ACCEPTED if seen[uuid] else MessageState.FAILED for uuid in expected}
    assert line.double.count_by_uuid() == seen
    accepted = house.session.scalar(
        select(func.count()).select_from(FactRow).where(FactRow.kind == "MessageAccepted")
    )
    assert accepted == len([uuid for uuid in expected if seen[uuid]])


def call_back_all(line: Line, dice: random.Random) -> None:
    """Every message that was sent is told of: late, twice and out of order, again when the hub was away."""
    told: list[tuple[Sent, str]] = []
    for sent in list(line.double.sent):
        told += [(sent, status) for status in ("queued", "sent", "delivered", "delivered")]
    dice.shuffle(told)
    assert {line.double.call_back(sent, status, tries=10) for sent, status in told} == {204}


def test_callbacks_late_twice_out_of_order_and_repeated_tell_the_truth_once(house: House, line: Line) -> None:
    dice = random.Random(7)
    post_messages(house, 30)
    line.door.refusals = 8
    finish(house, line)
    call_back_all(line, dice)
    assert [answer for _, answer in line.double.log].count(503) == 8
    assert set(states(house).values()) == {MessageState.DELIVERED}
    assert house.session.scalar(select(func.count()).select_from(DeliveryReceipt)) == 30
    facts = Counter(house.session.scalars(select(FactRow.kind).where(FactRow.kind.startswith("Message"))))
    assert facts == {"MessageAccepted": 30, "MessageDelivered": 30, "MessageFiguresChanged": 30}
    assert set(line.double.count_by_uuid().values()) == {1}


def test_callbacks_before_the_answer_while_workers_are_killed(house: House, line: Line) -> None:
    """What the callback said is what counts: nothing that was told of is ever sent again, whatever its purpose."""
    dice = random.Random(11)
    expected = post_messages(house, 60)
    line.double.callbacks, line.double.is_early = ("sent", "delivered"), True
    line.double.silent_at = set(dice.sample(range(1, 60), 4))
    kill_at_random(house, line, dice, 3)
    finish(house, line)
    seen, found = line.double.count_by_uuid(), states(house)
    assert set(seen.values()) == {1}
    assert {found[uuid] for uuid in seen} == {MessageState.DELIVERED}
    unsent = expected.keys() - seen.keys()
    assert {found[uuid] for uuid in unsent} <= {MessageState.UNKNOWN}
    assert {expected[uuid] for uuid in unsent} <= {Purpose.PROMOTION}
    facts = Counter(house.session.scalars(select(FactRow.kind).where(FactRow.kind == "MessageAccepted")))
    assert facts == {"MessageAccepted": len(seen)}


def test_two_workers_send_each_text_once(house: House, line: Line) -> None:
    expected = post_messages(house, 60)
    workers = [start_worker(house, line) for _ in range(2)]
    assert [worker.wait(timeout=60) for worker in workers] == [0, 0]
    assert line.double.count_by_uuid() == dict.fromkeys(expected, 1)
    assert set(states(house).values()) == {MessageState.ACCEPTED}
