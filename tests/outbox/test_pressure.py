"""The figures of the pressure page and the list of what was not sent, on a small chain worked out by hand."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.core.actor import SYSTEM
from hub.core.audit import AuditEntry
from hub.core.errors import Conflict, Invalid
from hub.core.words import Channel, Purpose
from hub.outbox import blocked, policy, settling
from hub.outbox.blocked import NotSent
from hub.outbox.models import OutboundMessage
from hub.outbox.pressure import Asked, Pressure, get_pressure
from hub.outbox.quiet_hours import DayHours
from hub.outbox.rules import DEFAULT_CAPS, Cap
from hub.outbox.words import BlockReason, MessageState
from hub.stores.queries import get_chain
from tests.conftest import TUESDAY
from tests.makers.customers import make_customer, make_emil, make_fay
from tests.makers.outbox import post_draft
from tests.makers.stores import make_chain, make_store

NO_CAP_NAMED = {kind: DEFAULT_CAPS.get(kind) for kind in policy.KINDS}


class Mailer:
    """Puts messages into the state they would be in, some days before Tuesday."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.count = 0

    def __call__(
        self,
        customer_id: int | None,
        state: MessageState = MessageState.ACCEPTED,
        purpose: Purpose = Purpose.PROMOTION,
        *,
        days_ago: float = 1,
        reason: BlockReason | None = None,
        channel: Channel = Channel.EMAIL,
    ) -> OutboundMessage:
        self.count += 1
        at = TUESDAY - timedelta(days=days_ago)
        row = post_draft(
            self.session, f"m:{self.count}", purpose=purpose, customer_id=customer_id, due_at=at, now=at
        )
        row.state, row.reason, row.channel = state, reason, channel
        if state in {MessageState.ACCEPTED, MessageState.DELIVERED, MessageState.BOUNCED}:
            row.accepted_at = row.ended_at = row.counted_at = at
        elif state is MessageState.UNKNOWN:
            row.ended_at = row.counted_at = at
        elif state is not MessageState.WAITING:
            row.ended_at = at
        self.session.flush()
        return row


@pytest.fixture
def mailer(session: Session) -> Mailer:
    make_chain(session)
    return Mailer(session)


@pytest.fixture
def dora(session: Session, mailer: Mailer) -> int:
    """A small chain. Dora: two offers this week, a survey the week before, one offer long ago. Emil: one offer, one
    blocked, one failed. Fay: one offer came back, one waits for the cap, one is simply not due."""
    dora_id = make_customer(session).id
    emil_id, fay_id = make_emil(session).id, make_fay(session).id
    mailer(dora_id, days_ago=1)
    mailer(dora_id, MessageState.DELIVERED, days_ago=2)
    mailer(dora_id, purpose=Purpose.SURVEY, days_ago=8)
    mailer(dora_id, days_ago=29)
    mailer(emil_id, days_ago=3)
    mailer(emil_id, MessageState.BLOCKED, reason=BlockReason.NO_CONSENT)
    mailer(emil_id, MessageState.FAILED)
    mailer(fay_id, MessageState.BOUNCED, days_ago=2)
    mailer(fay_id, MessageState.WAITING, reason=BlockReason.CAP)
    mailer(fay_id, MessageState.WAITING, Purpose.SERVICE, days_ago=-1)
    mailer(None, MessageState.ACCEPTED, Purpose.STAFF)
    return dora_id


def ask(**asked: Any) -> Pressure:
    return get_pressure(Asked(now=TUESDAY, **asked), DEFAULT_CAPS)


def test_only_what_was_taken_counts_as_heard(dora: int) -> None:
    found = ask()
    assert found.weekly_counts == (
        2,
        1,
        0,
        0,
        0,
        0,
        0,
        0,
    )  # Emil's week and Dora's earlier one; Dora's last one
    assert (found.message_count, found.customer_count) == (4, 2)
    assert found.per_week == 0.5  # 4 messages, 2 customers, 4 weeks
    assert [(row.purpose, row.message_count, row.customer_count) for row in found.by_kind] == [
        (Purpose.PROMOTION, 3, 2),
        (Purpose.SURVEY, 1, 1),
    ]


