"""SMS and WhatsApp through the door out: real client, real HTTP, real rows."""

import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.channels.registry import ChannelSettings
from hub.channels.twilio_settings import ContentTemplate
from hub.core.facts import FactRow
from hub.core.words import Channel, Purpose
from hub.customers import actions as customers
from hub.customers.models import Suppression
from hub.customers.words import AddressKind, ConsentAction, LegalBasis, SuppressionReason
from hub.outbox import actions as outbox
from hub.outbox import queries, reconciling, sending, wires
from hub.outbox.actions import PhoneReport
from hub.outbox.models import DeliveryAttempt, DeliveryReceipt, OutboundMessage
from hub.outbox.phone_rules import Word, is_forward
from hub.outbox.words import AttemptOutcome, BlockReason, MessageState, ReceiptKind, SendQueue
from tests.conftest import TUESDAY, HandClock
from tests.doubles.twilio import Double, run_double
from tests.makers.customers import make_customer
from tests.makers.outbox import make_template, post_draft
from tests.makers.phones import make_settings

ANNE = "+33639980001"
Send = Callable[[], None]


@pytest.fixture
def twilio() -> Iterator[Double]:
    with run_double() as double:
        use(double)
        yield double
        wires.use_transports(ChannelSettings())


def use(double: Double, **changes: Any) -> None:
    wires.use_transports(ChannelSettings(twilio=make_settings(double, **changes)))


def post_sms(session: Session, key: str = "sms:1", **fields: Any) -> OutboundMessage:
    return post_draft(session, key, **{"channel": Channel.SMS, "recipient": ANNE, **fields})


def report(
    row: OutboundMessage, status: str, code: str = "", *, sid: str | None = None, now: datetime = TUESDAY
) -> None:
    told = PhoneReport(sid or row.provider_reference or "SM1", status, code)
    assert outbox.take_status(row.uuid, told, now=now, machine_now=now)


def give_consent(
    purpose: Purpose, *, action: ConsentAction = ConsentAction.GIVEN, now: datetime = TUESDAY
) -> None:
    from hub.core.actor import CUSTOMER

    customers.record_consent(
        address_kind=AddressKind.PHONE,
        address=ANNE,
        channel=Channel.SMS,
        purpose=purpose,
        action=action,
        legal_basis=LegalBasis.CONSENT,
        wording="Oui",
        wording_version="1",
        collection_point="form",
        by=CUSTOMER,
        now=now,
    )


def count_facts(session: Session, kind: str) -> int:
    return len(session.scalars(select(FactRow).where(FactRow.kind == kind)).all())


def test_an_sms_leaves_with_its_words_segments_and_price(
    session: Session, send: Send, twilio: Double
) -> None:
    row = post_sms(session)
    send()
    assert (row.state, row.provider_reference) == (MessageState.ACCEPTED, twilio.sent[0].sid)
    assert (row.segment_count, row.price_micros, row.price_currency) == (1, 80_000, "EUR")
    assert twilio.sent[0].body == "Votre lampe est prête"
    assert twilio.sent[0].uuid == row.uuid


def test_the_sms_text_of_the_template_is_sent_and_advertising_says_stop(
    session: Session, send: Send, twilio: Double
) -> None:
    use(twilio, stop_mentions={"fr": "STOP : répondez STOP", "en": "STOP: reply STOP"})
    version = make_template(session, "test_promotion", Purpose.PROMOTION)
    version.sms_text = "Comptoir : [[words]]"
    session.flush()
    customer = make_customer(session, "Anne", "Martin", mail=None, phone=ANNE)
    give_consent(Purpose.PROMOTION)
    post_sms(session, purpose=Purpose.PROMOTION, customer_id=customer.id, recipient=None)
    send()
    assert twilio.sent[0].body == "Comptoir : Votre lampe est prete\nSTOP : répondez STOP"


def test_without_an_account_it_waits_and_leaves_when_there_is_one(
    session: Session, send: Send, hand_clock: HandClock
) -> None:
    row = post_sms(session)
    send()
    assert row.state is MessageState.WAITING
    assert not sending.has_due(SendQueue.DEFAULT)
    assert Channel.SMS not in queries.list_channels_set_up()
    with run_double() as double:
        use(double)
        send()
        wires.use_transports(ChannelSettings())
    assert queries.get_message(row.id).state is MessageState.ACCEPTED


def test_a_landline_is_never_called(session: Session, send: Send, twilio: Double) -> None:
    row = post_sms(session, recipient="+33146537000")
    send()
    assert (row.state, row.reason) == (MessageState.BLOCKED, BlockReason.INVALID_ADDRESS)
    assert twilio.request_count == 0


