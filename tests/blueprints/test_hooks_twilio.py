"""Twilio's webhooks from outside: signed or refused, stored once, and what a text does once it is sorted."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.channels.registry import ChannelSettings
from hub.core.actor import CUSTOMER
from hub.core.errors import Invalid
from hub.core.words import Channel, Purpose
from hub.customers import actions as customers
from hub.customers.models import ConsentEntry, ConsentState, Suppression
from hub.customers.words import AddressKind, ConsentAction, LegalBasis, SuppressionReason
from hub.inbox.actions import reply
from hub.inbox.models import Ticket, TicketMessage
from hub.inbox.words import MessageKind, TicketState
from hub.mailroom import working
from hub.mailroom.models import Arrival
from hub.mailroom.words import ArrivalKind, ArrivalState
from hub.outbox import sending, wires
from hub.outbox.models import DeliveryReceipt, OutboundMessage
from hub.outbox.words import BlockReason, MessageState, SendQueue
from tests.conftest import TUESDAY, HandClock
from tests.doubles.twilio import ACCOUNT, NUMBER, TOKEN, Double, run_double, sign
from tests.makers.customers import make_customer
from tests.makers.inbox import actor_of, make_house
from tests.makers.outbox import post_draft
from tests.makers.phones import make_settings
from tests.makers.staff import make_agent

ANNE = "+33639980001"
INBOUND = "/hooks/twilio/inbound"


@pytest.fixture
def twilio(session: Session, hand_clock: HandClock) -> Iterator[Double]:
    make_house(session)
    with run_double() as double:
        wires.use_transports(ChannelSettings(twilio=make_settings(double)))
        yield double
        wires.use_transports(ChannelSettings())


def post(
    client: FlaskClient, path: str, fields: dict[str, str], *, token: str = TOKEN, signed_as: str = ""
) -> int:
    headers = sign(f"http://localhost{signed_as or path}", fields, token=token)
    return client.post(path, data=fields, headers=headers).status_code


def text(client: FlaskClient, body: str, *, sid: str = "SM1", **fields: str) -> None:
    """Anne texts, and it is sorted."""
    known = {
        "AccountSid": ACCOUNT,
        "MessageSid": sid,
        "From": ANNE,
        "To": NUMBER,
        "Body": body,
        "NumMedia": "0",
    }
    assert post(client, INBOUND, {**known, **fields}) == 200
    while working.work_arrivals(lambda: None):
        pass


def count(session: Session, kind: type) -> int:
    return session.scalar(select(func.count()).select_from(kind)) or 0


def state_of(session: Session, purpose: Purpose, channel: Channel = Channel.SMS) -> ConsentAction | None:
    return session.scalar(
        select(ConsentState.action).where(
            ConsentState.address == ANNE, ConsentState.purpose == purpose, ConsentState.channel == channel
        )
    )


def consent(purpose: Purpose, action: ConsentAction = ConsentAction.GIVEN, *, minutes: int = -60) -> None:
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
        now=TUESDAY + timedelta(minutes=minutes),
    )


# Signatures


@pytest.mark.parametrize(
    "bad",
    [
        {"token": "another"},
        {"signed_as": "/hooks/twilio/status/" + "0" * 32},
        {"signed_as": "/hooks/twilio/inbound?a=1"},
    ],
)
def test_what_is_not_signed_for_this_address_is_refused_and_writes_nothing(
    session: Session, client: FlaskClient, twilio: Double, bad: dict[str, str]
) -> None:
    row = post_draft(session, channel=Channel.SMS, recipient=ANNE)
    fields = {"MessageSid": "SM1", "From": ANNE, "To": NUMBER, "Body": "STOP", "MessageStatus": "delivered"}
    paths = [INBOUND, f"/hooks/twilio/status/{row.uuid}"]
    assert [post(client, path, fields, **bad) for path in paths] == [403, 403]
    assert client.post(INBOUND, data=fields).status_code == 403
    session.expire_all()
    assert row.state is MessageState.WAITING
    assert count(session, Arrival) == 0
    assert count(session, DeliveryReceipt) == 0


def test_without_an_account_every_webhook_is_refused(
    session: Session, client: FlaskClient, twilio: Double
) -> None:
    wires.use_transports(ChannelSettings())
    assert post(client, INBOUND, {"MessageSid": "SM1", "From": ANNE, "To": NUMBER, "Body": "x"}) == 403


def test_the_public_address_counts_behind_a_proxy(
    session: Session, client: FlaskClient, twilio: Double
) -> None:
    settings = make_settings(twilio, public_url="https://hub.example")
    wires.use_transports(ChannelSettings(twilio=settings))
    fields = {"MessageSid": "SM1", "From": ANNE, "To": NUMBER, "Body": "Bonjour"}
    headers = sign(f"https://hub.example{INBOUND}", fields)
    assert client.post(INBOUND, data=fields, headers=headers).status_code == 200


# Statuses


def test_statuses_come_as_they_like_and_move_only_forward(
    session: Session, client: FlaskClient, twilio: Double
) -> None:
    row = post_draft(session, channel=Channel.SMS, recipient=ANNE)
    path = f"/hooks/twilio/status/{row.uuid}"
    for status in ("delivered", "sent", "delivered", "queued", "undelivered"):
        fields = {"MessageSid": "SM1", "MessageStatus": status, "To": ANNE}
        assert post(client, path, fields) == 204
    session.expire_all()
    assert (row.state, row.provider_reference) == (MessageState.DELIVERED, "SM1")
    assert count(session, DeliveryReceipt) == 1
    sending.work_outbox(SendQueue.DEFAULT, lambda: None)
    assert not twilio.sent


def test_a_status_of_a_stranger_is_acknowledged_and_forgotten(
    session: Session, client: FlaskClient, twilio: Double
) -> None:
    fields = {"MessageSid": "SM1", "MessageStatus": "delivered"}
    assert post(client, "/hooks/twilio/status/" + "0" * 32, fields) == 204
    assert count(session, DeliveryReceipt) == 0


# STOP and START


@pytest.mark.parametrize("word", ["STOP", "Arrêt", "stop svp", " Stop. ", "ARRET", "STOP SMS"])
def test_stop_in_its_spellings(session: Session, client: FlaskClient, twilio: Double, word: str) -> None:
    make_customer(session, "Anne", "Martin", mail=None, phone=ANNE)
    consent(Purpose.PROMOTION)
    text(client, word)
    assert state_of(session, Purpose.PROMOTION) is ConsentAction.WITHDRAWN
    entry = session.scalars(select(ConsentEntry).order_by(ConsentEntry.id.desc())).first()
    assert entry is not None
    assert entry.wording == word.strip()
    assert set(session.scalars(select(Suppression.purpose))) >= {Purpose.PROMOTION, Purpose.NEWSLETTER}
    assert set(session.scalars(select(Suppression.reason))) == {SuppressionReason.STOP}
    arrival = session.scalars(select(Arrival)).one()
    assert (arrival.state, arrival.kind) == (ArrivalState.SORTED, ArrivalKind.STOP)
    assert count(session, Ticket) == 0


def test_after_stop_advertising_is_blocked_and_service_still_leaves(
    session: Session, client: FlaskClient, twilio: Double
) -> None:
    customer = make_customer(session, "Anne", "Martin", mail=None, phone=ANNE)
    consent(Purpose.PROMOTION)
    text(client, "STOP")
    fields: dict[str, Any] = {"channel": Channel.SMS, "customer_id": customer.id}
    advert = post_draft(session, "p", purpose=Purpose.PROMOTION, **fields)
    service = post_draft(session, "s", **fields)
    for queue in SendQueue:
        sending.work_outbox(queue, lambda: None)
    session.expire_all()
    assert (advert.state, advert.reason) == (MessageState.BLOCKED, BlockReason.SUPPRESSED)
    assert service.state is MessageState.ACCEPTED


def test_start_gives_back_what_stop_took_and_nothing_else(
    session: Session, client: FlaskClient, twilio: Double, hand_clock: HandClock
) -> None:
    make_customer(session, "Anne", "Martin", mail=None, phone=ANNE)
    consent(Purpose.PROMOTION)
    consent(Purpose.NEWSLETTER, ConsentAction.WITHDRAWN)
    text(client, "STOP")
    hand_clock.move(minutes=5)
    text(client, "Start", sid="SM2")
    assert state_of(session, Purpose.PROMOTION) is ConsentAction.GIVEN
    assert state_of(session, Purpose.NEWSLETTER) is ConsentAction.WITHDRAWN
    assert state_of(session, Purpose.SURVEY) is ConsentAction.GIVEN
    assert not session.scalars(select(Suppression)).all()
    assert count(session, Ticket) == 0


def test_start_lifts_the_carriers_stop_but_no_bounce_and_no_word_of_staff(
    session: Session, client: FlaskClient, twilio: Double
) -> None:
    customers.suppress(ANNE, reason=SuppressionReason.STOP, now=TUESDAY)
    text(client, "UNSTOP")
    assert not session.scalars(select(Suppression)).all()
    customers.suppress(ANNE, reason=SuppressionReason.STAFF, now=TUESDAY)
    text(client, "START", sid="SM2")
    assert session.scalars(select(Suppression.reason)).all() == [SuppressionReason.STAFF]


def test_a_refusal_in_the_preference_centre_is_not_lifted_by_start(
    session: Session, client: FlaskClient, twilio: Double
) -> None:
    make_customer(session, "Anne", "Martin", mail=None, phone=ANNE)
    consent(Purpose.PROMOTION, minutes=-60)
    consent(Purpose.PROMOTION, ConsentAction.WITHDRAWN, minutes=-30)
    text(client, "START")
    assert state_of(session, Purpose.PROMOTION) is ConsentAction.WITHDRAWN
    assert count(session, Ticket) == 1


# Messages


def test_a_text_becomes_a_ticket_once_and_the_next_one_joins_it(
    session: Session, client: FlaskClient, twilio: Double
) -> None:
    for _ in range(2):
        text(client, "Bonjour, où est ma commande ?")
    text(client, "Elle est en retard", sid="SM2")
    ticket = session.scalars(select(Ticket)).one()
    assert (ticket.channel, ticket.requester_address) == (Channel.SMS, ANNE)
    assert [row.text for row in session.scalars(select(TicketMessage).order_by(TicketMessage.id))] == [
        "Bonjour, où est ma commande ?",
        "Elle est en retard",
    ]
    assert count(session, Arrival) == 2
    assert twilio.request_count == 0


def test_stop_within_a_question_is_a_question(session: Session, client: FlaskClient, twilio: Double) -> None:
    text(client, "Stop, où est ma commande ?")
    assert count(session, Ticket) == 1
    assert not session.scalars(select(Suppression)).all()


def test_a_picture_is_named_and_a_short_number_is_nobody(
    session: Session, client: FlaskClient, twilio: Double
) -> None:
    text(client, "", NumMedia="1", MediaUrl0="https://api.twilio.com/media/1", From="36111")
    message = session.scalars(select(TicketMessage)).one()
    assert (message.text, message.inserted["awaited_files"]) == ("[1 fichier joint]", ["waiting"])
    assert session.scalars(select(Ticket.customer_id)).all() == [None]


def test_the_reply_of_an_agent_leaves_by_sms_and_solved_opens_again(
    session: Session, client: FlaskClient, twilio: Double
) -> None:
    make_customer(session, "Anne", "Martin", mail="anne@client.example", phone=ANNE)
    text(client, "Bonjour, où est ma commande ?")
    ticket = session.scalars(select(Ticket)).one()
    ada = make_agent(session)
    done = reply(ticket_id=ticket.id, text="Elle arrive\ndemain.", by=actor_of(ada), now=TUESDAY)
    sending.work_outbox(SendQueue.URGENT, lambda: None)
    session.expire_all()
    out = session.get_one(OutboundMessage, done.outbound_id)
    assert (out.state, out.channel, out.segment_count) == (MessageState.ACCEPTED, Channel.SMS, 1)
    assert (twilio.sent[0].to, twilio.sent[0].body) == (ANNE, "Elle arrive\ndemain.")
    assert session.scalars(
        select(TicketMessage.channel).where(TicketMessage.kind == MessageKind.AGENT)
    ).all() == [Channel.SMS]
    ticket.state = TicketState.SOLVED
    session.flush()
    text(client, "Merci, bien reçue", sid="SM2")
    session.expire_all()
    assert ticket.state is TicketState.OPEN


def test_a_reply_waits_while_sms_is_not_set_up(session: Session, client: FlaskClient, twilio: Double) -> None:
    text(client, "Bonjour, où est ma commande ?")
    ticket = session.scalars(select(Ticket)).one()
    done = reply(ticket_id=ticket.id, text="Demain.", by=actor_of(make_agent(session)), now=TUESDAY)
    wires.use_transports(ChannelSettings())
    sending.work_outbox(SendQueue.URGENT, lambda: None)
    session.expire_all()
    assert session.get_one(OutboundMessage, done.outbound_id).state is MessageState.WAITING


def test_whatsapp_is_answered_freely_within_the_day(
    session: Session, client: FlaskClient, twilio: Double
) -> None:
    text(client, "Bonjour", From=f"whatsapp:{ANNE}", To=f"whatsapp:{NUMBER}", ProfileName="Anne Martin")
    ticket = session.scalars(select(Ticket)).one()
    assert (ticket.channel, ticket.requester_name) == (Channel.WHATSAPP, "Anne Martin")
    reply(ticket_id=ticket.id, text="Bonjour Anne.", by=actor_of(make_agent(session)), now=TUESDAY)
    sending.work_outbox(SendQueue.URGENT, lambda: None)
    assert (twilio.sent[0].to, twilio.sent[0].body) == (f"whatsapp:{ANNE}", "Bonjour Anne.")


@pytest.mark.parametrize("sender", ["36111", "OVHcloud", "+33139980001"])
def test_who_can_receive_no_text_is_not_answered_by_one_and_stops_nobody(
    session: Session, client: FlaskClient, twilio: Double, hand_clock: HandClock, sender: str
) -> None:
    text(client, "Votre colis est là", From=sender)
    ticket = session.scalars(select(Ticket)).one()
    agent = actor_of(make_agent(session))
    with pytest.raises(Invalid, match="Please call or write by mail"):
        reply(ticket_id=ticket.id, text="Bonjour", by=agent, now=hand_clock.now)
    assert ticket.waiting_since is not None
    bad = post_draft(session, "bad:1", purpose=Purpose.REPLY, channel=Channel.SMS, recipient=sender)
    good = post_draft(session, "good:1", purpose=Purpose.REPLY, channel=Channel.SMS, recipient=ANNE)
    while sending.work_outbox(SendQueue.URGENT, lambda: None):
        pass
    session.expire_all()
    assert (bad.state, bad.reason) == (MessageState.BLOCKED, BlockReason.INVALID_ADDRESS)
    assert good.state is MessageState.ACCEPTED
