"""Sending under faults at random points, and eight workers at one cap: nothing twice that must not, nothing lost.

Small in the test command; `make faults` (LARGE=1) runs 2,000 messages and 1,000 customers.
"""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable

import pytest
from sqlalchemy import select, text, update

from hub.core import clock
from hub.core.actor import SYSTEM
from hub.core.db import transaction
from hub.core.facts import FactRow
from hub.core.words import Purpose
from hub.outbox import actions as outbox
from hub.outbox import sending, settling
from hub.outbox.models import OutboundMessage
from hub.outbox.words import MessageState, ReceiptKind, SendQueue
from tests.conftest import TUESDAY
from tests.flows.conftest import House
from tests.flows.nursery import Worker, start_program
from tests.flows.test_sending_faults import let_leases_end, start_worker
from tests.makers.customers import make_customer
from tests.makers.outbox import give_consent, make_draft
from tests.makers.sink import Sink
from tests.makers.stores import make_chain

pytestmark = pytest.mark.faults
IS_LARGE = bool(os.environ.get("LARGE"))
CUSTOMERS = 1000 if IS_LARGE else 60
MESSAGES = 2000 if IS_LARGE else 160
WORKERS = 8 if IS_LARGE else 4
KILLS = 12 if IS_LARGE else 2
CAMPAIGN = 2000 if IS_LARGE else 1000
ONCE = (Purpose.PROMOTION, Purpose.SURVEY)
SURE = (Purpose.SERVICE, Purpose.REPLY)
SEED = 20260303


def post_mixed(house: House) -> dict[str, Purpose]:
    """As many of each purpose, to different receivers. Returns purposes by Message-ID."""
    make_chain(house.session)
    drafts = []
    for number in range(MESSAGES):
        purpose = (*ONCE, *SURE)[number % 4]
        address = f"c{number}@client.example"
        customer_id = None
        if purpose in ONCE:
            customer_id = make_customer(house.session, f"C{number}", "Martin", mail=address, phone=None).id
        if purpose is Purpose.PROMOTION:
            give_consent(address)
        drafts.append(
            make_draft(
                house.session,
                f"{purpose}:{number}",
                purpose=purpose,
                recipient=address,
                customer_id=customer_id,
            )
        )
    for start in range(0, len(drafts), 500):
        outbox.post_many(drafts[start : start + 500], now=TUESDAY)
    house.commit()
    return dict(house.session.execute(select(OutboundMessage.message_id, OutboundMessage.purpose)).all())


def let_waits_end(house: House) -> None:
    """What time would do to leases, back-offs and pauses."""
    let_leases_end(house)
    with transaction() as session:
        session.execute(update(OutboundMessage).values(next_attempt_at=None))
        session.execute(text("UPDATE sender_pauses SET ended_at = now(), resumes_at = paused_at"))


def settle(house: House) -> None:
    for _ in range(8):
        let_waits_end(house)
        handled = 0
        for queue in SendQueue:
            while count := sending.work_outbox(queue, lambda: None):
                handled += count
        if not handled:
            return


def check(house: House, sink: Sink, expected: dict[str, Purpose]) -> set[str]:
    """Promotion and survey at most once, reply and service at least once. Returns the unknown ones."""
    house.forget()
    states = dict(house.session.execute(select(OutboundMessage.message_id, OutboundMessage.state)).all())
    seen = sink.count_by_message_id()
    unknown = {key for key, state in states.items() if state is MessageState.UNKNOWN}
    assert states.keys() == expected.keys()
    assert set(seen) <= set(expected)
    assert {expected[key] for key in unknown} <= set(ONCE)
    assert {key for key, count in seen.items() if count > 1 and expected[key] in ONCE} == set()
    for key in states.keys() - unknown:
        assert states[key] is MessageState.ACCEPTED, (key, states[key])
        assert seen[key] >= 1
    listed = set(
        house.session.scalars(
            select(OutboundMessage.message_id).where(
                OutboundMessage.settled_at.is_(None), OutboundMessage.state == MessageState.UNKNOWN
            )
        )
    )
    assert listed == unknown
    facts = Counter(house.session.scalars(select(FactRow.kind)))
    assert (facts["MessageAccepted"], facts["MessageFailed"]) == (len(expected) - len(unknown), len(unknown))
    return unknown