@pytest.mark.parametrize(
    ("code", "reason"), [(21610, SuppressionReason.STOP), (21614, SuppressionReason.HARD_BOUNCE)]
)
def test_a_refused_receiver_is_suppressed_with_the_reason(
    session: Session, send: Send, twilio: Double, code: int, reason: SuppressionReason
) -> None:
    twilio.refusals[ANNE] = code
    row = post_sms(session)
    send()
    assert row.state is MessageState.BOUNCED
    assert session.scalars(select(Suppression.reason)).all() == [reason]
    again = post_sms(session, "sms:2")
    send()
    assert (again.state, again.reason) == (MessageState.BLOCKED, BlockReason.SUPPRESSED)
    assert twilio.request_count == 1


def test_a_wrong_password_pauses_the_channel_and_suppresses_nobody(
    session: Session, send: Send, twilio: Double
) -> None:
    use(twilio, password="wrong")
    row = post_sms(session)
    send()
    assert (row.state, row.reason) == (MessageState.WAITING, BlockReason.SENDER_PAUSED)
    assert [pause.channel for pause in queries.list_pauses(now=TUESDAY)] == [Channel.SMS]
    assert not session.scalars(select(Suppression)).all()


@pytest.mark.parametrize("code", [20429, 20503])
def test_what_passes_is_tried_again_after_its_wait(
    session: Session, send: Send, twilio: Double, code: int
) -> None:
    twilio.next_errors.append(code)
    row = post_sms(session)
    send()
    assert row.state is MessageState.WAITING
    assert row.next_attempt_at is not None
    row.next_attempt_at = None
    session.flush()
    send()
    assert queries.get_message(row.id).state is MessageState.ACCEPTED
    assert len(twilio.sent) == 1


def test_silence_repeats_service_and_never_advertising(session: Session, send: Send, twilio: Double) -> None:
    use(twilio, timeout_seconds=0.3)
    twilio.silent_at = {1, 2}
    give_consent(Purpose.PROMOTION)
    customer = make_customer(session, "Anne", "Martin", mail=None, phone=ANNE)
    promotion = post_sms(session, "sms:p", purpose=Purpose.PROMOTION, customer_id=customer.id)
    send()
    service = post_sms(session, "sms:s")
    send()
    assert promotion.state is MessageState.UNKNOWN
    assert (service.state, service.attempt_count) == (MessageState.WAITING, 1)
    service.next_attempt_at = None
    session.flush()
    send()
    assert service.state is MessageState.ACCEPTED
    assert twilio.count_by_uuid() == {promotion.uuid: 1, service.uuid: 2}


@pytest.mark.parametrize("purpose", [Purpose.PROMOTION, Purpose.SURVEY, Purpose.NEWSLETTER])
def test_an_error_of_the_server_may_hide_a_message_that_left(
    session: Session, send: Send, twilio: Double, purpose: Purpose
) -> None:
    """At most once: the double takes the message, then answers 500."""
    twilio.failed_at = {1}
    give_consent(purpose)
    customer = make_customer(session, "Anne", "Martin", mail=None, phone=ANNE)
    row = post_sms(session, purpose=purpose, customer_id=customer.id)
    send()
    assert row.state is MessageState.UNKNOWN
    row.next_attempt_at = None
    session.flush()
    send()
    assert len(twilio.sent) == 1


# The night


@pytest.mark.parametrize(
    ("country", "postcode", "hour_utc", "left"),
    [
        ("FR", "75002", 17, 2 * 3600),  # 18:00 in Paris, until 20:00
        ("FR", "97400", 15, 3600),  # 19:00 on La Réunion
        ("FR", "97110", 17, 7 * 3600),  # 13:00 on Guadeloupe
        ("FR", "75002", 9, 36_000),  # 10:00 in Paris: what Twilio takes at most
    ],
)
def test_advertising_is_not_delivered_after_hours_where_the_receiver_lives(
    session: Session,
    send: Send,
    twilio: Double,
    hand_clock: HandClock,
    country: str,
    postcode: str,
    hour_utc: int,
    left: int,
) -> None:
    hand_clock.now = TUESDAY.replace(hour=hour_utc)
    customer = make_customer(
        session, "Anne", "Martin", mail=None, phone=ANNE, country=country, postcode=postcode
    )
    give_consent(Purpose.PROMOTION)
    post_sms(session, purpose=Purpose.PROMOTION, customer_id=customer.id)
    send()
    told = int(twilio.sent[0].fields["ValidityPeriod"])
    assert left - 30 < told <= left


