"""SMS and WhatsApp by Twilio's own client, against the double over real HTTP: each answer, and each silence."""

import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hub.channels.base import (
    ApprovedContent,
    Cost,
    Envelope,
    PermanentFailure,
    Receipt,
    TemporaryFailure,
    UnknownOutcome,
)
from hub.channels.sms import SmsTransport, WhatsAppTransport
from hub.channels.twilio_client import TwilioAccount, failure_of
from hub.channels.twilio_settings import ContentTemplate, read_contents, read_prices
from hub.channels.webhook_signatures import is_from_twilio
from tests.doubles.twilio import ACCOUNT, NUMBER, TOKEN, Double, run_double, sign
from tests.makers.phones import make_settings

ANNE = "+33639980001"
NOW = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)


@pytest.fixture
def twilio() -> Iterator[Double]:
    with run_double() as double:
        yield double


def make_envelope(**fields: Any) -> Envelope:
    known: dict[str, Any] = {
        "key": uuid.UUID(int=7),
        "channel": "sms",
        "sender_address": "",
        "sender_name": "",
        "recipient": ANNE,
        "subject": "",
        "text": "Votre lampe est prête",
        "sent_at": NOW,
    }
    return Envelope(**{**known, **fields})


def send(
    double: Double, *, kind: type[SmsTransport] = SmsTransport, settings: Any = None, **fields: Any
) -> Receipt:
    with kind(settings or make_settings(double), machine_now=lambda: NOW) as transport:
        return transport.send(make_envelope(**fields))


def test_a_message_is_taken_with_our_reference_and_its_price(twilio: Double) -> None:
    receipt = send(twilio, valid_until=NOW + timedelta(seconds=1800))
    assert receipt == Receipt(uuid.UUID(int=7), twilio.sent[0].sid, NOW, Cost(1, 80_000, "EUR"))
    assert twilio.sent[0].fields == {
        "To": ANNE,
        "From": NUMBER,
        "Body": "Votre lampe est prête",
        "StatusCallback": f"http://localhost/hooks/twilio/status/{uuid.UUID(int=7).hex}",
        "ValidityPeriod": "1800",
    }


@pytest.mark.parametrize(("left", "told"), [(None, "36000"), (90_000, "36000"), (6, "6"), (600, "600")])
def test_the_validity_period_is_one_that_twilio_takes(twilio: Double, left: int | None, told: str) -> None:
    send(twilio, valid_until=None if left is None else NOW + timedelta(seconds=left))
    assert twilio.sent[0].fields["ValidityPeriod"] == told


@pytest.mark.parametrize("left", [5, 0, -60])
def test_after_hours_nothing_is_handed_over(twilio: Double, left: int) -> None:
    with pytest.raises(TemporaryFailure):
        send(twilio, valid_until=NOW + timedelta(seconds=left))
    assert twilio.request_count == 0


def test_a_messaging_service_chooses_the_number_and_the_segments_are_our_count(twilio: Double) -> None:
    settings = make_settings(twilio, messaging_service_sid="MG" + "0" * 32)
    receipt = send(twilio, settings=settings, text="ê" * 71)
    assert "From" not in twilio.sent[0].fields
    assert receipt.cost == Cost(2, 160_000, "EUR")


def test_an_api_key_of_a_stranger_is_ours_to_mend(twilio: Double) -> None:
    settings = make_settings(twilio, username="SK" + "0" * 32, password="wrong")
    with pytest.raises(PermanentFailure) as caught:
        send(twilio, settings=settings)
    assert (caught.value.scope, caught.value.code) == ("sender", "20003")


@pytest.mark.parametrize(
    ("code", "scope"),
    [
        (21211, "recipient"),
        (21614, "recipient"),
        (21610, "recipient"),
        (21408, "content"),
        (63016, "content"),
        (21602, "content"),
    ],
)
def test_refusals_say_whose_fault_they_are(twilio: Double, code: int, scope: str) -> None:
    twilio.refusals[ANNE] = code
    with pytest.raises(PermanentFailure) as caught:
        send(twilio)
    assert (caught.value.scope, caught.value.code) == (scope, str(code))
    assert not twilio.sent


@pytest.mark.parametrize("code", [20429, 20503])
def test_what_passes_is_tried_again(twilio: Double, code: int) -> None:
    twilio.next_errors.append(code)
    with pytest.raises(TemporaryFailure) as caught:
        send(twilio)
    assert not caught.value.is_ours


