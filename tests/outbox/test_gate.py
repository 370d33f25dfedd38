"""The gate on real rows: the order of its tests, what a cap counts, priorities, and the look right before the call."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from hub.core.words import Channel, Purpose
from hub.outbox import actions as outbox
from hub.outbox import leases, sending, wires
from hub.outbox.places import HOME
from hub.outbox.rules import Answer, Cap, ContactFacts, MessageFacts, Policy, decide
from hub.outbox.words import BlockReason, MessageState, SendQueue
from tests.conftest import TUESDAY, HandClock
from tests.makers.customers import make_customer
from tests.makers.outbox import give_consent, make_draft, post_draft
from tests.makers.sink import Sink

Send = Callable[[], None]
SUNDAY_NIGHT = TUESDAY.replace(day=8, hour=22)
MAIL = Channel.EMAIL, Purpose.PROMOTION

# Each fault alone stops a promotion; in the order of the specification.
NEVERS = [
    ({"is_deliverable": False}, {}, BlockReason.INVALID_ADDRESS),
    ({}, {"is_suppressed": True}, BlockReason.SUPPRESSED),
    ({}, {"has_consent": False}, BlockReason.NO_CONSENT),
    ({"expires_at": TUESDAY}, {}, BlockReason.EXPIRED),
]
LATERS = [
    ({"hold_reason": "grievance"}, BlockReason.HOLD),
    ({"pause_until": SUNDAY_NIGHT + timedelta(days=9)}, BlockReason.OWN_FREQUENCY),
    ({"counted_at": (SUNDAY_NIGHT, SUNDAY_NIGHT)}, BlockReason.CAP),
    ({}, BlockReason.QUIET_HOURS),
]


def promotion(**fields: object) -> MessageFacts:
    known = {"recipient": "dora@client.example", "consent_purpose": Purpose.PROMOTION}
    return MessageFacts(*MAIL, **{**known, **fields})  # type: ignore[arg-type]


def contact(**fields: object) -> ContactFacts:
    return ContactFacts(**{"has_consent": True, "place": HOME, **fields})  # type: ignore[arg-type]


@pytest.mark.parametrize("first", range(len(NEVERS)))
def test_of_several_nevers_the_first_in_the_order_is_told(first: int) -> None:
    """With every fault from the n-th on, the n-th is the reason, whatever would make it wait."""
    message: dict[str, object] = {}
    person: dict[str, object] = {"hold_reason": "grievance", "counted_at": (TUESDAY, TUESDAY)}
    for of_message, of_person, _ in NEVERS[first:]:
        message |= of_message
        person |= of_person
    found = decide(promotion(**message), contact(**person), Policy(blocked_store_ids=frozenset()), TUESDAY)
    assert (found.answer, found.reason) == (Answer.NEVER, NEVERS[first][2])


@pytest.mark.parametrize(("fields", "reason"), LATERS)
def test_each_later_says_its_reason(fields: dict[str, object], reason: BlockReason) -> None:
    found = decide(promotion(), contact(**fields), Policy(), SUNDAY_NIGHT)
    assert (found.answer, found.reason) == (Answer.LATER, reason)
    assert found.at is not None


def test_the_latest_of_all_waits_is_the_one() -> None:
    every = contact(
        hold_reason="grievance",
        counted_at=(SUNDAY_NIGHT - timedelta(days=1), SUNDAY_NIGHT),
        pause_until=SUNDAY_NIGHT + timedelta(days=20),
    )
    found = decide(promotion(store_id=1), every, Policy(blocked_store_ids=frozenset({1})), SUNDAY_NIGHT)
    assert (found.reason, found.at) == (BlockReason.OWN_FREQUENCY, SUNDAY_NIGHT + timedelta(days=20))


def test_a_reply_passes_the_address_and_the_sender_only() -> None:
    everything = contact(
        has_consent=False,
        has_refused=True,
        hold_reason="grievance",
        counted_at=[SUNDAY_NIGHT] * 9,
        pause_until=SUNDAY_NIGHT + timedelta(days=9),
    )
    reply = replace(
        promotion(), purpose=Purpose.REPLY, consent_purpose=Purpose.REPLY, expires_at=SUNDAY_NIGHT, store_id=1
    )
    assert decide(reply, everything, Policy(), SUNDAY_NIGHT).answer is Answer.NOW
    assert decide(reply, contact(is_suppressed=True), Policy(), SUNDAY_NIGHT).answer is Answer.NEVER
    blocked = Policy(blocked_store_ids=frozenset({1}))
    assert decide(reply, everything, blocked, SUNDAY_NIGHT).reason is BlockReason.STORE_BLOCKED
    staff = replace(reply, purpose=Purpose.STAFF, store_id=None)
    assert decide(staff, everything, Policy(), SUNDAY_NIGHT).reason is BlockReason.EXPIRED
    assert decide(replace(staff, expires_at=None), everything, Policy(), SUNDAY_NIGHT).answer is Answer.NOW


def test_the_caps_of_the_specification() -> None:
    caps = Policy().caps
    assert caps[Channel.SMS, Purpose.PROMOTION] == Cap(2, 30)
    assert caps[Channel.EMAIL, Purpose.PROMOTION] == Cap(2, 7)
    assert caps[Channel.EMAIL, Purpose.SURVEY] == Cap(1, 30)
    assert (Channel.EMAIL, Purpose.NEWSLETTER) in caps
    for free in (Purpose.SERVICE, Purpose.TRANSACTIONAL, Purpose.REPLY, Purpose.STAFF):
        assert not [kind for kind in caps if kind[1] is free]


def test_a_newsletter_does_not_fill_the_cap_of_promotions(session: Session, send: Send, sink: Sink) -> None:
    dora = make_customer(session)
    for purpose in (Purpose.PROMOTION, Purpose.NEWSLETTER):
        give_consent("dora@client.example", purpose)
    rows = [
        post_draft(session, f"{purpose}:{n}", purpose=purpose, customer_id=dora.id)
        for purpose in (Purpose.NEWSLETTER, Purpose.PROMOTION, Purpose.SERVICE)
        for n in range(3)
    ]
    send()
    states = [row.state for row in rows]
    assert states[:6] == [*[MessageState.ACCEPTED] * 2, MessageState.WAITING] * 2
    assert states[6:] == [MessageState.ACCEPTED] * 3  # service has no cap


def test_a_cap_counts_what_waits_to_be_tried_again(session: Session, send: Send, sink: Sink) -> None:
    dora = make_customer(session)
    sink.answer = "451 4.3.0 try again later"
    first = post_draft(session, "first", purpose=Purpose.SURVEY, customer_id=dora.id)
    send()
    assert (first.state, first.attempt_count) == (MessageState.WAITING, 1)
    sink.answer = None
    second = post_draft(session, "second", purpose=Purpose.SURVEY, customer_id=dora.id)
    send()
    assert (second.state, second.reason) == (MessageState.WAITING, BlockReason.CAP)
    first.next_attempt_at = None
    session.flush()
    send()
    assert first.state is MessageState.ACCEPTED  # it is not in its own way


def _block(session: Session, customer_id: int, send: Send, sink: Sink) -> None:
    post_draft(session, "blocked", purpose=Purpose.SURVEY, customer_id=customer_id, values={})
    send()


def _cancel(session: Session, customer_id: int, send: Send, sink: Sink) -> None:
    row = post_draft(session, "cancelled", purpose=Purpose.SURVEY, customer_id=customer_id)
    leases.claim(SendQueue.DEFAULT, wires.channels_set_up(), lambda: None)
    assert outbox.cancel(row.id, now=TUESDAY)


def _expire(session: Session, customer_id: int, send: Send, sink: Sink) -> None:
    row = post_draft(session, "e", purpose=Purpose.SURVEY, customer_id=customer_id)
    row.expires_at = TUESDAY
    session.flush()
    send()


def _refuse(session: Session, customer_id: int, send: Send, sink: Sink) -> None:
    sink.answer = "554 5.6.0 message looks like spam"
    post_draft(session, "refused", purpose=Purpose.SURVEY, customer_id=customer_id)
    send()
    sink.answer = None


@pytest.mark.parametrize("end", [_block, _cancel, _expire, _refuse])
def test_a_cap_never_counts_what_was_not_sent(
    session: Session, send: Send, sink: Sink, end: Callable[..., None]
) -> None:
    dora = make_customer(session)
    end(session, dora.id, send, sink)
    assert not sink.taken
    row = post_draft(session, "next", purpose=Purpose.SURVEY, customer_id=dora.id)
    send()
    assert row.state is MessageState.ACCEPTED


def test_the_plan_that_comes_first_gets_the_last_place_even_from_another_batch(
    session: Session, send: Send, sink: Sink, monkeypatch: pytest.MonkeyPatch, hand_clock: HandClock
) -> None:
    monkeypatch.setattr(leases, "BATCH", 1)  # each is claimed by itself, the weaker one first
    dora = make_customer(session)
    weak = post_draft(session, "weak", purpose=Purpose.SURVEY, customer_id=dora.id, priority=50)
    strong = post_draft(session, "strong", purpose=Purpose.SURVEY, customer_id=dora.id, priority=10)
    send()
    assert strong.state is MessageState.ACCEPTED
    assert (weak.state, weak.reason, weak.reason_detail) == (
        MessageState.WAITING,
        BlockReason.CAP,
        "priority",
    )
    hand_clock.now = weak.due_at
    send()
    assert (weak.reason_detail, weak.due_at) == (None, TUESDAY + timedelta(days=30))


def test_the_weaker_one_leaves_when_the_stronger_one_is_blocked(
    session: Session, send: Send, sink: Sink, monkeypatch: pytest.MonkeyPatch, hand_clock: HandClock
) -> None:
    monkeypatch.setattr(leases, "BATCH", 1)
    dora = make_customer(session)
    weak = post_draft(session, "weak", purpose=Purpose.SURVEY, customer_id=dora.id, priority=50)
    post_draft(session, "strong", purpose=Purpose.SURVEY, customer_id=dora.id, priority=10, values={})
    send()
    assert weak.state is MessageState.WAITING
    hand_clock.now = weak.due_at
    send()
    assert weak.state is MessageState.ACCEPTED


def claim() -> leases.Claim:
    return leases.claim(SendQueue.DEFAULT, wires.channels_set_up(), lambda: None)


def mark(held: leases.Claim) -> sending.Pairs:
    return sending._mark(held.letters, sending._Desk.open(held.letters).take(held.letters), held)


def test_quiet_hours_that_begin_between_claim_and_call_keep_the_message(
    session: Session, send: Send, sink: Sink, hand_clock: HandClock
) -> None:
    hand_clock.now = TUESDAY.replace(hour=19, minute=59, second=59)  # 20:59:59 in Paris
    row = post_draft(session, customer_id=make_customer(session).id)
    held = claim()
    assert [letter.id for letter in held.letters] == [row.id]
    hand_clock.move(seconds=1)
    assert mark(held) == []
    session.refresh(row)
    assert (row.state, row.reason, row.counted_at) == (MessageState.WAITING, BlockReason.QUIET_HOURS, None)
    assert row.due_at == (TUESDAY + timedelta(days=1)).replace(hour=6)


def test_an_expiry_between_claim_and_call_drops_it(
    session: Session, send: Send, sink: Sink, hand_clock: HandClock
) -> None:
    row = post_draft(
        session, customer_id=make_customer(session).id, expires_at=TUESDAY + timedelta(seconds=2)
    )
    held = claim()
    hand_clock.move(seconds=2)
    assert mark(held) == []
    session.refresh(row)
    assert row.state is MessageState.EXPIRED


def test_a_hold_or_a_pause_of_the_channel_between_claim_and_call_keeps_it(
    session: Session, send: Send, sink: Sink
) -> None:
    dora = make_customer(session)
    row = post_draft(session, purpose=Purpose.SURVEY, customer_id=dora.id)
    fresh = claim()
    held = replace(fresh, looked_at=fresh.looked_at - timedelta(seconds=leases.LOOK_SECONDS))
    outbox.put_hold(
        customer_id=dora.id,
        purpose=Purpose.SURVEY,
        reason="grievance",
        source_kind="ticket",
        source_id=1,
        now=TUESDAY,
    )
    assert mark(held) == []
    session.refresh(row)
    assert row.reason is BlockReason.HOLD


def test_a_landline_gets_no_sms_and_staff_read_why(session: Session, send: Send, sink: Sink) -> None:
    from sqlalchemy import select

    from hub.outbox.gathering import judge
    from hub.outbox.letter import COLUMNS, load_letters
    from hub.outbox.models import OutboundMessage

    outbox.post_many(
        [
            make_draft(session, "land", channel=Channel.SMS, recipient="+33472000000"),
            make_draft(session, "mobile", channel=Channel.SMS, recipient="+33612345678"),
        ],
        now=TUESDAY,
    )
    letters = load_letters(select(*COLUMNS).order_by(OutboundMessage.id))
    land, mobile = (judge(letters, now=TUESDAY)[letter.id] for letter in letters)
    assert (land.reason, land.detail) == (BlockReason.INVALID_ADDRESS, "not_mobile")
    assert mobile.answer is Answer.NOW


def test_a_cap_counts_by_address_where_no_customer_is_known(session: Session, send: Send, sink: Sink) -> None:
    """The same two in seven days, in one batch and later, and of that address only."""
    for address in ("dora@client.example", "eva@client.example"):
        give_consent(address)
    rows = [
        post_draft(session, f"n:{number}", purpose=Purpose.PROMOTION, recipient="dora@client.example")
        for number in range(3)
    ]
    other = post_draft(session, "n:eva", purpose=Purpose.PROMOTION, recipient="eva@client.example")
    send()
    later = post_draft(session, "n:later", purpose=Purpose.PROMOTION, recipient="Dora@client.example")
    send()
    assert [row.state for row in (*rows, other)].count(MessageState.ACCEPTED) == 3
    assert other.state is MessageState.ACCEPTED
    waits = [row for row in (*rows, later) if row.state is MessageState.WAITING]
    assert [row.reason for row in waits] == [BlockReason.CAP] * 2
