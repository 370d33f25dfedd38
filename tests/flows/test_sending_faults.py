"""Sending under kill -9, two workers and a wiped Redis: counted by distinct Message-ID, each once, unknown, none lost."""

import os
import signal
import time
from collections import Counter
from datetime import timedelta

import pytest
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer
from sqlalchemy import func, select, update

from hub import jobs
from hub.core import clock
from hub.core.db import transaction
from hub.core.facts import FactRow
from hub.core.words import Purpose
from hub.outbox import actions as outbox
from hub.outbox import sending
from hub.outbox.models import DeliveryAttempt, OutboundMessage
from hub.outbox.words import AttemptOutcome, MessageState, SendQueue
from tests.conftest import TUESDAY
from tests.flows import outbox_worker
from tests.flows.conftest import House
from tests.flows.nursery import Worker, start
from tests.makers.customers import make_customer
from tests.makers.outbox import make_draft
from tests.makers.sink import Sink
from tests.makers.stores import make_chain

pytestmark = pytest.mark.faults
PURPOSES = (Purpose.SERVICE, Purpose.SURVEY)
EACH = 15
GROUP = 20
SURE = ("claiming", "claimed", "marking", "recorded")
UNSURE = ("marked", "calling", "accepted", "recording", "turned")


def start_worker(house: House, sink: Sink, boundary: str = "", **more: float) -> Worker:
    order = {
        **more,
        "config": house.environ,
        "sink_port": sink.port,
        "boundary": boundary,
    }
    return start(outbox_worker.main, order)


def post_messages(house: House) -> dict[str, Purpose]:
    """Service and survey messages, mixed within each group of the sender. Returns purposes by Message-ID."""
    make_chain(house.session)
    drafts = []
    for number in range(EACH):
        customer = make_customer(
            house.session, f"C{number}", "Martin", mail=f"c{number}@client.example", phone=None
        )
        drafts += [
            make_draft(house.session, f"{purpose}:{number}", purpose=purpose, customer_id=customer.id)
            for purpose in PURPOSES
        ]
    outbox.post_many(drafts, now=TUESDAY)
    house.commit()
    rows = house.session.execute(select(OutboundMessage.message_id, OutboundMessage.purpose))
    return dict(rows.all())


def let_leases_end(house: House) -> None:
    """What time would do."""
    past = clock.machine_now() - timedelta(seconds=1)
    with transaction() as session:
        session.execute(
            update(OutboundMessage).where(OutboundMessage.lease_until.is_not(None)).values(lease_until=past)
        )


def states_by_message_id(house: House) -> dict[str, MessageState]:
    house.forget()
    return dict(house.session.execute(select(OutboundMessage.message_id, OutboundMessage.state)).all())


def wait_for_death(worker: Worker) -> None:
    assert worker.wait(timeout=60) == -signal.SIGKILL


def finish(house: House) -> None:
    """The dead worker's lease ends and another worker takes over."""
    let_leases_end(house)
    for queue in SendQueue:
        while sending.work_outbox(queue, lambda: None):
            pass


def check(house: House, sink: Sink, expected: dict[str, Purpose], *, unsure: int) -> None:
    """Each expected Message-ID was accepted once, or it is unknown and of a purpose that is never sent twice."""
    states, seen = states_by_message_id(house), sink.count_by_message_id()
    assert set(seen) <= set(expected)
    assert states.keys() == expected.keys()
    doubled = {message_id for message_id, count in seen.items() if count > 1}
    unknown = {message_id for message_id, state in states.items() if state is MessageState.UNKNOWN}
    assert {expected[each] for each in doubled} <= {Purpose.SERVICE}
    assert {expected[each] for each in unknown} <= {Purpose.SURVEY}
    assert len(doubled) + len(unknown) <= unsure
    for message_id in states.keys() - unknown:
        assert states[message_id] is MessageState.ACCEPTED
        assert seen[message_id] >= 1
    facts = house.session.scalars(select(FactRow.kind)).all()
    assert Counter(facts) == Counter(
        {"MessageAccepted": len(expected) - len(unknown), "MessageFailed": len(unknown)}
    ) - Counter(MessageFailed=0)


@pytest.mark.parametrize("boundary", SURE)
def test_killed_where_no_provider_was_being_called_each_message_leaves_once(
    house: House, sink: Sink, boundary: str
) -> None:
    expected = post_messages(house)
    wait_for_death(start_worker(house, sink, boundary))
    finish(house)
    check(house, sink, expected, unsure=0)
    assert set(sink.count_by_message_id().values()) == {1}


@pytest.mark.parametrize("boundary", UNSURE)
def test_killed_where_the_provider_was_being_called_nothing_is_lost_and_no_survey_doubled(
    house: House, sink: Sink, boundary: str
) -> None:
    expected = post_messages(house)
    wait_for_death(start_worker(house, sink, boundary))
    finish(house)
    check(house, sink, expected, unsure=GROUP)
    attempts = house.session.scalar(
        select(func.count())
        .select_from(DeliveryAttempt)
        .where(DeliveryAttempt.outcome == AttemptOutcome.UNKNOWN)
    )
    assert attempts
    assert attempts <= GROUP


def test_killed_from_outside_while_the_server_keeps_silent_after_data(house: House, sink: Sink) -> None:
    expected = post_messages(house)
    sink.hang_at = 5
    worker = start_worker(house, sink)
    assert sink.has_read.wait(timeout=30)
    os.kill(worker.pid, signal.SIGKILL)
    wait_for_death(worker)
    finish(house)
    check(house, sink, expected, unsure=GROUP)


def test_two_workers_send_each_message_once_and_keep_the_cap(house: House, sink: Sink) -> None:
    make_chain(house.session)
    drafts = []
    for number in range(60):
        customer = make_customer(
            house.session, f"C{number}", "Martin", mail=f"c{number}@client.example", phone=None
        )
        drafts += [
            make_draft(house.session, f"{part}:{number}", purpose=Purpose.SURVEY, customer_id=customer.id)
            for part in "ab"
        ]
    drafts += [make_draft(house.session, f"s:{n}", recipient=f"s{n}@client.example") for n in range(300)]
    outbox.post_many(drafts[::-1], now=TUESDAY)
    house.commit()
    workers = [start_worker(house, sink) for _ in range(2)]
    assert [worker.wait(timeout=60) for worker in workers] == [0, 0]
    assert set(sink.count_by_message_id().values()) == {1}
    states = Counter(states_by_message_id(house).values())
    assert states == {MessageState.ACCEPTED: 360, MessageState.WAITING: 60}
    receivers = Counter(each.recipients for each in sink.taken if each.recipients[0].startswith("c"))
    assert set(receivers.values()) == {1}


def test_redis_wiped_in_the_middle_loses_nothing(house: House, sink: Sink) -> None:
    expected = post_messages(house)
    queue = Queue("default", connection=house.redis, serializer=JSONSerializer)
    assert queue.job_ids
    house.redis.flushdb()
    assert not queue.job_ids
    stop_at = time.monotonic() + 30
    while jobs.sweep() and time.monotonic() < stop_at:
        house.redis.flushdb()
        jobs.sweep()
        worker = SimpleWorker(
            [
                Queue(name, connection=house.redis, serializer=JSONSerializer)
                for name in ("urgent", "default", "bulk")
            ],
            connection=house.redis,
            serializer=JSONSerializer,
        )
        worker.work(burst=True, logging_level="CRITICAL")
    check(house, sink, expected, unsure=0)
    assert set(sink.count_by_message_id().values()) == {1}
