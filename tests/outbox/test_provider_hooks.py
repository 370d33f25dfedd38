"""Webhooks of mail providers: proven or refused, kept first, each effect once, in whatever order they come."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.channels.mail_hooks import HookSettings
from hub.core import clock
from hub.core.facts import FactRow
from hub.core.words import Channel, Purpose
from hub.customers import queries as customers
from hub.outbox import addresses, hook_settings, provider_hooks, queries, tidying
from hub.outbox.models import DeliveryReceipt, OutboundMessage
from hub.outbox.provider_models import ProviderDelivery
from hub.outbox.provider_queries import list_unmatched_deliveries
from hub.outbox.provider_words import DeliveryState
from hub.outbox.words import MessageState, ReceiptKind
from tests.conftest import TUESDAY, HandClock
from tests.makers.customers import make_customer
from tests.makers.mail_hooks import (
    CERTIFICATE,
    MAILGUN_KEY,
    SECRET,
    TOPIC,
    Amazon,
    basic,
    mailgun,
    serve_amazon,
    ses_bounce,
    sns,
)
from tests.makers.outbox import give_consent, post_draft
from tests.makers.sink import Sink
from tests.makers.stores import make_chain

DORA = "dora@client.example"
FORBIDDEN, KEPT = 403, 204


@pytest.fixture(scope="module")
def amazon() -> Iterator[Amazon]:
    with serve_amazon() as found:
        yield found


@pytest.fixture
def hooks(amazon: Amazon) -> Iterator[None]:
    """All four providers are set up."""
    hook_settings.use_hooks(
        HookSettings(
            ses_topic_arn=TOPIC,
            sns_url=amazon.url,
            mailgun_signing_key=MAILGUN_KEY,
            brevo_secret=SECRET,
            postmark_secret=SECRET,
        )
    )
    yield
    hook_settings.use_hooks(HookSettings())


@pytest.fixture
def row(session: Session, send: Callable[[], None], sink: Sink) -> OutboundMessage:
    """A promotion that was sent to Dora."""
    dora = make_customer(session)
    give_consent(DORA)
    found = post_draft(session, purpose=Purpose.PROMOTION, customer_id=dora.id)
    send()
    assert found.state is MessageState.ACCEPTED
    return found


def path_of(row: OutboundMessage) -> str:
    return addresses.return_path_of(row.uuid, "hub.example")


def count(session: Session, table: Any = ProviderDelivery) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def brevo(row: OutboundMessage, event: str, **fields: Any) -> dict[str, Any]:
    own = f"comptoir:{addresses.reference_of(row.uuid)}"
    return {"event": event, "email": DORA, "ts_event": 1_772_528_400, "X-Mailin-custom": own, **fields}


def postmark(row: OutboundMessage, record: str, **fields: Any) -> dict[str, Any]:
    metadata = {"comptoir": addresses.reference_of(row.uuid)}
    return {"RecordType": record, "MessageID": "pm-1", "Metadata": metadata, "Email": DORA, **fields}


def mailgun_event(row: OutboundMessage, event: str, **fields: Any) -> dict[str, Any]:
    own = {"comptoir": addresses.reference_of(row.uuid)}
    return {"event": event, "id": f"mg-{event}", "recipient": DORA, "user-variables": own, **fields}


@pytest.mark.parametrize("version", ["1", "2"])
def test_a_signed_bounce_of_ses_suppresses_once(
    client: FlaskClient, session: Session, hooks: None, row: OutboundMessage, version: str
) -> None:
    sent = sns(ses_bounce(path_of(row), diagnostic="smtp; 550 5.1.1 user unknown"), version=version)
    for _ in range(3):
        assert client.post("/hooks/mail/ses", json=sent).status_code == KEPT
    session.refresh(row)
    assert row.state is MessageState.BOUNCED
    assert customers.get_suppressed([DORA]) == {DORA}
    assert (count(session), count(session, DeliveryReceipt)) == (1, 1)
    bounced = select(func.count()).where(FactRow.kind == "MessageBounced")
    assert session.scalar(bounced) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"Signature": "AAAA"},
        {"Message": "{}"},
        {"TopicArn": "arn:aws:sns:eu-west-3:999999999999:somebody-else"},
        {"SigningCertURL": "https://evil.example/SimpleNotificationService-0123456789abcdef.pem"},
        {"SigningCertURL": CERTIFICATE.replace("amazonaws.com", "amazonaws.com.evil.example")},
        {"SigningCertURL": CERTIFICATE.replace("eu-west-3", "s3-us-west-2")},
        {"SigningCertURL": CERTIFICATE.replace("eu-west-3", "s3")},
        {"SigningCertURL": CERTIFICATE.replace("https:", "http:")},
        {
            "SigningCertURL": CERTIFICATE.replace(
                "https://", "https://sns.eu-west-3.amazonaws.com@evil.example/"
            )
        },
        {"SigningCertURL": CERTIFICATE.replace("SimpleNotificationService-", "other-")},
        {"SignatureVersion": "3"},
    ],
)
def test_ses_without_a_good_signature_is_refused_and_nothing_is_written(
    client: FlaskClient, session: Session, hooks: None, row: OutboundMessage, changes: dict[str, str]
) -> None:
    sent = {**sns(ses_bounce(path_of(row))), **changes}
    assert client.post("/hooks/mail/ses", json=sent).status_code == FORBIDDEN
    assert (count(session), count(session, DeliveryReceipt)) == (0, 0)
    assert not customers.get_suppressed([DORA])


def test_a_subscription_is_confirmed_for_our_topic_at_amazon_only(
    client: FlaskClient, session: Session, hooks: None, amazon: Amazon
) -> None:
    make_chain(session)

    def ask(address: str, **changes: str) -> int:
        extra = {"Type": "SubscriptionConfirmation", "SubscribeURL": address, "Token": "abc", **changes}
        return client.post("/hooks/mail/ses", json=sns(f"yes? {address}", **extra)).status_code

    good = f"https://sns.eu-west-3.amazonaws.com/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=abc"
    asked_before = len(amazon.asked)
    assert ask("https://evil.example/?TopicArn=" + TOPIC) == FORBIDDEN
    assert ask(good.replace(TOPIC, TOPIC + "x")) == FORBIDDEN
    assert ask(good, TopicArn=TOPIC + "x") == FORBIDDEN
    assert not any("Confirm" in path for path in amazon.asked[asked_before:])
    assert ask(good) == KEPT
    assert sum("ConfirmSubscription" in path for path in amazon.asked[asked_before:]) == 1
    assert session.scalars(select(ProviderDelivery)).one().state is DeliveryState.IGNORED
    assert list_unmatched_deliveries(after=None, size=10).rows == []


def test_mailgun_refuses_a_wrong_key_an_old_time_and_a_token_used_for_other_words(
    client: FlaskClient, session: Session, hooks: None, row: OutboundMessage
) -> None:
    now = clock.machine_now()

    def post(data: dict[str, Any], **how: Any) -> int:
        return client.post("/hooks/mail/mailgun", json=mailgun(data, **{"at": now, **how})).status_code

    delivered = mailgun_event(row, "delivered")
    assert post(delivered, key="wrong") == FORBIDDEN
    assert post(delivered, at=now - timedelta(hours=10)) == FORBIDDEN
    assert post(delivered, at=now + timedelta(hours=1)) == FORBIDDEN
    assert count(session) == 0
    assert post(delivered) == KEPT
    assert post(delivered) == KEPT
    assert post(mailgun_event(row, "complained")) == FORBIDDEN
    assert count(session) == 1
    session.refresh(row)
    assert row.state is MessageState.DELIVERED
    assert not customers.get_suppressed([DORA])


@pytest.mark.parametrize("provider", ["brevo", "postmark"])
def test_brevo_and_postmark_need_their_secret(
    client: FlaskClient, session: Session, hooks: None, row: OutboundMessage, provider: str
) -> None:
    sent = brevo(row, "delivered") if provider == "brevo" else postmark(row, "Delivery")
    address = f"/hooks/mail/{provider}"
    assert client.post(address, json=sent).status_code == FORBIDDEN
    assert client.post(address, json=sent, headers=basic("comptoir:guess")).status_code == FORBIDDEN
    assert count(session) == 0
    assert client.post(address, json=sent, headers=basic()).status_code == KEPT
    session.refresh(row)
    assert row.state is MessageState.DELIVERED


def test_a_network_that_is_not_the_providers_is_refused(
    client: FlaskClient, session: Session, row: OutboundMessage
) -> None:
    hook_settings.use_hooks(HookSettings(brevo_secret=SECRET, brevo_networks=("192.0.2.0/24",)))
    sent = brevo(row, "delivered")
    assert client.post("/hooks/mail/brevo", json=sent, headers=basic()).status_code == FORBIDDEN
    near = {"REMOTE_ADDR": "192.0.2.9"}
    answer = client.post("/hooks/mail/brevo", json=sent, headers=basic(), environ_overrides=near)
    assert answer.status_code == KEPT
    hook_settings.use_hooks(HookSettings())


def test_a_provider_that_is_not_set_up_has_no_door(client: FlaskClient, session: Session) -> None:
    make_chain(session)
    for provider in ("ses", "mailgun", "brevo", "postmark", "other"):
        assert client.post(f"/hooks/mail/{provider}", json={}).status_code == 404


UNKNOWN, POLICY = "550 5.1.1 no such user here", "550 5.7.1 blocked, see your IP reputation"
FULL = "552 5.2.2 mailbox full"


@pytest.mark.parametrize(
    ("provider", "event", "kind"),
    [
        ("mailgun", {"event": "failed", "severity": "permanent", "delivery-status": {"message": UNKNOWN, "code": 550}}, "hard_bounce"),
        ("mailgun", {"event": "failed", "severity": "permanent", "delivery-status": {"message": POLICY, "code": 550}}, "sender_fault"),
        ("mailgun", {"event": "failed", "severity": "permanent", "reason": "suppress-bounce"}, "hard_bounce"),
        ("mailgun", {"event": "failed", "severity": "permanent", "reason": "espblock"}, "sender_fault"),
        ("mailgun", {"event": "failed", "severity": "temporary", "delivery-status": {"message": FULL, "code": 452}}, "soft_bounce"),
        ("mailgun", {"event": "complained"}, "complaint"),
        ("mailgun", {"event": "unsubscribed"}, "unsubscribe"),
        ("mailgun", {"event": "opened"}, None),
        ("brevo", {"event": "hard_bounce", "reason": UNKNOWN}, "hard_bounce"),
        ("brevo", {"event": "hard_bounce", "reason": FULL}, "soft_bounce"),
        ("brevo", {"event": "soft_bounce", "reason": UNKNOWN}, "soft_bounce"),
        ("brevo", {"event": "blocked", "reason": ""}, "sender_fault"),
        ("brevo", {"event": "blocked", "reason": "blacklisted contact"}, None),
        ("brevo", {"event": "spam"}, "complaint"),
        ("brevo", {"event": "unsubscribed"}, "unsubscribe"),
        ("brevo", {"event": "invalid_email"}, "hard_bounce"),
        ("postmark", {"RecordType": "Bounce", "Type": "HardBounce", "Details": UNKNOWN}, "hard_bounce"),
        ("postmark", {"RecordType": "Bounce", "Type": "HardBounce", "Details": POLICY}, "sender_fault"),
        ("postmark", {"RecordType": "Bounce", "Type": "SoftBounce", "Details": FULL}, "soft_bounce"),
        ("postmark", {"RecordType": "Bounce", "Type": "DMARCPolicy"}, "sender_fault"),
        ("postmark", {"RecordType": "Bounce", "Type": "SpamNotification"}, "content_fault"),
        ("postmark", {"RecordType": "Bounce", "Type": "AutoResponder"}, None),
        ("postmark", {"RecordType": "SpamComplaint"}, "complaint"),
        ("postmark", {"RecordType": "SubscriptionChange", "SuppressSending": True, "SuppressionReason": "ManualSuppression"}, "unsubscribe"),
        ("ses", {"kind": "Permanent", "diagnostic": POLICY, "status": "5.7.1"}, "sender_fault"),
        ("ses", {"kind": "Transient", "diagnostic": FULL, "status": "4.2.2"}, "soft_bounce"),
        ("ses", {"kind": "Undetermined", "diagnostic": UNKNOWN, "status": "5.1.1"}, "soft_bounce"),
    ],
)  # fmt: skip
def test_events_mean_what_delivery_reports_mean(
    client: FlaskClient,
    session: Session,
    hooks: None,
    row: OutboundMessage,
    provider: str,
    event: dict[str, Any],
    kind: str | None,
) -> None:
    sent: dict[str, Any]
    if provider == "mailgun":
        sent = mailgun({**mailgun_event(row, "x"), **event}, at=clock.machine_now())
    elif provider == "ses":
        sent = dict(sns(ses_bounce(path_of(row), **event)))
    else:
        sent = {**(brevo if provider == "brevo" else postmark)(row, "x"), **event}
    answer = client.post(f"/hooks/mail/{provider}", json=sent, headers=basic())
    assert answer.status_code == KEPT
    found = [receipt.kind for receipt in session.scalars(select(DeliveryReceipt))]
    assert found == ([ReceiptKind(kind)] if kind else [])
    is_gone = customers.get_suppressed([DORA]) == {DORA}
    assert is_gone is (kind == "hard_bounce")
    states = {said.purpose: said.action for said in customers.get_consent_states([DORA])[DORA]}
    assert (states[Purpose.PROMOTION] == "withdrawn") is (kind == "unsubscribe")
    if kind == "complaint":
        assert f"{DORA}|promotion" in customers.get_suppressed([DORA])


def test_three_faults_of_ours_pause_the_channel_and_suppress_nobody(
    client: FlaskClient, session: Session, hooks: None, send: Callable[[], None], sink: Sink
) -> None:
    rows = [post_draft(session, f"d:{n}", recipient=f"c{n}@client.example") for n in range(3)]
    send()
    for each in rows:
        client.post("/hooks/mail/brevo", json=brevo(each, "blocked"), headers=basic())
    assert [pause.channel for pause in queries.list_pauses(now=TUESDAY)] == [Channel.EMAIL]
    assert not customers.get_suppressed([each.recipient or "" for each in rows])


def test_late_events_never_move_a_message_back(
    client: FlaskClient, session: Session, hooks: None, row: OutboundMessage
) -> None:
    for sent in (
        brevo(row, "hard_bounce", reason=UNKNOWN),
        brevo(row, "delivered"),
        brevo(row, "deferred", reason=FULL),
    ):
        assert client.post("/hooks/mail/brevo", json=sent, headers=basic()).status_code == KEPT
    session.refresh(row)
    assert row.state is MessageState.BOUNCED


def test_a_delivery_that_overtakes_the_providers_answer_counts_as_accepted(
    client: FlaskClient, session: Session, hooks: None, send: Callable[[], None], sink: Sink
) -> None:
    row = post_draft(session, recipient=DORA)
    row.state, row.lease_token = MessageState.CALLING, "worker"
    session.flush()
    client.post("/hooks/mail/brevo", json=brevo(row, "delivered"), headers=basic())
    session.refresh(row)
    found = session.execute(select(OutboundMessage.state, OutboundMessage.lease_token)).one()
    assert tuple(found) == (MessageState.DELIVERED, None)
    assert row.accepted_at is not None
    accepted = select(func.count()).where(FactRow.kind == "MessageAccepted")
    assert session.scalar(accepted) == 1


def test_what_names_no_message_of_ours_is_kept_and_shown_with_its_reason(
    client: FlaskClient, session: Session, hooks: None, row: OutboundMessage
) -> None:
    foreign = {"event": "hard_bounce", "email": "x@y.example", "ts_event": 1, "message-id": "<a@b.example>"}
    forged = {**foreign, "ts_event": 2, "X-Mailin-custom": f"comptoir:{row.uuid}.aaaaaaaaaaaaaaaa"}
    nameless = {"event": "hard_bounce", "email": "x@y.example", "ts_event": 3}
    for sent in (foreign, forged, nameless):
        assert client.post("/hooks/mail/brevo", json=sent, headers=basic()).status_code == KEPT
    first = list_unmatched_deliveries(after=None, size=2)
    rest = list_unmatched_deliveries(after=first.next_key, size=2)
    assert [each.reason for each in (*first.rows, *rest.rows)] == [
        provider_hooks.NO_REFERENCE,
        provider_hooks.FOREIGN,
        provider_hooks.FOREIGN,
    ]
    assert rest.next_key is None
    assert not customers.get_suppressed(["x@y.example", DORA])


def test_an_event_whose_process_died_after_keeping_it_is_applied_later(
    client: FlaskClient, session: Session, hooks: None, row: OutboundMessage, hand_clock: HandClock
) -> None:
    client.post("/hooks/mail/brevo", json=brevo(row, "hard_bounce", reason=UNKNOWN), headers=basic())
    kept = session.scalars(select(ProviderDelivery)).one()
    session.delete(session.scalars(select(DeliveryReceipt)).one())
    kept.state, kept.next_attempt_at = DeliveryState.STORED, clock.machine_now() - timedelta(seconds=1)
    row.state = MessageState.ACCEPTED
    session.commit()
    assert tidying.has_due()
    assert tidying.work_receipts(lambda: None) == 1
    assert not tidying.has_due()
    session.refresh(row)
    assert row.state is MessageState.BOUNCED


def test_our_reference_travels_in_the_header_of_each_provider(
    session: Session, hooks: None, send: Callable[[], None], sink: Sink
) -> None:
    row = post_draft(session, recipient=DORA)
    send()
    own, mail = addresses.reference_of(row.uuid), sink.taken[-1].mail
    assert addresses.read_return_token(own) == row.uuid
    assert mail["X-SES-MESSAGE-TAGS"] == f"comptoir={own}"
    assert mail["X-Mailgun-Variables"] == '{"comptoir": "' + own + '"}'
    assert mail["X-Mailin-custom"] == f"comptoir:{own}"
    assert mail["X-PM-Metadata-comptoir"] == own


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b"{", b'{"event": 3}', b'[{"event": {}}]', b"[" * 3000]
)
def test_odd_bodies_are_answered_never_broken(
    client: FlaskClient, session: Session, hooks: None, body: bytes
) -> None:
    make_chain(session)
    for provider in ("ses", "mailgun", "brevo", "postmark"):
        answer = client.post(f"/hooks/mail/{provider}", data=body, headers=basic())
        assert answer.status_code in {204, 403, 422}, (provider, body)
