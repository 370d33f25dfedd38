"""Reports that come later: each has its effect once, only forward, and blames the right one."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.core.actor import SYSTEM
from hub.core.facts import FactRow
from hub.core.words import Channel, Purpose
from hub.customers import actions as customer_actions
from hub.customers import queries as customers
from hub.customers.words import SuppressionReason
from hub.outbox import actions as outbox
from hub.outbox import addresses, queries
from hub.outbox.gathering import judge
from hub.outbox.letter import COLUMNS, load_letters
from hub.outbox.models import AddressPause, OutboundMessage
from hub.outbox.words import BlockReason, MessageState, ReceiptKind
from tests.conftest import TUESDAY, HandClock
from tests.makers.customers import make_customer
from tests.makers.outbox import give_consent, post_draft
from tests.makers.sink import Sink

Send = Callable[[], None]
DORA = "dora@client.example"


def report(row: OutboundMessage, kind: ReceiptKind, status: str = "5.1.1") -> int | None:
    return outbox.record_report(
        original_message_id=None,
        return_token=addresses.return_path_of(row.uuid, "hub.example"),
        recipient=row.recipient,
        kind=kind,
        status=status,
        text="",
        now=TUESDAY,
    )


def test_a_hard_bounce_suppresses_once(session: Session, send: Send, sink: Sink) -> None:
    dora = make_customer(session)
    row = post_draft(session, customer_id=dora.id)
    send()
    assert report(row, ReceiptKind.HARD_BOUNCE) == row.id
    assert report(row, ReceiptKind.HARD_BOUNCE) == row.id
    assert row.state is MessageState.BOUNCED
    assert customers.get_suppressed([DORA]) == {DORA}
    bounced = select(func.count()).where(FactRow.kind == "MessageBounced")
    assert session.scalar(bounced) == 1
    report(row, ReceiptKind.DELIVERED, "2.0.0")
    assert row.state is MessageState.BOUNCED


def test_the_quoted_message_id_names_the_message_and_a_foreign_one_names_none(
    session: Session, send: Send, sink: Sink
) -> None:
    row = post_draft(session, recipient=DORA)
    send()
    known = {"recipient": None, "kind": ReceiptKind.DELIVERED, "status": "", "text": "", "now": TUESDAY}
    found = outbox.record_report(original_message_id=row.message_id, return_token=None, **known)
    assert found == row.id
    assert row.state is MessageState.DELIVERED
    assert outbox.record_report(original_message_id="<x@y.example>", return_token=None, **known) is None
    assert outbox.record_report(original_message_id=None, return_token="b+00.aa", **known) is None


def test_a_bounce_that_comes_before_the_outcome_wins(session: Session, send: Send, sink: Sink) -> None:
    row = post_draft(session, recipient=DORA)
    row.state, row.lease_token = MessageState.CALLING, "worker"
    session.flush()
    report(row, ReceiptKind.HARD_BOUNCE)
    assert (row.state, row.lease_token) == (MessageState.BOUNCED, None)


def test_three_of_five_refused_for_now_pause_automatic_mail_but_not_a_reply(
    session: Session, send: Send, sink: Sink, hand_clock: HandClock
) -> None:
    rows = [post_draft(session, f"d:{n}", recipient=DORA) for n in range(3)]
    send()
    for row in rows[:2]:
        report(row, ReceiptKind.SOFT_BOUNCE, "4.2.2")
        report(row, ReceiptKind.SOFT_BOUNCE, "4.2.2")
    assert session.scalar(select(func.count()).select_from(AddressPause)) == 0
    report(rows[2], ReceiptKind.SOFT_BOUNCE, "4.2.2")
    waits = post_draft(session, "next", recipient=DORA)
    reply = post_draft(session, "reply", purpose=Purpose.REPLY, recipient=DORA)
    send()
    assert (waits.state, waits.reason) == (MessageState.WAITING, BlockReason.ADDRESS_PAUSED)
    assert reply.state is MessageState.ACCEPTED
    hand_clock.now = waits.due_at
    send()
    assert waits.state is MessageState.ACCEPTED


def test_a_complaint_stops_advertising_only(session: Session, send: Send, sink: Sink) -> None:
    dora = make_customer(session)
    give_consent(DORA)
    row = post_draft(session, "p1", purpose=Purpose.PROMOTION, customer_id=dora.id)
    send()
    report(row, ReceiptKind.COMPLAINT, "")
    promotion = post_draft(session, "p2", purpose=Purpose.PROMOTION, customer_id=dora.id)
    service = post_draft(session, "s1", customer_id=dora.id)
    send()
    assert promotion.reason is BlockReason.SUPPRESSED
    assert service.state is MessageState.ACCEPTED


def test_reports_about_us_suppress_nobody_and_a_run_of_them_pauses_the_channel(
    session: Session, send: Send, sink: Sink
) -> None:
    rows = [post_draft(session, f"d:{n}", recipient=f"c{n}@client.example") for n in range(3)]
    send()
    for row in rows[:2]:
        report(row, ReceiptKind.SENDER_FAULT, "5.7.1")
    assert not queries.list_pauses(now=TUESDAY)
    report(rows[2], ReceiptKind.CONTENT_FAULT, "5.7.1")
    assert len(queries.list_pauses(now=TUESDAY)) == 1
    assert not customers.get_suppressed([row.recipient or "" for row in rows])
    waiting = post_draft(session, "next", recipient=DORA)
    send()
    assert waiting.reason is BlockReason.SENDER_PAUSED
    outbox.resume_sender(Channel.EMAIL, by=SYSTEM, now=TUESDAY)
    send()
    assert waiting.state is MessageState.ACCEPTED


@pytest.mark.parametrize(
    ("named", "is_ours"),
    [
        (DORA, True),
        ("DORA@Client.example", True),
        ("rfc822; <dora@client.example>", True),
        (None, True),
        ("", True),
        ("dora", True),
        ("other@elsewhere.example", False),
        ("rfc822;other@elsewhere.example", False),
    ],
)
def test_a_mailbox_ours_was_forwarded_to_says_nothing_about_ours(
    session: Session, send: Send, sink: Sink, named: str | None, is_ours: bool
) -> None:
    row = post_draft(session, recipient=DORA)
    send()
    outbox.record_report(
        original_message_id=row.message_id,
        return_token=None,
        recipient=named,
        kind=ReceiptKind.HARD_BOUNCE,
        status="5.1.1",
        text="",
        now=TUESDAY,
    )
    assert row.state is MessageState.BOUNCED
    assert customers.get_suppressed([DORA]) == ({DORA} if is_ours else set())


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("bob@exämple.fr", "bob@xn--exmple-cua.fr"),
        ("bob@xn--exmple-cua.fr", "BOB@EXÄMPLE.FR"),
        ("e\u0301va@client.example", "éva@client.example"),
        ("éva@client.example", "E\u0301VA@client.example"),
        ("dora@client.example", " Dora@Client.Example "),
        ("+33639980001", "06 39 98 00 01"),
    ],
)
def test_another_spelling_of_a_suppressed_address_is_suppressed(
    session: Session, send: Send, sink: Sink, said: str, written: str
) -> None:
    customer_actions.suppress(said, reason=SuppressionReason.HARD_BOUNCE, now=TUESDAY)
    row = post_draft(session, recipient=written)
    old = post_draft(session, "draft:2", recipient=said)
    old.recipient = written  # as rows of before were kept
    session.flush()
    letters = load_letters(select(*COLUMNS))
    assert {each.reason for each in judge(letters, now=TUESDAY).values()} <= {
        BlockReason.SUPPRESSED,
        BlockReason.INVALID_ADDRESS,
    }
    if "@" in written:
        send()
        assert row.reason is BlockReason.SUPPRESSED
    assert not sink.taken