def test_service_is_good_for_as_long_as_it_is_worth(session: Session, send: Send, twilio: Double) -> None:
    post_sms(session, expires_at=TUESDAY + timedelta(minutes=30))
    post_sms(session, "sms:2")
    send()
    first, second = (int(each.fields["ValidityPeriod"]) for each in twilio.sent)
    assert 1770 < first <= 1800
    assert second == 36_000


# What the provider says later


def test_delivered_is_told_twice_and_out_of_order(session: Session, send: Send, twilio: Double) -> None:
    row = post_sms(session)
    send()
    for status in ("sent", "delivered", "delivered", "sent", "queued", "undelivered"):
        report(row, status)
    assert (row.state, row.delivered_at) == (MessageState.DELIVERED, TUESDAY)
    receipts = session.scalars(select(DeliveryReceipt.kind)).all()
    assert receipts == [ReceiptKind.DELIVERED]
    assert count_facts(session, "MessageAccepted") == 1


@pytest.mark.parametrize("state", [MessageState.CALLING, MessageState.UNKNOWN, MessageState.WAITING])
def test_a_status_that_comes_before_our_answer_is_the_answer(
    session: Session, send: Send, state: MessageState
) -> None:
    row = post_sms(session)
    for name, value in {"state": state, "lease_token": "a worker", "next_attempt_at": TUESDAY}.items():
        setattr(row, name, value)
    session.flush()
    report(row, "sent", sid="SM9")
    found = queries.get_message(row.id)
    assert found.state is MessageState.ACCEPTED
    assert (row.provider_reference, row.lease_token, row.next_attempt_at) == ("SM9", None, None)
    assert count_facts(session, "MessageAccepted") == 1
    assert session.scalars(select(DeliveryAttempt.outcome)).all() == [AttemptOutcome.ACCEPTED]
    report(row, "delivered", sid="SM9")
    assert queries.get_message(row.id).state is MessageState.DELIVERED
    assert count_facts(session, "MessageAccepted") == 1


@pytest.mark.parametrize(
    ("code", "state", "reason", "suppressed", "kind"),
    [
        ("30003", MessageState.BOUNCED, None, None, ReceiptKind.SOFT_BOUNCE),
        ("30008", MessageState.BOUNCED, None, None, ReceiptKind.SOFT_BOUNCE),
        ("", MessageState.BOUNCED, None, None, ReceiptKind.SOFT_BOUNCE),
        ("30005", MessageState.BOUNCED, None, SuppressionReason.HARD_BOUNCE, ReceiptKind.HARD_BOUNCE),
        ("30006", MessageState.BOUNCED, None, SuppressionReason.HARD_BOUNCE, ReceiptKind.HARD_BOUNCE),
        ("21610", MessageState.BOUNCED, None, SuppressionReason.STOP, ReceiptKind.HARD_BOUNCE),
        ("30007", MessageState.FAILED, BlockReason.CONTENT, None, ReceiptKind.CONTENT_FAULT),
        ("30034", MessageState.FAILED, None, None, ReceiptKind.SENDER_FAULT),
        ("63016", MessageState.FAILED, BlockReason.TEMPLATE_REQUIRED, None, ReceiptKind.CONTENT_FAULT),
        ("63003", MessageState.FAILED, BlockReason.INVALID_ADDRESS, None, ReceiptKind.SOFT_BOUNCE),
        ("30036", MessageState.EXPIRED, BlockReason.EXPIRED, None, ReceiptKind.SOFT_BOUNCE),
    ],
)
def test_undelivered_by_its_code(
    session: Session,
    send: Send,
    twilio: Double,
    code: str,
    state: MessageState,
    reason: BlockReason | None,
    suppressed: SuppressionReason | None,
    kind: ReceiptKind,
) -> None:
    row = post_sms(session)
    send()
    report(row, "undelivered", code)
    report(row, "undelivered", code)
    report(row, "delivered")
    assert (row.state, row.reason) == (state, reason)
    assert session.scalars(select(Suppression.reason)).all() == ([suppressed] if suppressed else [])
    assert session.scalars(select(DeliveryReceipt.kind)).all() == [kind]


def test_three_soft_failures_of_five_make_the_address_wait(
    session: Session, send: Send, twilio: Double
) -> None:
    for number in range(3):
        row = post_sms(session, f"sms:{number}")
        send()
        report(row, "undelivered", "30003")
    row = post_sms(session, "sms:last")
    send()
    assert (row.state, row.reason) == (MessageState.WAITING, BlockReason.ADDRESS_PAUSED)


