"""Sending through a real SMTP server: headers, back-off, bounces, circuit breaker, last look, unknown outcomes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from hub.channels.registry import ChannelSettings
from hub.core import clock, signing
from hub.core.facts import FactRow
from hub.core.words import Purpose
from hub.customers import queries as customers
from hub.customers.words import ConsentAction
from hub.orders.words import OrderState
from hub.outbox import actions as outbox
from hub.outbox import addresses, leases, queries, sending, wires
from hub.outbox.models import DeliveryAttempt, OutboundMessage, SenderPause
from hub.outbox.words import AttemptOutcome, BlockReason, MessageState, SendQueue
from tests.conftest import TUESDAY, HandClock
from tests.makers.customers import make_customer
from tests.makers.orders import make_order
from tests.makers.outbox import give_consent, make_draft, post_draft
from tests.makers.sink import Sink
from tests.makers.stores import make_store

Send = Callable[[], None]
ANNE = "anne@client.example"


def mark(held: leases.Claim) -> sending.Pairs:
    """The last look, right before the provider is called."""
    return sending._mark(held.letters, sending._Desk.open(held.letters).take(held.letters), held)


def fact_kinds(session: Session) -> list[str]:
    return list(session.scalars(select(FactRow.kind).order_by(FactRow.id)))


def test_a_survey_leaves_with_every_header_it_needs(session: Session, send: Send, sink: Sink) -> None:
    dora, store = make_customer(session), make_store(session)
    row = post_draft(session, purpose=Purpose.SURVEY, customer_id=dora.id, store_id=store.id)
    send()
    [taken] = sink.taken
    assert taken.mail_from == addresses.return_path_of(row.uuid, "hub.example")
    assert taken.recipients == ("dora@client.example",)
    assert taken.message_id == row.message_id
    assert taken.mail["From"] == "Maison Verel Lyon Part-Dieu <bonjour@verel.example>"
    assert taken.mail["Reply-To"] == "lyon-part-dieu@hub.example"
    assert taken.mail["Auto-Submitted"] == "auto-generated"
    assert taken.mail["X-Loop"] == "hub.example"
    assert taken.mail["Precedence"] == "bulk"
    link = str(taken.mail["List-Unsubscribe"]).strip("<>")
    assert link.startswith("http://localhost/u/")
    assert link in taken.text
    assert taken.mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    session.refresh(row)
    assert (row.state, row.attempt_count, row.accepted_at) == (MessageState.ACCEPTED, 1, TUESDAY)
    assert row.lease_token is None
    assert fact_kinds(session) == ["MessageAccepted"]
    assert [each.kind for each in queries.list_attempts(row.id)] == [AttemptOutcome.ACCEPTED]


def test_a_reply_says_nothing_of_machines_and_leaves_at_night(
    session: Session, send: Send, sink: Sink, hand_clock: HandClock
) -> None:
    hand_clock.now = TUESDAY.replace(hour=23)
    post_draft(session, purpose=Purpose.REPLY, recipient=ANNE, headers={"In-Reply-To": "<a@b.example>"})
    send()
    [taken] = sink.taken
    assert taken.mail["In-Reply-To"] == "<a@b.example>"
    for name in ("Auto-Submitted", "Precedence", "List-Unsubscribe", "X-Loop"):
        assert taken.mail[name] is None


def test_one_connection_serves_a_batch(session: Session, send: Send, sink: Sink) -> None:
    outbox.post_many(
        [make_draft(session, f"d:{n}", recipient=f"c{n}@client.example") for n in range(45)], now=TUESDAY
    )
    send()
    assert len(sink.taken) == 45
    assert sink.connection_count == 1


def test_without_a_provider_messages_wait_and_nothing_is_lost(session: Session, send: Send) -> None:
    wires.use_transports(ChannelSettings())
    row = post_draft(session, recipient=ANNE)
    send()
    assert row.state is MessageState.WAITING
    assert not sending.has_due(SendQueue.DEFAULT)
    assert not queries.list_channels_set_up()


def test_mail_waits_for_the_morning(session: Session, send: Send, sink: Sink, hand_clock: HandClock) -> None:
    hand_clock.now = TUESDAY.replace(hour=22)
    row = post_draft(session, recipient=ANNE)
    send()
    assert (row.state, row.reason) == (MessageState.WAITING, BlockReason.QUIET_HOURS)
    assert row.due_at == (TUESDAY + timedelta(days=1)).replace(hour=6)  # 07:00 in Paris
    assert sending.next_due_at(SendQueue.DEFAULT) == row.due_at
    hand_clock.now = row.due_at
    send()
    assert row.state is MessageState.ACCEPTED
    assert row.reason is None


def test_the_cap_lets_one_survey_through_and_the_next_after_its_window(
    session: Session, send: Send, sink: Sink, hand_clock: HandClock
) -> None:
    dora = make_customer(session)
    low = post_draft(session, "low", purpose=Purpose.SURVEY, customer_id=dora.id)
    high = post_draft(session, "high", purpose=Purpose.SURVEY, customer_id=dora.id, priority=10)
    send()
    assert high.state is MessageState.ACCEPTED
    assert (low.state, low.reason) == (MessageState.WAITING, BlockReason.CAP)
    assert low.due_at == TUESDAY + timedelta(days=30)
    hand_clock.now = low.due_at
    send()
    assert low.state is MessageState.ACCEPTED


def test_a_capped_message_that_expires_first_is_dropped_with_its_reason(
    session: Session, send: Send, sink: Sink
) -> None:
    dora = make_customer(session)
    post_draft(session, "one", purpose=Purpose.SURVEY, customer_id=dora.id)
    late = post_draft(
        session, "two", purpose=Purpose.SURVEY, customer_id=dora.id, expires_at=TUESDAY + timedelta(days=3)
    )
    send()
    assert (late.state, late.reason, late.reason_detail) == (MessageState.EXPIRED, BlockReason.EXPIRED, "cap")
    assert late.counted_at is None
    blocked = session.scalars(select(FactRow).where(FactRow.kind == "MessageBlocked")).one()
    assert blocked.customer_id == dora.id
    assert blocked.data["reason"] == "expired"


def test_advertising_needs_a_yes_and_a_survey_takes_a_no(session: Session, send: Send, sink: Sink) -> None:
    dora = make_customer(session)
    promotion = post_draft(session, "p1", purpose=Purpose.PROMOTION, customer_id=dora.id)
    send()
    assert (promotion.state, promotion.reason) == (MessageState.BLOCKED, BlockReason.NO_CONSENT)
    give_consent("dora@client.example")
    give_consent("dora@client.example", Purpose.SURVEY, action=ConsentAction.WITHDRAWN)
    promotion = post_draft(session, "p2", purpose=Purpose.PROMOTION, customer_id=dora.id)
    survey = post_draft(session, "s1", purpose=Purpose.SURVEY, customer_id=dora.id)
    send()
    assert promotion.state is MessageState.ACCEPTED
    assert survey.reason is BlockReason.NO_CONSENT


def test_the_unsubscribe_link_stops_the_next_survey_at_once(session: Session, send: Send, sink: Sink) -> None:
    dora = make_customer(session)
    post_draft(session, "one", purpose=Purpose.SURVEY, customer_id=dora.id)
    send()
    token = str(sink.taken[0].mail["List-Unsubscribe"]).strip("<>").rpartition("/")[2]
    assert outbox.read_unsubscribe(token, now=TUESDAY).purpose is Purpose.SURVEY
    outbox.unsubscribe(token, now=TUESDAY)
    outbox.unsubscribe(token, now=TUESDAY)
    row = post_draft(session, "two", purpose=Purpose.SURVEY, customer_id=dora.id)
    send()
    assert row.reason is BlockReason.NO_CONSENT


def test_a_hold_waits_and_its_lift_sends(
    session: Session, send: Send, sink: Sink, hand_clock: HandClock
) -> None:
    dora = make_customer(session)
    held = {"customer_id": dora.id, "reason": "grievance", "source_kind": "ticket", "source_id": 7}
    outbox.put_hold(purpose=Purpose.SURVEY, now=TUESDAY, **held)
    outbox.put_hold(purpose=Purpose.PROMOTION, now=TUESDAY, **held)
    row = post_draft(session, purpose=Purpose.SURVEY, customer_id=dora.id)
    service = post_draft(session, "s", customer_id=dora.id)
    send()
    assert (row.state, row.reason, row.reason_detail) == (MessageState.WAITING, BlockReason.HOLD, "grievance")
    assert service.state is MessageState.ACCEPTED
    assert outbox.lift_hold(source_kind="ticket", source_id=7, now=hand_clock.move(hours=1)) == 1
    send()
    assert row.state is MessageState.ACCEPTED


def test_a_purchase_or_a_cancelled_order_stops_it_at_the_last_look(
    session: Session, send: Send, sink: Sink
) -> None:
    store, dora, emil = (
        make_store(session),
        make_customer(session),
        make_customer(session, "Emil", "Roux", mail="emil@client.example", phone=None),
    )
    make_order(session, customer_id=dora.id, store_id=store.id, placed_at=TUESDAY - timedelta(hours=1))
    gone = make_order(
        session, customer_id=emil.id, store_id=store.id, external_id="A2", state=OrderState.CANCELLED
    )
    since = (TUESDAY - timedelta(days=1)).isoformat()
    bought = post_draft(session, "a", customer_id=dora.id, stop_if={"purchase_since": since})
    cancelled = post_draft(session, "b", customer_id=emil.id, stop_if={"order_cancelled": gone.id})
    fine = post_draft(session, "c", customer_id=emil.id, stop_if={"purchase_since": TUESDAY.isoformat()})
    send()
    assert (bought.state, bought.reason) == (MessageState.BLOCKED, BlockReason.STOPPED)
    assert cancelled.reason is BlockReason.STOPPED
    assert fine.state is MessageState.ACCEPTED
    assert len(sink.taken) == 1


def test_a_missing_value_blocks_with_its_name(session: Session, send: Send, sink: Sink) -> None:
    row = post_draft(session, recipient=ANNE, values={})
    send()
    assert (row.state, row.reason) == (MessageState.BLOCKED, BlockReason.CONTENT)
    assert "words" in (row.reason_detail or "")
    assert not sink.taken


def test_back_off_grows_and_ends(session: Session, send: Send, sink: Sink) -> None:
    sink.answer = "451 4.3.0 try again later"
    row = post_draft(session, recipient=ANNE)
    waits = []
    for _ in range(6):
        send()
        if row.next_attempt_at:
            waits.append(round((row.next_attempt_at - clock.machine_now()).total_seconds() / 60))
            row.next_attempt_at = clock.machine_now()
            session.flush()
    assert waits == [1, 5, 15, 60, 240]
    assert (row.state, row.attempt_count) == (MessageState.FAILED, 6)
    assert session.scalar(select(func.count()).select_from(DeliveryAttempt)) == 6
    assert fact_kinds(session) == ["MessageFailed"]


def test_an_unknown_receiver_bounces_and_is_suppressed(session: Session, send: Send, sink: Sink) -> None:
    dora = make_customer(session)
    sink.refusals["dora@client.example"] = "550 5.1.1 no such user here"
    row = post_draft(session, customer_id=dora.id)
    other = post_draft(session, "two", recipient=ANNE)
    send()
    assert row.state is MessageState.BOUNCED
    assert other.state is MessageState.ACCEPTED
    assert customers.get_suppressed(["dora@client.example"]) == {"dora@client.example"}
    assert "MessageBounced" in fact_kinds(session)
    again = post_draft(session, "three", purpose=Purpose.REPLY, customer_id=dora.id)
    send()
    assert (again.state, again.reason) == (MessageState.BLOCKED, BlockReason.SUPPRESSED)


def test_a_fault_of_ours_pauses_the_channel_and_suppresses_nobody(
    session: Session, send: Send, sink: Sink, hand_clock: HandClock
) -> None:
    sink.answer = "550 5.7.1 our reputation is too low: sender address rejected by policy, SPF fail"
    rows = [post_draft(session, f"d:{n}", recipient=f"c{n}@client.example") for n in range(30)]
    send()
    assert sink.data_count == 1
    assert {row.state for row in rows} == {MessageState.WAITING}
    assert session.scalar(select(func.count()).select_from(SenderPause)) == 1
    assert not customers.get_suppressed([row.recipient or "" for row in rows])
    assert {row.reason for row in rows} == {BlockReason.SENDER_PAUSED}
    [pause] = queries.list_pauses(now=TUESDAY)
    sink.answer = None
    hand_clock.now = pause.resumes_at
    send()
    assert {row.state for row in rows} == {MessageState.ACCEPTED}


def test_a_server_that_is_away_loses_nothing(
    session: Session, send: Send, hand_clock: HandClock, sink: Sink
) -> None:
    wires.use_transports(
        ChannelSettings(smtp=type(sink.settings)(host="127.0.0.1", port=1, timeout_seconds=1))
    )
    row = post_draft(session, recipient=ANNE)
    send()
    assert (row.state, row.attempt_count) == (MessageState.WAITING, 0)
    wires.use_transports(ChannelSettings(smtp=sink.settings))
    hand_clock.move(minutes=2)
    send()
    assert row.state is MessageState.ACCEPTED


def test_no_answer_after_data_is_unknown_and_only_service_is_sent_again(
    session: Session, send: Send, sink: Sink
) -> None:
    settings = sink.settings
    wires.use_transports(
        ChannelSettings(smtp=type(settings)(host=settings.host, port=settings.port, timeout_seconds=0.3))
    )
    sink.hang_at = 1
    dora = make_customer(session)
    survey = post_draft(session, purpose=Purpose.SURVEY, customer_id=dora.id)
    send()
    assert survey.state is MessageState.UNKNOWN
    sink.hang_at = 2
    service = post_draft(session, "two", recipient=ANNE)
    send()
    assert service.state is MessageState.WAITING
    service.next_attempt_at = clock.machine_now()
    session.flush()
    send()
    assert service.state is MessageState.ACCEPTED
    assert [each.message_id for each in sink.taken] == [service.message_id]


def test_expired_leases_are_freed_by_the_next_worker(session: Session, send: Send, sink: Sink) -> None:
    dora = make_customer(session)
    claimed = post_draft(session, "claimed", purpose=Purpose.SURVEY, customer_id=dora.id)
    service = post_draft(session, "service", recipient=ANNE)
    promotion = post_draft(session, "promotion", purpose=Purpose.PROMOTION, recipient=ANNE)
    past = clock.machine_now() - timedelta(seconds=1)
    for row, state in (
        (claimed, MessageState.CLAIMED),
        (service, MessageState.CALLING),
        (promotion, MessageState.CALLING),
    ):
        row.state, row.lease_token, row.lease_until = state, "dead", past
    session.flush()
    assert sending.has_due(SendQueue.BULK)
    send()
    assert claimed.state is MessageState.ACCEPTED
    assert service.state is MessageState.ACCEPTED
    assert [each.kind for each in queries.list_attempts(service.id)] == ["unknown", "accepted"]
    assert promotion.state is MessageState.UNKNOWN
    assert not sending.has_due(SendQueue.BULK)


def test_a_slow_worker_does_not_write_over_a_newer_one(
    session: Session, send: Send, sink: Sink, hand_clock: HandClock
) -> None:
    row = post_draft(session, recipient=ANNE)
    slow = leases.claim(SendQueue.DEFAULT, wires.channels_set_up(), lambda: None)
    session.execute(update(OutboundMessage).values(lease_until=clock.machine_now() - timedelta(seconds=1)))
    send()
    assert row.state is MessageState.ACCEPTED
    assert leases.mark_calling([row.id], slow) == set()
    assert len(sink.taken) == 1


def test_a_cancel_between_claim_and_call_wins(session: Session, send: Send, sink: Sink) -> None:
    row = post_draft(session, recipient=ANNE)
    held = leases.claim(SendQueue.DEFAULT, wires.channels_set_up(), lambda: None)
    assert outbox.cancel(row.id, now=TUESDAY)
    assert leases.mark_calling([row.id], held) == set()
    session.refresh(row)
    assert row.state is MessageState.CANCELLED


def test_a_consent_withdrawn_between_claim_and_call_wins(session: Session, send: Send, sink: Sink) -> None:
    dora = make_customer(session)
    row = post_draft(session, purpose=Purpose.SURVEY, customer_id=dora.id)
    fresh = leases.claim(SendQueue.DEFAULT, wires.channels_set_up(), lambda: None)
    held = replace(fresh, looked_at=fresh.looked_at - timedelta(seconds=leases.LOOK_SECONDS))
    give_consent("dora@client.example", Purpose.SURVEY, action=ConsentAction.WITHDRAWN)
    assert mark(held) == []
    session.refresh(row)
    assert (row.state, row.reason, row.counted_at) == (MessageState.BLOCKED, BlockReason.NO_CONSENT, None)


def test_mangled_links_say_so(session: Session) -> None:
    token = signing.sign(addresses.UNSUBSCRIBE, {"a": ANNE, "c": "email", "p": "survey"})
    assert outbox.read_unsubscribe(token, now=TUESDAY).address == ANNE
