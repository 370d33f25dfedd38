"""Facts reach the systems that asked for them: signed, once per fact, tried again, at least once when a worker dies."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from time import monotonic
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.actor import SYSTEM
from hub.core.errors import Conflict
from hub.core.facts import FactQueueRow, FactRow
from hub.inbox.actions import solve, transfer
from hub.reactions.drain import work_facts
from hub.reactions.telling import tell
from hub.webhooks import actions, queries, setup, working
from hub.webhooks.models import WebhookDelivery, WebhookEndpoint
from hub.webhooks.rules import EndpointDraft
from hub.webhooks.words import ON_OFFER, WebhookEvent, WebhookState
from tests.conftest import TUESDAY, HandClock
from tests.makers.inbox import make_house, make_reason, make_received
from tests.makers.receiver import Receiver, open_receiver
from tests.makers.stores import make_store


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with open_receiver() as found:
        yield found


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> HandClock:
    """Machine time in the test's hand: back-off runs on it."""
    hand = HandClock()
    monkeypatch.setattr(clock, "machine_now", lambda: hand.now)
    return hand


def add(url: str, *events: WebhookEvent, store_ids: tuple[int, ...] = ()) -> tuple[WebhookEndpoint, str]:
    draft = EndpointDraft(name="Shop", url=url, events=events or ON_OFFER, store_ids=store_ids)
    secret = actions.add_endpoint(draft, by=SYSTEM, now=TUESDAY)
    [newest] = queries.list_endpoints()[-1:]
    row = actions.db.session.get_one(WebhookEndpoint, newest.id)
    return row, secret


def react() -> None:
    while work_facts(lambda: None):
        pass


def deliver() -> int:
    count = 0
    while done := working.work_webhooks(lambda: None):
        count += done
    return count


def deliveries(session: Session) -> list[WebhookDelivery]:
    session.expire_all()
    return list(session.scalars(select(WebhookDelivery).order_by(WebhookDelivery.id)))


def test_a_ticket_is_told_signed_and_without_words_of_the_customer(
    session: Session, hand_clock: HandClock, machine: HandClock, receiver: Receiver
) -> None:
    house = make_house(session)
    _, secret = add(receiver.url, WebhookEvent.TICKET_OPENED)
    received = make_received()
    react()
    assert deliver() == 1
    [told] = receiver.told
    assert told.path == "/hook?a=1"
    body = json.loads(told.body)
    assert body["type"] == "ticket.opened"
    data = body["data"]
    assert (data["ticket"], data["ticket_id"], data["store"], data["channel"]) == (
        received.number, received.ticket_id, house.code, "email")  # fmt: skip
    assert b"Dora" not in told.body
    assert b"client.example" not in told.body
    check_signature(told.headers, told.body, secret)
    [row] = deliveries(session)
    assert (row.state, row.status, row.attempt_count) == (WebhookState.DELIVERED, 204, 1)


def check_signature(headers: dict[str, str], body: bytes, secret: str) -> None:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    moment, proof = (part.partition("=")[2] for part in headers["comptoir-signature"].split(",", 1))
    assert proof == hmac.new(key, moment.encode() + b"." + body, hashlib.sha256).hexdigest()
    assert headers["webhook-timestamp"] == moment
    assert headers["webhook-id"].startswith("msg_")