def test_the_second_send_of_an_unknown_outcome_may_arrive_where_the_first_did_not(
    session: Session, send: Send, twilio: Double
) -> None:
    row = post_sms(session)
    send()
    report(row, "undelivered", "30003")
    report(row, "delivered", sid="SM" + "9" * 32)
    assert row.state is MessageState.DELIVERED


def test_a_status_for_a_message_that_is_not_ours_is_nobodys(session: Session) -> None:
    told = PhoneReport("SM1", "delivered")
    assert not outbox.take_status(uuid.uuid4().hex, told, now=TUESDAY, machine_now=TUESDAY)


def test_words_move_only_forward_from_every_state() -> None:
    ended = {MessageState.DELIVERED, MessageState.BOUNCED, MessageState.FAILED, MessageState.EXPIRED}
    for state in MessageState:
        assert is_forward(state, Word.DELIVERED, is_known=False, is_same_send=False)
        if state in ended:
            for word in Word:
                assert not is_forward(state, word, is_known=True, is_same_send=True)
        assert not is_forward(MessageState.DELIVERED, Word.FAILED, is_known=True, is_same_send=False)


# WhatsApp


def post_whatsapp(session: Session, key: str = "wa:1", **fields: Any) -> OutboundMessage:
    return post_sms(session, key, channel=Channel.WHATSAPP, **fields)


def test_whatsapp_outside_the_session_needs_an_approved_template(
    session: Session, send: Send, twilio: Double
) -> None:
    row = post_whatsapp(session)
    send()
    assert (row.state, row.reason) == (MessageState.BLOCKED, BlockReason.TEMPLATE_REQUIRED)
    assert twilio.request_count == 0


def test_whatsapp_sends_the_template_of_the_settings(session: Session, send: Send, twilio: Double) -> None:
    use(twilio, contents={("test_service", "fr"): ContentTemplate("HX1", ("words",))})
    row = post_whatsapp(session)
    send()
    fields = twilio.sent[0].fields
    assert row.state is MessageState.ACCEPTED
    assert (fields["ContentSid"], fields["ContentVariables"]) == ("HX1", '{"1": "Votre lampe est prête"}')
    missing = post_whatsapp(session, "wa:2", values={"words": ""})
    send()
    assert (missing.state, missing.reason) == (MessageState.BLOCKED, BlockReason.CONTENT)


@pytest.mark.parametrize(("hours", "is_free"), [(23, True), (25, False)])
def test_whatsapp_is_free_text_for_a_day_after_the_customer_wrote(
    session: Session, send: Send, twilio: Double, hand_clock: HandClock, hours: int, is_free: bool
) -> None:
    outbox.note_inbound(ANNE, Channel.WHATSAPP, now=TUESDAY - timedelta(hours=hours))
    outbox.note_inbound(ANNE, Channel.SMS, now=TUESDAY)
    outbox.note_inbound(ANNE, Channel.WHATSAPP, now=TUESDAY - timedelta(days=9))
    row = post_whatsapp(session)
    send()
    assert (row.state is MessageState.ACCEPTED) is is_free
    if is_free:
        assert twilio.sent[0].body == "Votre lampe est prête"


def test_a_template_required_answer_fails_the_message_for_staff_to_see(
    session: Session, send: Send, twilio: Double
) -> None:
    outbox.note_inbound(ANNE, Channel.WHATSAPP, now=TUESDAY)
    twilio.refusals[f"whatsapp:{ANNE}"] = 63016
    row = post_whatsapp(session)
    send()
    assert (row.state, row.reason) == (MessageState.FAILED, BlockReason.TEMPLATE_REQUIRED)
    assert not session.scalars(select(Suppression)).all()


# Asking what became of them


def ask(session: Session, *, minutes: float = 5) -> None:
    """As that many minutes after the call."""
    for attempt in session.scalars(select(DeliveryAttempt)):
        attempt.attempted_at -= timedelta(minutes=minutes)
    for row in session.scalars(select(OutboundMessage)):
        row.next_attempt_at = None
    session.flush()
    while reconciling.has_due() and reconciling.work_phones(lambda: None):
        pass
    session.expire_all()


def lose(session: Session, send: Send, twilio: Double, key: str = "sms:p") -> OutboundMessage:
    """An advertising SMS that Twilio took without answering."""
    use(twilio, timeout_seconds=0.3)
    customer = make_customer(session, "Anne", "Martin", mail=None, phone=ANNE)
    give_consent(Purpose.PROMOTION)
    row = post_sms(session, key, purpose=Purpose.PROMOTION, customer_id=customer.id)
    twilio.silent_at = {twilio.create_count + 1}
    send()
    assert row.state is MessageState.UNKNOWN
    return row


