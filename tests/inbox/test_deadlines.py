"""Targets, due times, loop caps, states."""

from datetime import UTC, datetime, time, timedelta

import pytest

from hub.core.words import Channel
from hub.inbox.deadlines import default_target, make_deadline, may_send_automatic
from hub.inbox.states import may_become, next_on_customer_message, next_on_reply
from hub.inbox.words import Priority, TicketState, WaitKind
from hub.stores.rules import Hours, Range

WEEK = {day: (Range(time(10), time(12, 30)), Range(time(14), time(19))) for day in range(6)}
LYON = Hours("Europe/Paris", "FR", WEEK)
TUESDAY = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("channel", "seconds"),
    [
        (Channel.CHAT, 120),
        (Channel.PHONE, 1800),
        (Channel.SOCIAL, 3600),
        (Channel.SMS, 3600),
        (Channel.WHATSAPP, 3600),
        (Channel.SURVEY, 7200),
        (Channel.EMAIL, 14400),
        (Channel.FORM, 14400),
    ],
)
def test_the_targets_are_those_of_the_specification(channel: Channel, seconds: int) -> None:
    target = default_target(channel, Priority.NORMAL)
    assert target.seconds(WaitKind.FIRST) == target.seconds(WaitKind.NEXT) == seconds


def test_a_reply_is_due_in_opening_hours_and_warned_of_before() -> None:
    deadline = make_deadline(LYON, TUESDAY, 4 * 3600)
    assert deadline.due_at == datetime(2026, 3, 3, 14, 30, tzinfo=UTC)
    assert deadline.warn_at == datetime(2026, 3, 3, 13, 30, tzinfo=UTC)


def test_no_hours_known_gives_no_deadline() -> None:
    assert make_deadline(None, TUESDAY, 60).due_at is None
    assert make_deadline(Hours("Europe/Paris", "FR"), TUESDAY, 60).due_at is None


@pytest.mark.parametrize(("minutes", "count"), [(10, 10), (30, 15), (60, 25), (180, 50), (600, 100)])
def test_the_loop_caps_of_the_specification(minutes: int, count: int) -> None:
    step = timedelta(minutes=minutes) / count
    sent = [TUESDAY - step * place for place in range(count)]
    assert not may_send_automatic(sent, TUESDAY)
    assert may_send_automatic([TUESDAY - timedelta(minutes=600)] * 200, TUESDAY)


def test_ten_thousand_tries_end_within_the_caps() -> None:
    sent: list[datetime] = []
    for second in range(10_000):
        now = TUESDAY + timedelta(seconds=second * 3)
        if may_send_automatic(sent[-100:], now):
            sent.append(now)
    assert len(sent) <= 100


def test_states() -> None:
    assert next_on_customer_message(TicketState.NEW) is TicketState.NEW
    assert next_on_customer_message(TicketState.PENDING) is TicketState.OPEN
    assert next_on_customer_message(TicketState.SOLVED) is TicketState.OPEN
    assert next_on_customer_message(TicketState.CLOSED) is None
    assert next_on_reply(TicketState.SOLVED) is TicketState.SOLVED
    assert not any(may_become(TicketState.CLOSED, state) for state in TicketState)
