"""One message that cannot be judged is blocked with a reason; its queue goes on, within the caps."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.words import Purpose
from hub.outbox.judging import judge_each
from hub.outbox.letter import COLUMNS, load_letters
from hub.outbox.models import OutboundMessage
from hub.outbox.rules import Answer
from hub.outbox.words import BlockReason, MessageState
from tests.conftest import TUESDAY, HandClock
from tests.makers.customers import make_customer
from tests.makers.outbox import give_consent, post_draft
from tests.makers.sink import Sink

Send = Callable[[], None]
POISON = {"purchase_since": "the day before yesterday"}


def test_a_poisoned_message_is_blocked_and_the_others_leave(session: Session, send: Send, sink: Sink) -> None:
    customer = make_customer(session)
    first = post_draft(session, "a", customer_id=customer.id)
    bad = post_draft(session, "b", customer_id=customer.id, stop_if=POISON)
    last = post_draft(session, "c", customer_id=customer.id)
    send()
    assert (bad.state, bad.reason) == (MessageState.BLOCKED, BlockReason.CONTENT)
    assert bad.reason_detail == "cannot be judged: ValueError"
    assert [row.state for row in (first, last)] == [MessageState.ACCEPTED] * 2
    assert len(sink.taken) == 2


def test_the_cap_holds_beside_a_poisoned_message(session: Session, send: Send, sink: Sink) -> None:
    customer = make_customer(session)
    give_consent("dora@client.example")
    rows = [
        post_draft(
            session,
            f"p:{number}",
            purpose=Purpose.PROMOTION,
            customer_id=customer.id,
            stop_if=POISON if number == 1 else None,
        )
        for number in range(5)
    ]
    send()
    assert [row.state for row in rows].count(MessageState.ACCEPTED) == 2, "the cap of 2 in 7 days"
    assert rows[1].state is MessageState.BLOCKED


@pytest.mark.usefixtures("sink", "send")
def test_what_is_poisoned_after_it_was_claimed_is_not_sent(session: Session, hand_clock: HandClock) -> None:
    """The last look, right before the call, is as safe as the first."""
    bad = post_draft(session, "b", customer_id=make_customer(session).id, stop_if=POISON)
    letters = load_letters(select(*COLUMNS).where(OutboundMessage.id == bad.id))
    hand_clock.now = TUESDAY + timedelta(minutes=2)
    found = judge_each(letters, now=clock.business_now(), is_last_look=True)
    assert (found[bad.id].answer, found[bad.id].reason) == (Answer.NEVER, BlockReason.CONTENT)