def test_killed_at_random_points_nothing_is_doubled_that_must_not_be_and_nothing_is_lost(
    house: House, sink: Sink
) -> None:
    dice = random.Random(SEED)
    expected = post_mixed(house)
    sink.seconds_each = 0.002
    for _ in range(KILLS):
        worker = start_worker(house, sink, patience=10_000)
        stop_at = len(sink.taken) + dice.randrange(1, MESSAGES // (KILLS + 1))
        deadline = time.monotonic() + 60
        while len(sink.taken) < stop_at and worker.poll() is None and time.monotonic() < deadline:
            time.sleep(dice.random() / 100)
        os.kill(worker.pid, signal.SIGKILL)
        assert worker.wait(timeout=60) == -signal.SIGKILL
        let_leases_end(house)
    settle(house)
    unknown = check(house, sink, expected)
    assert len(unknown) <= KILLS * sending.GROUP


def test_lost_acknowledgements_at_random_points(house: House, sink: Sink) -> None:
    """The server keeps the mail and drops the line after DATA: nobody knows, so only what may come twice does."""
    dice = random.Random(SEED)
    expected = post_mixed(house)
    sink.drops_at = frozenset(dice.sample(range(1, MESSAGES), MESSAGES // 20))
    settle(house)
    unknown = check(house, sink, expected)
    assert unknown
    assert unknown <= set(sink.count_by_message_id())  # it had arrived
    doubled = {key for key, count in sink.count_by_message_id().items() if count > 1}
    assert doubled
    assert {expected[key] for key in doubled} <= set(SURE)
    reconcile(house, sorted(unknown))


def reconcile(house: House, unknown: list[str]) -> None:
    """A later report moves one forward; a person decides on another; what is decided is listed no more."""
    rows = dict(house.session.execute(select(OutboundMessage.message_id, OutboundMessage.id)).all())
    reported, bounced, left = unknown[:3]
    for key, kind in ((reported, ReceiptKind.DELIVERED), (bounced, ReceiptKind.HARD_BOUNCE)):
        with transaction():
            outbox.record_report(
                original_message_id=key, return_token=None, recipient=None, kind=kind, status="2.0.0", text="",
                now=clock.business_now(),
            )  # fmt: skip
    with transaction():
        settling.leave_unknown(rows[left], by=SYSTEM, now=clock.business_now())
    house.forget()
    states = {
        key: (row.state, row.settled_at is not None)
        for key in (reported, bounced, left)
        if (row := house.session.get_one(OutboundMessage, rows[key]))
    }
    assert states[reported][0] is MessageState.DELIVERED
    assert states[bounced][0] is MessageState.BOUNCED
    assert states[left] == (MessageState.UNKNOWN, True)


def test_workers_at_one_cap_never_let_two_through(house: House, sink: Sink) -> None:
    """Two surveys each for many customers, cap 1, mixed so that no batch holds both; workers of their own."""
    make_chain(house.session)
    people = [
        make_customer(house.session, f"C{n}", "Martin", mail=f"c{n}@client.example", phone=None).id
        for n in range(CUSTOMERS)
    ]
    drafts = [
        make_draft(house.session, f"{part}:{customer_id}", purpose=Purpose.SURVEY, customer_id=customer_id)
        for part in "abc"
        for customer_id in people
    ]
    random.Random(SEED).shuffle(drafts)
    for start in range(0, len(drafts), 500):
        outbox.post_many(drafts[start : start + 500], now=TUESDAY)
    house.commit()
    workers = [start_worker(house, sink, batch=7) for _ in range(WORKERS)]
    assert [worker.wait(timeout=300) for worker in workers] == [0] * WORKERS
    receivers = Counter(each.recipients[0] for each in sink.taken)
    assert set(receivers.values()) == {1}
    assert len(receivers) == CUSTOMERS
    house.forget()
    let_through = house.session.execute(
        text("SELECT count(*) FROM outbound_messages WHERE counted_at IS NOT NULL GROUP BY customer_id")
    ).scalars()
    assert set(let_through) == {1}


def test_two_workers_keep_the_limit_of_a_domain(house: House, sink: Sink) -> None:
    from hub.stores.actions import change_setting

    make_chain(house.session)
    change_setting("throttle", {"laposte.example": 1200}, by=SYSTEM, now=TUESDAY)  # a bucket of 20
    drafts = [
        make_draft(house.session, f"{domain}:{n}", recipient=f"c{n}@{domain}")
        for n in range(100)
        for domain in ("laposte.example", "client.example")
    ]
    outbox.post_many(drafts, now=TUESDAY)
    house.commit()
    began = time.monotonic()
    workers = [start_worker(house, sink, batch=13) for _ in range(2)]
    assert [worker.wait(timeout=120) for worker in workers] == [0, 0]
    seconds = time.monotonic() - began
    counts = Counter(each.recipients[0].rpartition("@")[2] for each in sink.taken)
    assert counts["client.example"] == 100
    assert 20 <= counts["laposte.example"] <= 20 + seconds / 3 + 1


def test_a_campaign_never_delays_a_reply(house: House, sink: Sink) -> None:
    """The workers of `make run`, both deep in a campaign on a slow server: a reply leaves within seconds."""
    make_chain(house.session)
    drafts = [
        make_draft(house.session, f"bulk:{n}", recipient=f"c{n}@client.example", queue=SendQueue.BULK)
        for n in range(CAMPAIGN)
    ]
    for start in range(0, len(drafts), 500):
        outbox.post_many(drafts[start : start + 500], now=TUESDAY)
    sink.seconds_each = 0.05  # twenty a second: the campaign lasts longer than anybody would wait for a reply
    house.commit()
    workers = [start_rq_worker(house, sink) for _ in range(2)]
    try:
        wait_until(lambda: len(sink.taken) >= 60, seconds=60)
        with transaction() as session:
            draft = make_draft(session, "reply", purpose=Purpose.REPLY, recipient="dora@client.example")
            outbox.post_many([draft], now=clock.business_now())
        before, posted_at = len(sink.taken), time.monotonic()
        wait_until(
            lambda: any(each.recipients == ("dora@client.example",) for each in sink.taken), seconds=30
        )
        assert time.monotonic() - posted_at < 15  # seconds, on a machine that does other things too
        assert len(sink.taken) - before <= 3 * sending.GROUP  # each worker ends the group it is in
        after = len(sink.taken)
        wait_until(lambda: len(sink.taken) > after + 60, seconds=30)  # and the campaign goes on
    finally:
        for worker in workers:
            worker.kill()


def start_rq_worker(house: House, sink: Sink) -> Worker:
    """`worker.py` as the supervisor starts it."""
    environ = {
        **os.environ,
        **house.environ,
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(sink.port),
        "SMTP_SECURITY": "none",
    }
    return start_program("worker.py", environ)


def wait_until(is_so: Callable[[], bool], *, seconds: float) -> None:
    stop_at = time.monotonic() + seconds
    while time.monotonic() < stop_at:
        if is_so():
            return
        time.sleep(0.02)
    pytest.fail("It did not happen in time.")