def test_an_unknown_outcome_is_found_in_the_providers_list(
    session: Session, send: Send, twilio: Double
) -> None:
    row = lose(session, send, twilio)
    twilio.sent[0].status, twilio.sent[0].price = "delivered", "-0.0790"
    ask(session)
    assert (row.state, row.provider_reference) == (MessageState.DELIVERED, twilio.sent[0].sid)
    assert (row.price_micros, row.price_currency) == (79_000, "EUR")
    assert count_facts(session, "MessageAccepted") == 1
    assert len(twilio.sent) == 1


def test_an_unknown_outcome_that_failed_at_the_provider_says_why(
    session: Session, send: Send, twilio: Double
) -> None:
    row = lose(session, send, twilio)
    twilio.sent[0].status, twilio.sent[0].error_code = "undelivered", 30005
    ask(session)
    assert row.state is MessageState.BOUNCED
    assert session.scalars(select(Suppression.reason)).all() == [SuppressionReason.HARD_BOUNCE]


def test_a_message_of_another_row_or_with_other_words_is_not_it(
    session: Session, send: Send, twilio: Double
) -> None:
    service = post_sms(session, "sms:s")
    send()
    row = lose(session, send, twilio)
    twilio.sent.pop()
    ask(session)
    assert row.state is MessageState.UNKNOWN
    assert row.next_attempt_at is not None
    service.provider_reference = "SM" + "8" * 32
    twilio.sent[0].fields["Body"] = "Autre chose"
    ask(session)
    assert row.state is MessageState.UNKNOWN


def test_what_the_provider_never_lists_did_not_leave(session: Session, send: Send, twilio: Double) -> None:
    row = lose(session, send, twilio)
    twilio.sent.clear()
    ask(session, minutes=61)
    assert (row.state, row.counted_at) == (MessageState.FAILED, None)
    assert "did not leave" in (row.reason_detail or "")
    report(row, "delivered", sid="SM" + "7" * 32)
    assert row.state is MessageState.DELIVERED


def test_a_provider_that_cannot_be_asked_changes_nothing(
    session: Session, send: Send, twilio: Double
) -> None:
    row = lose(session, send, twilio)
    use(twilio, password="wrong")
    ask(session, minutes=61)
    assert row.state is MessageState.UNKNOWN


def test_one_called_a_moment_ago_is_given_time_to_appear(
    session: Session, send: Send, twilio: Double
) -> None:
    row = lose(session, send, twilio)
    before = twilio.request_count
    ask(session, minutes=0)
    assert (row.state, twilio.request_count) == (MessageState.UNKNOWN, before)
    assert not reconciling.has_due()


def test_what_waits_in_vain_for_a_channel_expires(
    session: Session, send: Send, hand_clock: HandClock
) -> None:
    row = post_sms(session, expires_at=TUESDAY + timedelta(hours=1))
    other = post_sms(session, "sms:2")
    assert not reconciling.has_due()
    assert reconciling.next_due_at() == TUESDAY + timedelta(hours=1)
    hand_clock.move(hours=2)
    assert reconciling.has_due()
    assert reconciling.work_phones(lambda: None) == 1
    session.expire_all()
    assert (row.state, row.reason) == (MessageState.EXPIRED, BlockReason.EXPIRED)
    assert other.state is MessageState.WAITING
    assert not reconciling.has_due()


@pytest.mark.parametrize("code", ["30003", "30008", "", "21614"])
def test_what_never_arrived_fills_no_cap(session: Session, send: Send, twilio: Double, code: str) -> None:
    """Two a month: two that the carrier could not deliver leave the room for two that it can."""
    give_consent(Purpose.PROMOTION)
    customer = make_customer(session, "Anne", "Martin", mail=None, phone=ANNE)
    rows = []
    for number in range(2):
        row = post_sms(session, f"cap:{number}", purpose=Purpose.PROMOTION, customer_id=customer.id)
        send()
        rows.append(row)
    for row in rows:
        report(row, "undelivered", code)
    session.expire_all()
    assert [(row.state, row.counted_at) for row in rows] == [(MessageState.BOUNCED, None)] * 2
    if code != "21614":  # that one suppresses the number
        last = post_sms(session, "cap:2", purpose=Purpose.PROMOTION, customer_id=customer.id)
        send()
        assert last.state is MessageState.ACCEPTED
