"""A reply on a social network: handed to its bridge by webhook, confirmed by it, and told to its author when it failed."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.channels.registry import ChannelSettings
from hub.core.actor import SYSTEM
from hub.core.facts import record
from hub.core.words import Channel
from hub.customers.facts import AddressesErased
from hub.inbox.models import Notice, ReplyWait, Ticket, TicketMessage
from hub.inbox.words import MessageKind, NoticeKind, TicketState
from hub.outbox import actions as outbox
from hub.outbox import bridge, wires
from hub.outbox.models import OutboundMessage
from hub.webhooks import actions as webhooks
from hub.webhooks.models import WebhookDelivery, WebhookEndpoint
from hub.webhooks.queries import has_listener
from hub.webhooks.words import WebhookEvent, WebhookState
from tests.blueprints.test_api_tickets import Caller, caller
from tests.conftest import TUESDAY, HandClock
from tests.makers.keys import make_key
from tests.makers.receiver import Receiver, open_receiver
from tests.makers.staff import log_in
from tests.webhooks.test_delivering import add, deliver, machine, react

__all__ = ["caller", "machine"]
ZOE = {"external_ids": {"shop": "C-9", "instagram": "1784"}, "first_name": "Zoé"}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with open_receiver() as found:
        yield found


@pytest.fixture(autouse=True)
def _bridged() -> Iterator[None]:
    wires.use_transports(ChannelSettings(has_bridge=True))
    bridge.use_listener(has_listener)
    yield
    wires.use_transports(ChannelSettings())


class House:
    """Zoé wrote on Instagram; Ada reads it on the page, and a bridge listens at the receiver."""

    def __init__(self, caller: Caller, client: FlaskClient, receiver: Receiver, clock: HandClock) -> None:
        self.caller, self.session, self.receiver, self.clock = caller, caller.session, receiver, clock
        self.endpoint: WebhookEndpoint
        self.endpoint, _secret = add(receiver.url, WebhookEvent.MESSAGE_TO_DELIVER)
        self.number = caller.opened(customer=ZOE, channel="social", external_id="thread-7")
        body = {"from": "customer", "text": "Alors ?", "external_id": "dm-8"}
        caller.call("POST", f"/tickets/{self.number}/messages", body)
        self.page = log_in(client, caller.ada)

    def answer(self, text: str = "Bonjour Zoé.") -> Any:
        return self.page.post(
            f"/inbox/{self.number}/reply?lang=en", data={"text": text}, follow_redirects=True
        )

    def leave(self) -> int:
        """Ten seconds later: the outbox hands it over, the switchboard tells, the webhook calls. How many calls."""
        self.clock.move(seconds=11)
        self.session.commit()
        while outbox.work_outbox_urgent(lambda: None):
            pass
        react()
        return deliver()

    def told(self) -> dict[str, Any]:
        [told] = self.receiver.told
        return dict(json.loads(told.body)["data"])

    def confirm(self, message_id: int, **body: str) -> Any:
        return self.caller.call("PATCH", f"/messages/{message_id}", body)

    def ticket(self) -> Ticket:
        return self.caller.ticket(self.number)

    def shown(self) -> str:
        return self.page.get(f"/inbox/{self.number}?lang=en").text

    def reply(self) -> TicketMessage:
        found = select(TicketMessage).where(TicketMessage.kind == MessageKind.AGENT)
        return self.session.scalars(found).one()


@pytest.fixture
def house(
    caller: Caller, client: FlaskClient, receiver: Receiver, hand_clock: HandClock, machine: HandClock
) -> House:
    return House(caller, client, receiver, hand_clock)


def test_a_reply_written_on_the_page_is_carried_by_the_bridge_and_confirmed(house: House) -> None:
    assert "Goes as it is written to the bridge" in house.shown()
    house.answer()
    assert house.receiver.told == []
    assert house.leave() == 1
    data = house.told()
    message = house.reply()
    assert (data["message_id"], data["direction"], data["ticket"], data["text"], data["agent"]) == (
        message.id, "out", house.number, "Bonjour Zoé.", "Ada Martin")  # fmt: skip
    assert data["to"] == {"name": "Zoé", "external_ids": {"shop": "C-9", "instagram": "1784"}}
    assert (data["thread_id"], data["in_reply_to"], data["store"]) == ("thread-7", "dm-8", "LYO")
    assert "waits for the bridge" in house.shown()
    for _ in range(2):
        answer = house.confirm(message.id, state="delivered", external_id="mid.42")
        assert (answer.status_code, answer.json["message"]["delivery"]["state"]) == (200, "delivered")
        assert answer.json["message"]["delivery"]["external_id"] == "mid.42"
    assert "delivered" in house.shown()
    [wait] = house.session.scalars(select(ReplyWait)).all()
    assert (wait.agent_id, wait.ended_at is not None) == (house.caller.ada.id, True)
    sent = house.session.scalars(select(OutboundMessage)).one()
    assert (sent.channel, sent.recipient, sent.agent_id) == ("social", "instagram:1784", house.caller.ada.id)
    assert house.confirm(message.id, state="failed", reason="late").status_code == 409


def test_undone_within_ten_seconds_nothing_is_told(house: House) -> None:
    house.answer()
    answer = house.page.post(
        f"/inbox/{house.number}/undo", data={"message_id": house.reply().id}, follow_redirects=True
    )
    assert "Bonjour Zoé." in answer.text
    assert house.leave() == 0
    assert house.session.scalars(select(WebhookDelivery)).all() == []
    assert house.ticket().waiting_since is not None


def test_a_failure_tells_its_author_and_brings_the_ticket_back(house: House) -> None:
    house.answer()
    house.leave()
    message = house.reply()
    solved = house.caller.call("PATCH", f"/tickets/{house.number}", {"state": "solved", "reason": "delivery"})
    assert solved.status_code == 200
    [wait] = house.session.scalars(select(ReplyWait)).all()
    ended_at = wait.ended_at
    for _ in range(2):
        answer = house.confirm(message.id, state="failed", reason="The 24 hours are over", external_id="x")
        assert (answer.status_code, answer.json["message"]["delivery"]["reason"]) == (
            200,
            "The 24 hours are over",
        )
    assert "not delivered: The 24 hours are over" in house.shown()
    told = house.session.scalars(select(Notice).where(Notice.kind == NoticeKind.REPLY_FAILED)).all()
    assert [notice.agent_id for notice in told] == [house.caller.ada.id]
    assert "A reply was not delivered on the social network" in house.page.get("/notices/?lang=en").text
    assert (house.ticket().state, house.ticket().reopened_count) == (TicketState.OPEN, 1)
    house.session.refresh(wait)
    assert wait.ended_at == ended_at, "the person answered then; a bounce does not undo that"
    assert house.confirm(message.id, state="delivered").json["message"]["delivery"]["state"] == "delivered"


def test_a_confirmation_without_an_id_of_the_network_shows_none_of_ours(house: House) -> None:
    house.answer()
    house.leave()
    told = house.confirm(house.reply().id, state="delivered").json["message"]["delivery"]
    assert (told["state"], told["external_id"]) == ("delivered", None)


def test_what_a_bridge_may_not_say(house: House, caller: Caller) -> None:
    house.answer()
    message = house.reply()
    early = house.confirm(message.id, state="delivered")
    assert (early.status_code, early.json["error"]["code"]) == (409, "conflict")
    house.leave()
    for body, field in (({"state": "failed"}, "reason"), ({"state": "read"}, "state"), ({}, "state")):
        answer = house.confirm(message.id, **body)
        assert (answer.status_code, answer.json["error"]["field"]) == (422, field)
    written = house.session.scalars(
        select(TicketMessage.id).where(TicketMessage.kind == MessageKind.CUSTOMER)
    )
    assert house.confirm(written.first() or 0, state="delivered").status_code == 409
    assert house.confirm(10**7, state="delivered").status_code == 404
    caller.headers = make_key(caller.session, caller.bo.id)
    assert house.confirm(message.id, state="delivered").status_code == 404
    assert caller.call("GET", f"/messages/{message.id}").status_code == 404


@pytest.mark.parametrize("mail", [None, "zoe@client.example"])
def test_without_a_bridge_the_page_says_what_to_do_and_nothing_is_pretended(
    house: House, mail: str | None
) -> None:
    webhooks.switch_endpoint(house.endpoint.id, is_on=False, by=SYSTEM, now=TUESDAY)
    if mail:
        ticket = house.ticket()
        ticket.requester_address = mail
        house.session.commit()
        assert f"Goes to {mail}" in house.shown()
        return
    page = house.shown()
    assert "No bridge to this social network is set up" in page
    assert 'name="mode" value="reply"' not in page
    said = house.answer().text
    assert "No bridge to this social network is set up" in said
    assert (
        house.session.scalars(select(TicketMessage).where(TicketMessage.kind == MessageKind.AGENT)).all()
        == []
    )
    assert house.ticket().waiting_since is not None


def test_a_bridge_that_is_switched_off_meanwhile_is_told_to_the_author(house: House) -> None:
    house.answer()
    webhooks.switch_endpoint(house.endpoint.id, is_on=False, by=SYSTEM, now=TUESDAY)
    assert house.leave() == 0
    assert "not delivered: no bridge listens any more" in house.shown()


def test_a_bridge_that_never_takes_it_is_given_up_and_told(house: House, machine: HandClock) -> None:
    house.receiver.status = 500
    house.answer()
    house.leave()
    for _ in range(12):
        machine.move(days=1)
        deliver()
    react()
    assert {row.state for row in house.session.scalars(select(WebhookDelivery))} <= {
        WebhookState.FAILED,
        WebhookState.DROPPED,
    }
    assert "not delivered: the bridge did not take it over" in house.shown()


def test_the_log_forgets_the_words_with_the_customers_addresses(house: House) -> None:
    house.answer()
    house.leave()
    record(AddressesErased(customer_id=house.ticket().customer_id, count=1), now=TUESDAY)
    react()
    [row] = house.session.scalars(select(WebhookDelivery)).all()
    house.session.refresh(row)
    assert "Bonjour" not in row.body
    assert "1784" not in row.body
    assert json.loads(row.body)["data"]["ticket"] == house.number


def test_who_wrote_on_the_network_is_answered_there_though_a_mail_address_is_known(house: House) -> None:
    ticket = house.ticket()
    ticket.requester_address = "zoe@client.example"
    house.session.commit()
    house.answer()
    assert house.leave() == 1
    assert house.told()["to"]["external_ids"]["instagram"] == "1784"
    assert house.session.scalars(select(OutboundMessage.channel)).all() == ["social"]


def test_who_wrote_by_sms_is_answered_from_the_page_too(house: House) -> None:
    ticket = house.ticket()
    ticket.channel, ticket.requester_address = Channel.SMS, "+33612345678"
    house.session.commit()
    assert "Goes to +33612345678 by SMS, as it is written." in house.shown()
    house.answer()
    assert house.session.scalars(select(OutboundMessage.channel)).all() == ["sms"]


def test_a_file_goes_along_by_its_id(house: House) -> None:
    caller = house.caller
    body = {"from": "agent", "text": "Voici.", "attachments": [caller.upload("bon été.pdf")]}
    assert caller.call("POST", f"/tickets/{house.number}/messages", body).status_code == 201
    assert house.leave() == 1
    [file] = house.told()["attachments"]
    assert (file["name"], file["type"]) == ("bon été.pdf", "application/pdf")
    assert caller.call("GET", f"/attachments/{file['id']}").data == b"%PDF-1.4 x"