def test_each_fact_of_the_slice_has_its_event(
    session: Session, hand_clock: HandClock, machine: HandClock, receiver: Receiver
) -> None:
    make_house(session)
    lille = make_store(session, "Lille", code="LIL")
    reason = make_reason(session)
    add(receiver.url)
    received = make_received()
    assert received.ticket_id
    make_received(mail_message_id="<2@x>", in_reply_to="<1@client.example>", text="Encore ?",
                  references=("<1@client.example>",))  # fmt: skip
    who: dict[str, Any] = {"ticket_id": received.ticket_id, "by": SYSTEM, "now": TUESDAY}
    transfer(store_id=lille.id, **who)
    solve(reason_id=reason.id, **who)
    make_received(mail_message_id="<3@x>", in_reply_to="<1@client.example>", text="Non",
                  references=("<1@client.example>",))  # fmt: skip
    session.add_all(
        FactRow(kind=kind, customer_id=None, happened_at=TUESDAY, data=data)
        for kind, data in (
            ("TicketReplied", {"ticket_id": received.ticket_id, "store_id": lille.id, "agent_id": 1}),
            ("ReplyUndone", {"ticket_id": received.ticket_id, "store_id": lille.id, "agent_id": 1}),
            (
                "MessageBounced",
                {"outbound_id": 0, "purpose": "survey", "source_kind": None, "source_id": None},
            ),
            ("ConsentChanged", {"entry_id": 0, "is_given": True}),
            ("ReplyHandedOver", {"outbound_id": 0, "purpose": "reply", "store_id": lille.id}),
            ("QuestionnaireAnswered", {"questionnaire_id": 0, "response_id": 1, "store_id": lille.id}),
        )
    )
    session.flush()
    session.add_all(
        FactRow(kind=kind, customer_id=None, happened_at=TUESDAY, data={"store_id": lille.id})
        for kind in ("SurveyAnswered", "AnswerWorded", "AnswersContradicted")
    )
    session.flush()
    tell(session.scalars(select(FactRow).order_by(FactRow.id)).all())
    assert {row.event for row in deliveries(session)} == {event.value for event in ON_OFFER}
    assert {json.loads(row.body)["data"].get("store") for row in deliveries(session)
            if row.event == "ticket.transferred"} == {"LIL"}  # fmt: skip


def test_only_what_was_asked_for_and_once_per_fact(
    session: Session, hand_clock: HandClock, machine: HandClock, receiver: Receiver
) -> None:
    lyon = make_house(session)
    lille = make_store(session, "Lille", code="LIL", mailbox="lille")
    add(receiver.url, WebhookEvent.TICKET_OPENED, store_ids=(lille.id,))
    add(receiver.url, WebhookEvent.TICKET_SOLVED)
    add(receiver.url, WebhookEvent.TICKET_OPENED, store_ids=(lyon.id,))
    make_received()
    react()
    [row] = deliveries(session)
    session.add(FactQueueRow(fact_id=row.fact_id or 0, attempt_count=0))
    session.flush()
    react()
    assert len(deliveries(session)) == 1


def test_nobody_asked_costs_nothing(session: Session, hand_clock: HandClock) -> None:
    make_house(session)
    make_received()
    react()
    assert deliveries(session) == []


def test_a_failure_is_kept_and_tried_again_under_the_same_id(
    session: Session, hand_clock: HandClock, machine: HandClock, receiver: Receiver
) -> None:
    make_house(session)
    row, _ = add(receiver.url, WebhookEvent.TICKET_OPENED)
    receiver.status, receiver.answer = 500, b"x" * 3000
    make_received()
    react()
    deliver()
    [delivery] = deliveries(session)
    assert (delivery.state, delivery.status, len(delivery.answer)) == (WebhookState.WAITING, 500, 500)
    assert row.failing_since == machine.now
    for minutes in (1, 5, 15, 60):
        assert deliver() == 0
        machine.move(minutes=minutes)
        assert deliver() == 1
    receiver.status = 200
    machine.move(hours=4)
    assert deliver() == 1
    assert len({told.headers["webhook-id"] for told in receiver.told}) == 1
    assert len({told.headers["webhook-timestamp"] for told in receiver.told}) == 6
    [delivery] = deliveries(session)
    assert (delivery.state, delivery.attempt_count, row.failing_since) == (WebhookState.DELIVERED, 6, None)