def test_the_period_and_the_filters_narrow_every_figure(dora: int) -> None:
    assert ask(weeks=1).weekly_counts[:2] == (1, 1)
    assert ask(weeks=13).message_count == 5
    surveys = ask(purpose=Purpose.SURVEY)
    assert (surveys.message_count, surveys.customer_count, surveys.not_sent) == (1, 1, {})
    assert (surveys.waiting, surveys.top) == ((), ())
    assert {row.purpose for row in surveys.caps} == {Purpose.SURVEY}
    by_sms = ask(channel=Channel.SMS)
    assert (by_sms.message_count, by_sms.per_week, by_sms.not_sent) == (0, None, {})


def test_a_message_is_in_one_week_only(session: Session, mailer: Mailer) -> None:
    dora = make_customer(session).id
    for days_ago in (0, 7, 7.01, 13.99, 14, 28):
        mailer(dora, days_ago=days_ago)
    assert ask().weekly_counts[:3] == (
        2,
        0,
        1,
    )  # week 0: today; week 1: three; week 2: day 14; day 28 is outside


def test_more_than_eight_a_week_stand_in_the_last_bar(session: Session, mailer: Mailer) -> None:
    dora, emil = make_customer(session).id, make_emil(session).id
    for _ in range(9):
        mailer(dora)
    for _ in range(8):
        mailer(emil)
    assert ask().weekly_counts == (0, 0, 0, 0, 0, 0, 0, 2)


def test_the_cap_is_full_by_what_the_gate_counts(dora: int, mailer: Mailer, session: Session) -> None:
    offers = next(
        row for row in ask().caps if row.purpose is Purpose.PROMOTION and row.channel is Channel.EMAIL
    )
    assert (offers.cap, offers.customer_count, offers.full_count) == (Cap(2, 7), 3, 1)  # Dora is full
    assert offers.share == pytest.approx(1 / 3)
    mailer(make_customer(session, mail="gia@client.example", phone=None).id, MessageState.BLOCKED)
    again = next(
        row for row in ask().caps if row.purpose is Purpose.PROMOTION and row.channel is Channel.EMAIL
    )
    assert again == offers  # what was never sent fills no cap


def test_what_waits_and_what_was_not_sent(dora: int) -> None:
    found = ask()
    assert [(row.purpose, row.why, row.count) for row in found.waiting] == [
        (Purpose.PROMOTION, BlockReason.CAP, 1),
        (Purpose.SERVICE, None, 1),
    ]
    assert [row.count for row in found.top] == [2]
    assert found.not_sent == {"no_consent": 1, "refused": 1}
    assert ask(weeks=1).not_sent == {"no_consent": 1, "refused": 1}


def test_the_list_names_every_message_that_did_not_leave(dora: int) -> None:
    page = blocked.list_not_sent(NotSent())
    assert [(row.state, row.reason) for row in page.rows] == [
        (MessageState.WAITING, BlockReason.CAP),
        (MessageState.FAILED, None),
        (MessageState.BLOCKED, BlockReason.NO_CONSENT),
    ]
    assert [row.state for row in blocked.list_not_sent(NotSent(why="refused")).rows] == [MessageState.FAILED]
    assert [row.reason for row in blocked.list_not_sent(NotSent(why="cap")).rows] == [BlockReason.CAP]
    assert blocked.list_not_sent(NotSent(why="unknown")).rows == []
    assert blocked.list_not_sent(NotSent(channel=Channel.SMS)).rows == []
    assert len(blocked.list_not_sent(NotSent(purpose=Purpose.PROMOTION)).rows) == 3


def test_lists_are_paged_by_key(dora: int) -> None:
    first = blocked.list_not_sent(NotSent(), size=2)
    second = blocked.list_not_sent(NotSent(), first.next_key, size=2)
    assert [len(first.rows), len(second.rows), second.next_key] == [2, 1, None]
    mine = blocked.page_customer_messages(dora, size=3)
    rest = blocked.page_customer_messages(dora, mine.next_key, size=3)
    assert len({row.id for row in (*mine.rows, *rest.rows)}) == 4
    with pytest.raises(Invalid):
        blocked.list_not_sent(NotSent(), mine.next_key)


