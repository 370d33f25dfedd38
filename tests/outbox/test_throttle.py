"""The throttle of receiving domains: what exceeds it waits, the rest of the batch goes on, a reply never waits."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.actor import SYSTEM
from hub.core.words import Purpose
from hub.outbox import actions as outbox
from hub.outbox import sending
from hub.outbox.models import DomainThrottle, OutboundMessage
from hub.outbox.throttling import Limit, read_throttle
from hub.outbox.words import MessageState, SendQueue
from hub.stores.actions import change_setting
from tests.conftest import TUESDAY
from tests.makers.customers import make_customer
from tests.makers.outbox import make_draft, post_draft
from tests.makers.sink import Sink

Send = Callable[[], None]
START = datetime(2026, 3, 3, tzinfo=UTC)


def set_throttle(value: dict[str, int | None]) -> None:
    change_setting("throttle", value, by=SYSTEM, now=TUESDAY)


def post(session: Session, domain: str, count: int, **fields: object) -> list[OutboundMessage]:
    posted = outbox.post_many(
        [
            make_draft(session, f"{domain}:{n}:{fields}", recipient=f"c{n}@{domain}", **fields)
            for n in range(count)
        ],
        now=TUESDAY,
    )
    return [session.get_one(OutboundMessage, each.message_id_row) for each in posted]


def states(rows: list[OutboundMessage]) -> list[MessageState]:
    return [row.state for row in rows]


def let_time_pass(session: Session, **duration: float) -> None:
    """Machine time, as the buckets and the waits see it."""
    past = timedelta(**duration)
    session.execute(update(DomainThrottle).values(filled_at=DomainThrottle.filled_at - past))
    waits = OutboundMessage.next_attempt_at
    session.execute(update(OutboundMessage).where(waits.is_not(None)).values(next_attempt_at=waits - past))
    session.expire_all()


def test_what_exceeds_a_domain_waits_and_the_others_go_on(session: Session, send: Send, sink: Sink) -> None:
    set_throttle({"laposte.example": 180, "*": None})
    slow, free = post(session, "LaPoste.example", 8), post(session, "client.example", 30)
    send()
    assert states(free) == [MessageState.ACCEPTED] * 30
    assert states(slow) == [MessageState.ACCEPTED] * 3 + [MessageState.WAITING] * 5
    assert {row.reason_detail for row in slow[3:]} == {"throttle"}
    assert all(row.next_attempt_at and row.next_attempt_at > clock.machine_now() for row in slow[3:])
    assert not sending.has_due(SendQueue.DEFAULT)
    let_time_pass(session, seconds=62)
    send()
    assert states(slow) == [MessageState.ACCEPTED] * 6 + [MessageState.WAITING] * 2
    let_time_pass(session, seconds=62)
    send()
    assert set(states(slow)) == {MessageState.ACCEPTED}
    assert {row.attempt_count for row in slow} == {1}


def test_one_limit_for_every_domain_that_is_not_named(session: Session, send: Send, sink: Sink) -> None:
    set_throttle({"*": 60, "partner.example": None})
    rows = {domain: post(session, domain, 3) for domain in ("a.example", "b.example", "partner.example")}
    send()
    counts = {domain: states(some).count(MessageState.ACCEPTED) for domain, some in rows.items()}
    assert counts == {"a.example": 1, "b.example": 1, "partner.example": 3}


def test_without_the_setting_nothing_is_throttled(session: Session, send: Send, sink: Sink) -> None:
    rows = post(session, "laposte.example", 50)
    send()
    assert set(states(rows)) == {MessageState.ACCEPTED}
    assert session.scalar(select(DomainThrottle.domain).limit(1)) is None


def test_a_reply_is_counted_and_never_waits(session: Session, send: Send, sink: Sink) -> None:
    set_throttle({"laposte.example": 60})
    post(session, "laposte.example", 4)
    send()
    reply = post_draft(session, "reply", purpose=Purpose.REPLY, recipient="c1@laposte.example")
    send()
    assert reply.state is MessageState.ACCEPTED
    [tokens] = session.scalars(select(DomainThrottle.tokens))
    assert tokens < 0  # the next automatic mail waits for it


def test_a_message_that_waits_keeps_its_place_under_the_cap(session: Session, send: Send, sink: Sink) -> None:
    set_throttle({"client.example": 60})
    dora = make_customer(session)
    post_draft(session, "someone", recipient="x@client.example")
    first = post_draft(session, "one", purpose=Purpose.SURVEY, customer_id=dora.id)
    send()
    assert first.state is MessageState.WAITING
    let_time_pass(session, seconds=3600)
    second = post_draft(session, "two", purpose=Purpose.SURVEY, customer_id=dora.id, priority=1)
    send()
    assert (first.state, second.state) == (MessageState.ACCEPTED, MessageState.WAITING)


@given(st.integers(1, 5000), st.lists(st.tuples(st.floats(0, 900), st.integers(1, 400)), max_size=30))
def test_property_no_hour_ever_takes_more_than_its_limit(
    hourly: int, wishes: list[tuple[float, int]]
) -> None:
    limit = Limit(hourly)
    tokens, at, taken = float(limit.size), START, []
    for seconds, wanted in wishes:
        now = at + timedelta(seconds=seconds)
        tokens, at = limit.tokens_at(tokens, at, now), now
        count = min(wanted, int(tokens))
        tokens -= count
        taken += [at] * count
    for start in taken:
        assert len([each for each in taken if start <= each < start + timedelta(hours=1)]) <= hourly


def test_settings_are_read_in_any_case() -> None:
    throttle = read_throttle({"throttle": {" LaPoste.net ": 600, "*": 10, "free.fr": None}})
    assert throttle.limit_of("laposte.net") == Limit(600)
    assert throttle.limit_of("sfr.fr") == Limit(10)
    assert throttle.limit_of("free.fr") is None
    assert not read_throttle({}).is_set
