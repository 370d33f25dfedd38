"""The circuit of a channel: one alarm, one message that tries, and open again when it is taken. No customer suffers."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub import jobs
from hub.channels.registry import ChannelSettings
from hub.core import clock
from hub.core.facts import FactRow
from hub.core.words import Channel, Purpose
from hub.customers import queries as customers
from hub.outbox import circuits, leases, queries, wires
from hub.outbox.models import OutboundMessage, SenderPause
from hub.outbox.words import BlockReason, MessageState, SendQueue
from hub.staff.words import Role
from tests.conftest import TUESDAY, HandClock
from tests.makers.outbox import post_draft
from tests.makers.sink import Sink
from tests.makers.staff import make_agent

Send = Callable[[], None]
OUR_FAULT = "550 5.7.1 our reputation is too low: sender address rejected by policy, SPF fail"
MINUTES = 15


def post_many(session: Session, count: int = 12) -> list[OutboundMessage]:
    return [post_draft(session, f"d:{n}", recipient=f"c{n}@client.example") for n in range(count)]


def count_accepted(rows: list[OutboundMessage]) -> int:
    return sum(row.state is MessageState.ACCEPTED for row in rows)


def count_alarms(session: Session) -> int:
    return session.scalar(select(func.count()).where(FactRow.kind == "SenderPaused")) or 0


def test_after_the_pause_one_message_tries_and_a_fault_pauses_again_without_another_alarm(
    session: Session, send: Send, sink: Sink, hand_clock: HandClock
) -> None:
    sink.answer = OUR_FAULT
    rows = post_many(session)
    send()
    assert (sink.data_count, count_alarms(session)) == (1, 1)
    for attempt in (2, 3, 4):
        hand_clock.move(minutes=MINUTES)
        send()
        assert sink.data_count == attempt  # one message tried, eleven waited
    assert count_alarms(session) == 1
    assert len(queries.list_pauses(now=hand_clock.now)) == 1
    assert not customers.get_suppressed([row.recipient or "" for row in rows])
    sink.answer = None
    hand_clock.move(minutes=MINUTES)
    send()
    assert count_accepted(rows) == len(rows)
    assert session.scalar(select(func.count()).where(SenderPause.ended_at.is_(None))) == 0
    sink.answer = OUR_FAULT
    post_draft(session, "later", recipient="z@client.example")
    send()
    assert count_alarms(session) == 2  # another fault, another alarm


def test_of_two_workers_one_tries_and_the_other_goes_around(
    session: Session, send: Send, sink: Sink, hand_clock: HandClock
) -> None:
    sink.answer = OUR_FAULT
    rows = post_many(session)
    send()
    hand_clock.move(minutes=MINUTES)
    channels = wires.channels_set_up()
    first = leases.claim(SendQueue.DEFAULT, channels, lambda: None)
    second = leases.claim(SendQueue.DEFAULT, channels, lambda: None)
    assert (first.probed, len(first.letters)) == (Channel.EMAIL, 1)
    assert (second.probed, second.seen_count) == (None, 0)
    leases.release(first)
    circuits.end_probe(Channel.EMAIL)
    sink.answer = None
    send()
    assert count_accepted(rows) == len(rows)


def test_a_worker_that_dies_while_it_tries_blocks_nobody_for_long(
    session: Session, send: Send, sink: Sink, hand_clock: HandClock
) -> None:
    sink.answer = OUR_FAULT
    rows = post_many(session)
    send()
    sink.answer = None
    hand_clock.move(minutes=MINUTES)
    leases.claim(SendQueue.DEFAULT, wires.channels_set_up(), lambda: None)  # and dies
    send()
    assert count_accepted(rows) == 0
    past = clock.machine_now() - timedelta(seconds=1)
    [pause] = session.scalars(select(SenderPause).where(SenderPause.ended_at.is_(None)))
    pause.probe_until = past
    for row in rows:
        row.lease_until = past if row.lease_until else None
    session.flush()
    send()
    assert count_accepted(rows) == len(rows)


def test_a_receiver_that_does_not_exist_shows_that_the_provider_works(
    session: Session, send: Send, sink: Sink, hand_clock: HandClock
) -> None:
    sink.answer = OUR_FAULT
    rows = post_many(session)
    send()
    sink.answer = None
    hand_clock.move(minutes=MINUTES)
    for row in rows:
        row.due_at = hand_clock.now
    sink.refusals = {row.recipient or "": "550 5.1.1 no such user here" for row in rows[:1]}
    session.flush()
    send()
    assert rows[0].state is MessageState.BOUNCED
    assert count_accepted(rows) == len(rows) - 1


def test_a_message_that_is_blocked_tells_nothing_and_the_next_one_tries(
    session: Session, send: Send, sink: Sink, hand_clock: HandClock
) -> None:
    sink.answer = OUR_FAULT
    rows = post_many(session, 3)
    send()
    hand_clock.move(minutes=MINUTES)
    sink.answer = None
    rows[0].expires_at = hand_clock.now
    session.flush()
    send()
    assert [row.state for row in rows] == [MessageState.EXPIRED, *[MessageState.ACCEPTED] * 2]


@pytest.mark.parametrize(
    "answer", ["535 5.7.8 authentication failed", "554 5.7.1 no reverse DNS for your address"]
)
def test_replies_wait_too_and_say_so(session: Session, send: Send, sink: Sink, answer: str) -> None:
    sink.answer = answer
    post_draft(session, "one", recipient="a@client.example")
    send()
    reply = post_draft(session, "two", purpose=Purpose.REPLY, recipient="b@client.example")
    send()
    assert (reply.state, reply.reason) == (MessageState.WAITING, BlockReason.SENDER_PAUSED)


def test_the_administrators_are_told_by_mail_once_it_works_again(
    session: Session, send: Send, sink: Sink, hand_clock: HandClock, app: Flask
) -> None:
    from hub.content.actions import publish_builtin_templates

    publish_builtin_templates(now=TUESDAY)
    make_agent(session, name="Ada", email="ada@verel.example", role=Role.ADMINISTRATOR)
    sink.answer = OUR_FAULT
    post_draft(session, recipient="a@client.example")
    send()
    jobs.drain("facts")
    sink.answer = None
    hand_clock.move(minutes=MINUTES)
    send()
    [alarm] = [each for each in sink.taken if each.recipients == ("ada@verel.example",)]
    assert "reputation" in alarm.text
    assert "/settings/operations" in alarm.text


def test_a_server_without_a_route_pauses_one_five_and_fifteen_minutes(
    session: Session, send: Send, sink: Sink, hand_clock: HandClock
) -> None:
    away = type(sink.settings)(host="127.0.0.1", port=1, timeout_seconds=1)
    wires.use_transports(ChannelSettings(smtp=away))
    row = post_draft(session, recipient="a@client.example")
    waits = []
    for _ in range(4):
        send()
        [pause] = queries.list_pauses(now=hand_clock.now)
        waits.append((pause.resumes_at - pause.paused_at) / timedelta(minutes=1))
        hand_clock.now = pause.resumes_at
    assert waits == [1, 5, 15, 15]
    assert (row.state, row.attempt_count, count_alarms(session)) == (MessageState.WAITING, 0, 1)