def test_a_worker_that_dies_after_the_call_delivers_again_under_the_same_id(
    session: Session,
    hand_clock: HandClock,
    machine: HandClock,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_house(session)
    add(receiver.url, WebhookEvent.TICKET_OPENED)
    make_received()
    react()

    class KilledError(BaseException):
        pass

    def die(*_args: object, **_kwargs: object) -> None:
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(working, "_write_down", die)
        with pytest.raises(KilledError):
            working.work_webhooks(lambda: None)
    assert deliver() == 0  # the lease of the dead
    machine.move(seconds=61)
    assert working.has_due()
    assert deliver() == 1
    first, second = receiver.told
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    assert [row.state for row in deliveries(session)] == [WebhookState.DELIVERED]


def test_no_transaction_is_open_while_the_receiver_is_called(
    session: Session,
    hand_clock: HandClock,
    machine: HandClock,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_house(session)
    add(receiver.url, WebhookEvent.TICKET_OPENED)
    make_received()
    react()
    seen: list[bool] = []
    real = working.call

    def watched(*args: Any, **kwargs: Any) -> Any:
        seen.append(session.in_transaction())
        return real(*args, **kwargs)

    monkeypatch.setattr(working, "call", watched)
    deliver()
    assert seen == [False]


def test_an_endpoint_that_takes_nothing_for_days_is_switched_off(
    session: Session, hand_clock: HandClock, machine: HandClock, receiver: Receiver
) -> None:
    make_house(session)
    row, _ = add(receiver.url, WebhookEvent.TICKET_OPENED)
    receiver.status = 503
    make_received()
    react()
    for _ in range(8):
        deliver()
        machine.move(days=1)
    session.expire_all()
    assert (row.is_on, row.disabled_at is not None) == (False, True)
    assert [each.id for each in queries.list_disabled()] == [row.id]
    assert {each.state for each in deliveries(session)} <= {WebhookState.DROPPED, WebhookState.FAILED}
    count = len(receiver.told)
    make_received(mail_message_id="<9@x>", from_address="emil@client.example")
    react()
    deliver()
    assert len(receiver.told) == count
    actions.switch_endpoint(row.id, is_on=True, by=SYSTEM, now=TUESDAY)
    assert queries.list_disabled() == []


def test_gone_switches_off_at_once(
    session: Session, hand_clock: HandClock, machine: HandClock, receiver: Receiver
) -> None:
    make_house(session)
    row, _ = add(receiver.url, WebhookEvent.TICKET_OPENED)
    receiver.status = 410
    make_received()
    react()
    deliver()
    session.expire_all()
    assert not row.is_on


def test_a_redirect_is_not_followed(
    session: Session, hand_clock: HandClock, machine: HandClock, receiver: Receiver
) -> None:
    make_house(session)
    with open_receiver() as other:
        receiver.status, receiver.location = 302, other.url
        add(receiver.url, WebhookEvent.TICKET_OPENED)
        make_received()
        react()
        deliver()
        assert other.told == []
    [row] = deliveries(session)
    assert (row.status, row.error, row.state) == (302, "redirect", WebhookState.WAITING)


def test_a_slow_receiver_is_left_after_its_time(
    session: Session,
    hand_clock: HandClock,
    machine: HandClock,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert working.TIMEOUT_SECONDS == 5
    monkeypatch.setattr(working, "TIMEOUT_SECONDS", 0.3)
    make_house(session)
    receiver.wait_seconds = 1.0
    add(receiver.url, WebhookEvent.TICKET_OPENED)
    make_received()
    react()
    deliver()
    [row] = deliveries(session)
    assert (row.error, row.status, row.duration_ms is not None and row.duration_ms < 900) == (
        "timeout",
        None,
        True,
    )


def test_private_networks_are_not_called(
    session: Session, hand_clock: HandClock, machine: HandClock, receiver: Receiver
) -> None:
    make_house(session)
    add(receiver.url, WebhookEvent.TICKET_OPENED)
    make_received()
    react()
    setup.use(may_be_private=False)
    try:
        deliver()
    finally:
        setup.use(may_be_private=True)
    assert receiver.told == []
    [row] = deliveries(session)
    assert (row.error, row.state) == ("private_address", WebhookState.WAITING)


def test_tests_and_second_sendings(
    session: Session, hand_clock: HandClock, machine: HandClock, receiver: Receiver
) -> None:
    make_house(session)
    row, old = add(receiver.url, WebhookEvent.TICKET_OPENED)
    who: dict[str, Any] = {"by": SYSTEM, "now": TUESDAY}
    test_id = actions.send_test(row.id, **who, machine_now=machine.now)
    assert deliver() == 1
    assert json.loads(receiver.told[0].body)["type"] == "test"
    new = actions.renew_secret(row.id, **who)
    assert new != old
    actions.send_again(test_id, **who, machine_now=machine.now)
    assert deliver() == 1
    assert receiver.told[0].body == receiver.told[1].body
    assert receiver.told[0].headers["webhook-id"] == receiver.told[1].headers["webhook-id"]
    check_signature(receiver.told[1].headers, receiver.told[1].body, new)
    actions.switch_endpoint(row.id, is_on=False, **who)
    with pytest.raises(Conflict):
        actions.send_again(test_id, **who, machine_now=machine.now)
    with pytest.raises(Conflict):
        actions.send_test(row.id, **who, machine_now=machine.now)


def test_one_slow_system_does_not_hold_up_the_others(
    session: Session, hand_clock: HandClock, machine: HandClock, receiver: Receiver
) -> None:
    make_house(session)
    slow, _ = add(receiver.url, WebhookEvent.TICKET_OPENED)
    other, _ = add(receiver.url, WebhookEvent.TICKET_OPENED)
    for _ in range(30):
        actions.send_test(slow.id, by=SYSTEM, now=TUESDAY, machine_now=machine.now)
    actions.send_test(other.id, by=SYSTEM, now=TUESDAY, machine_now=machine.now)
    working.work_webhooks(lambda: None)
    done = [row.endpoint_id for row in deliveries(session) if row.state is WebhookState.DELIVERED]
    assert (done.count(slow.id), done.count(other.id)) == (5, 1)


def test_the_log_is_kept_for_a_month(
    session: Session, hand_clock: HandClock, machine: HandClock, receiver: Receiver
) -> None:
    make_house(session)
    row, _ = add(receiver.url)
    actions.send_test(row.id, by=SYSTEM, now=TUESDAY, machine_now=machine.now)
    deliver()
    assert len(deliveries(session)) == 1
    machine.move(days=31)
    working.work_webhooks(lambda: None)
    assert deliveries(session) == []


def test_the_log_is_filtered(
    session: Session, hand_clock: HandClock, machine: HandClock, receiver: Receiver
) -> None:
    make_house(session)
    row, _ = add(receiver.url)
    for _ in range(3):
        actions.send_test(row.id, by=SYSTEM, now=TUESDAY, machine_now=machine.now)
    session.execute(update(WebhookDelivery).values(state=WebhookState.FAILED))
    assert len(queries.list_deliveries(state=WebhookState.FAILED).rows) == 3
    assert queries.list_deliveries(state=WebhookState.DELIVERED).rows == []
    assert queries.list_deliveries(event=WebhookEvent.TICKET_OPENED).rows == []
    first = queries.list_deliveries(endpoint_id=row.id, size=2)
    assert len(queries.list_deliveries(endpoint_id=row.id, size=2, after=first.next_key).rows) == 1


def test_receivers_that_hang_hold_a_worker_for_seconds_and_the_others_are_told(
    session: Session,
    hand_clock: HandClock,
    machine: HandClock,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(working, "TIMEOUT_SECONDS", 0.3)
    make_house(session)
    with open_receiver() as slow:
        slow.wait_seconds = 2
        for _ in range(2):
            add(slow.url, WebhookEvent.TICKET_OPENED)
        add(receiver.url, WebhookEvent.TICKET_OPENED)
        for number in range(5):
            make_received(
                from_address=f"c{number}@client.example", mail_message_id=f"<{number}@client.example>"
            )
        react()
        began = monotonic()
        deliver()
        took = monotonic() - began
    assert took < 2
    assert len(receiver.told) == 5
    states = [row.state for row in deliveries(session)]
    assert states.count(WebhookState.DELIVERED) == 5
    assert states.count(WebhookState.WAITING) == 10