def test_behind_an_error_of_the_server_nobody_knows(twilio: Double) -> None:
    twilio.next_errors.append(20500)
    with pytest.raises(UnknownOutcome):
        send(twilio)


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (500, None, UnknownOutcome),
        (500, 99999, UnknownOutcome),
        (503, None, UnknownOutcome),
        (503, 20503, TemporaryFailure),
        (500, 21610, PermanentFailure),
        (502, 20503, UnknownOutcome),
        (504, None, UnknownOutcome),
        (599, None, UnknownOutcome),
        (429, None, TemporaryFailure),
        (400, None, PermanentFailure),
    ],
)
def test_only_a_word_of_twilio_proves_that_nothing_left(
    status: int, code: int | None, kind: type[Exception]
) -> None:
    assert type(failure_of(status, code, "words")) is kind


def test_after_too_many_requests_nothing_is_called_until_twilio_may_be(twilio: Double) -> None:
    twilio.next_errors.append(20429)
    twilio.retry_after = "30"
    clock = [NOW]
    with SmsTransport(make_settings(twilio), machine_now=lambda: clock[0]) as transport:
        for seconds in (0, 29):
            clock[0] = NOW + timedelta(seconds=seconds)
            with pytest.raises(TemporaryFailure):
                transport.send(make_envelope())
        assert twilio.request_count == 1
        clock[0] = NOW + timedelta(seconds=31)
        transport.send(make_envelope())
    assert len(twilio.sent) == 1


def test_silence_after_taking_is_unknown(twilio: Double) -> None:
    twilio.silent_at = {1}
    with pytest.raises(UnknownOutcome):
        send(twilio, settings=make_settings(twilio, timeout_seconds=0.3))
    assert len(twilio.sent) == 1


def test_a_dropped_line_after_taking_is_unknown_and_not_repeated(twilio: Double) -> None:
    twilio.dropped_at = {1}
    with pytest.raises(UnknownOutcome):
        send(twilio)
    assert len(twilio.sent) == 1


def test_nobody_at_home_is_ours_and_surely_not_sent(twilio: Double) -> None:
    with pytest.raises(TemporaryFailure) as caught:
        send(twilio, settings=make_settings(twilio, api_url="http://127.0.0.1:9"))
    assert caught.value.is_ours


def test_a_text_that_twilio_would_refuse_is_not_handed_over(twilio: Double) -> None:
    with pytest.raises(PermanentFailure) as caught:
        send(twilio, text="a" * 1601)
    assert caught.value.scope == "content"
    assert twilio.request_count == 0


def test_whatsapp_names_the_channel_and_sends_an_approved_template(twilio: Double) -> None:
    content = ApprovedContent("HX" + "0" * 32, {"1": "Zoé"})
    receipt = send(twilio, kind=WhatsAppTransport, channel="whatsapp", content=content)
    fields = twilio.sent[0].fields
    assert (fields["To"], fields["From"]) == (f"whatsapp:{ANNE}", f"whatsapp:{NUMBER}")
    assert (fields["ContentSid"], json.loads(fields["ContentVariables"])) == (
        content.external_id,
        {"1": "Zoé"},
    )
    assert "Body" not in fields
    assert receipt.cost == Cost(1)


def test_the_list_is_read_by_twilios_client(twilio: Double) -> None:
    send(twilio)
    send(twilio, recipient="+33639980002")
    twilio.sent[0].status, twilio.sent[0].price = "delivered", "-0.0790"
    account = TwilioAccount(make_settings(twilio), machine_now=lambda: NOW)
    found = account.list_sent(ANNE)
    account.close()
    assert [(each.reference, each.status, each.price_micros, each.currency) for each in found] == [
        (twilio.sent[0].sid, "delivered", 79_000, "EUR")
    ]


def test_a_signature_is_good_for_one_address_one_body_and_one_token() -> None:
    url, fields = "https://hub.example/hooks/twilio/inbound", {"From": ANNE, "Body": "Été ?"}
    signature = sign(url, fields)["X-Twilio-Signature"]

    def check(*, url: str = url, token: str = TOKEN, signature: str = signature, **changes: str) -> bool:
        given = {**fields, **changes}
        return is_from_twilio(auth_token=token, url=url, fields=given, signature=signature)

    assert check()
    assert not check(url=url.replace("https", "http"))
    assert not check(Body="STOP")
    assert not check(token="")
    assert not check(token="another")
    assert not check(signature="")


def test_settings_are_read_or_refused_with_their_name() -> None:
    assert {prefix: str(price) for prefix, price in read_prices("+33=0.0798, +32=0.08").items()} == {
        "+33": "0.0798",
        "+32": "0.08",
    }
    assert read_contents('{"survey:fr": {"sid": "HX1", "variables": ["order_number"]}}') == {
        ("survey", "fr"): ContentTemplate("HX1", ("order_number",))
    }
    for bad in ("33=0.1", "+33=cheap"):
        with pytest.raises(ValueError, match="SMS_PRICES"):
            read_prices(bad)
    with pytest.raises(ValueError, match="TWILIO_CONTENTS"):
        read_contents('{"survey": {"sid": "HX1"}}')
    assert ACCOUNT.startswith("AC")