def test_an_unknown_message_is_sent_again_or_left(session: Session, mailer: Mailer) -> None:
    dora = make_customer(session).id
    again, left = mailer(dora, MessageState.UNKNOWN, Purpose.SERVICE), mailer(dora, MessageState.UNKNOWN)
    counted_at = again.counted_at
    assert [row.id for row in blocked.list_unknown().rows] == [left.id, again.id]
    settling.send_again(again.id, by=SYSTEM, now=TUESDAY)
    settling.leave_unknown(left.id, by=SYSTEM, now=TUESDAY)
    session.expire_all()
    assert (again.state, again.counted_at, again.ended_at) == (MessageState.WAITING, counted_at, None)
    assert (left.state, left.settled_at) == (MessageState.UNKNOWN, TUESDAY)
    assert blocked.count_to_look_at()[0] == 0
    assert [row.id for row in blocked.list_not_sent(NotSent()).rows] == [left.id]
    for act in (settling.send_again, settling.leave_unknown):
        with pytest.raises(Conflict, match="choose another message"):
            act(left.id, by=SYSTEM, now=TUESDAY)
    assert session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all() == [
        "message.sent_again",
        "message.left_unknown",
    ]


@pytest.mark.parametrize("purpose", [Purpose.PROMOTION, Purpose.NEWSLETTER, Purpose.SURVEY])
def test_what_is_sent_at_most_once_is_not_sent_again_by_a_person_either(
    session: Session, mailer: Mailer, purpose: Purpose
) -> None:
    row = mailer(make_customer(session).id, MessageState.UNKNOWN, purpose)
    with pytest.raises(Conflict, match="never sent twice"):
        settling.send_again(row.id, by=SYSTEM, now=TUESDAY)
    session.expire_all()
    assert (row.state, row.settled_at) == (MessageState.UNKNOWN, None)
    settling.leave_unknown(row.id, by=SYSTEM, now=TUESDAY)
    assert blocked.list_unknown().rows == []


def test_queues_tell_their_oldest_due_message(session: Session, mailer: Mailer) -> None:
    dora = make_customer(session).id
    oldest = mailer(dora, MessageState.WAITING, days_ago=2)
    mailer(dora, MessageState.WAITING, days_ago=1)
    mailer(dora, MessageState.WAITING, days_ago=-1)
    found = {row.queue: (row.count, row.oldest_due_at) for row in blocked.list_queues(now=TUESDAY)}
    assert found == {"urgent": (0, None), "default": (0, None), "bulk": (2, oldest.due_at)}


def change(**changes: Any) -> None:
    given: dict[str, Any] = {
        "caps": NO_CAP_NAMED,
        "mail_hours": DayHours(7, 21),
        "sms_hours": DayHours(8, 20),
        "blocked_store_ids": (),
        **changes,
    }
    policy.change_policy(by=SYSTEM, now=TUESDAY, **given)


def test_the_gate_reads_what_was_chosen(session: Session) -> None:
    make_chain(session, settings={"gate": {"throttle": 5}, "other": {"kept": True}})
    store = make_store(session)
    offers, texts = (Channel.EMAIL, Purpose.PROMOTION), (Channel.SMS, Purpose.NEWSLETTER)
    caps = {**NO_CAP_NAMED, offers: Cap(1, 30), texts: Cap(3, 10)}
    change(caps=caps, sms_hours=DayHours(9, 22), blocked_store_ids=[store.id, 10**9])
    found = policy.get_policy()
    assert (found.caps[offers], found.caps[texts]) == (Cap(1, 30), Cap(3, 10))
    assert (found.sms_hours, found.blocked_store_ids) == (DayHours(9, 22), frozenset({store.id}))
    settings = get_chain().settings
    assert (settings["gate"]["throttle"], settings["other"]) == (5, {"kept": True})
    assert session.scalar(select(func.count()).select_from(AuditEntry)) == 1


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("sms_closes", {"sms_hours": DayHours(8, 23)}),
        ("sms_closes", {"sms_hours": DayHours(7, 20)}),
        ("mail_closes", {"mail_hours": DayHours(21, 7)}),
        ("mail_closes", {"mail_hours": DayHours(7, 25)}),
        ("count_email_promotion", {"caps": {(Channel.EMAIL, Purpose.PROMOTION): None}}),
        ("count_email_promotion", {"caps": {(Channel.EMAIL, Purpose.PROMOTION): Cap(101, 7)}}),
        ("count_email_promotion", {"caps": {(Channel.EMAIL, Purpose.PROMOTION): Cap(-1, 7)}}),
        ("days_sms_survey", {"caps": {(Channel.SMS, Purpose.SURVEY): Cap(1, 0)}}),
    ],
)
def test_a_rule_that_cannot_be_is_refused(session: Session, field: str, changes: dict[str, Any]) -> None:
    make_chain(session)
    with pytest.raises(Invalid) as refused:
        change(**changes)
    assert refused.value.field == field
    assert "gate" not in get_chain().settings
