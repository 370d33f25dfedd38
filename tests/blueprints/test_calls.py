"""What the staff sees of calls: the box of a call that goes on, the form that notes it, how stores are called."""

import re
from collections.abc import Iterator, MutableMapping
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.channels.registry import ChannelSettings
from hub.core import live
from hub.core.live import NewsKind
from hub.core.words import Channel
from hub.inbox.actions import Incoming, receive_message
from hub.inbox.models import PhoneCall, PhoneLine, Ticket, TicketMessage
from hub.inbox.words import PhoneCallState, RouteSource
from hub.outbox import wires
from hub.staff.words import Role
from hub.stores.models import Store
from tests.blueprints.test_hooks_voice import OTHER, call_of, tell
from tests.conftest import TUESDAY, HandClock
from tests.doubles.twilio import run_double
from tests.makers.calls import ANNE, LINE
from tests.makers.customers import make_customer
from tests.makers.inbox import make_house, make_received
from tests.makers.phones import make_settings
from tests.makers.staff import log_in, make_agent
from tests.makers.stores import make_store


@pytest.fixture
def lyon(session: Session, hand_clock: HandClock) -> Iterator[Store]:
    store = make_house(session)
    session.add(PhoneLine(store_id=store.id, number=LINE, rings_at=None, ring_seconds=20))
    with run_double() as double:
        wires.use_transports(ChannelSettings(twilio=make_settings(double)))
        yield store
        wires.use_transports(ChannelSettings())


def ringing(client: FlaskClient) -> str:
    found = client.get("/inbox/ringing")
    assert found.status_code == 200
    given = found.get_json()
    assert bool(given["count"]) == bool(given["html"])
    return str(given["html"])


def test_a_ringing_call_shows_who_calls_and_what_is_open_until_it_ends(
    session: Session, client: FlaskClient, lyon: Store
) -> None:
    anne = make_customer(session, "Anne", "Martin", mail="anne@client.example", phone=ANNE)
    mail = make_received(from_address="anne@client.example", from_name="Anne Martin")
    log_in(client, make_agent(session, store_ids=(lyon.id,)))
    assert ringing(client) == ""
    tell(client, "call")
    html = ringing(client)
    assert all(words in html for words in ("Anne Martin", "06 39 98 00 01", "Lyon Part-Dieu", "appelle"))
    assert f'href="/customers/{anne.id}"' in html
    assert f'href="/inbox/{mail.number}"' in html
    assert f"/inbox/new?call={call_of(session).id}&amp;customer={anne.id}" in html
    tell(client, "answered")
    assert "en ligne" in ringing(client)
    tell(client, "leg_over")
    assert ringing(client) == ""


def test_a_call_that_is_missed_shows_no_more_and_the_next_one_shows_its_ticket(
    session: Session, client: FlaskClient, lyon: Store
) -> None:
    log_in(client, make_agent(session, store_ids=(lyon.id,)))
    tell(client, "call", From="anonymous")
    assert "Numéro masqué" in ringing(client)
    tell(client, "ended_missed", From="anonymous")
    assert ringing(client) == ""
    for name, sid in (("call", OTHER), ("ended_missed", OTHER), ("call", "CA" + "5" * 32)):
        tell(client, name, sid)
    number = session.scalars(select(Ticket.number).order_by(Ticket.id.desc())).first()
    html = ringing(client)
    assert f'href="/inbox/{number}"' in html
    assert html.count('href="/inbox/T-') == 1


def test_only_people_of_the_store_hear_its_calls(session: Session, client: FlaskClient, lyon: Store) -> None:
    lille = make_store(session, "Lille", code="LIL", phone=None)
    anne = make_customer(session, "Anne", "Martin", mail=None, phone=ANNE)
    hidden = make_received()
    session.execute(update(Ticket).values(customer_id=anne.id, store_id=lille.id))
    tell(client, "call")
    heard = {}
    for name, role, store in (
        ("Ada", Role.AGENT, lyon),
        ("Bo", Role.AGENT, lille),
        ("Hugo", Role.HEAD_OFFICE, None),
    ):
        log_in(client, make_agent(session, name, role=role, store_ids=(store.id,) if store else ()))
        html = ringing(client)
        assert hidden.number not in html
        heard[name] = html.count("call-box")
    assert heard == {"Ada": 1, "Bo": 0, "Hugo": 0}
    log_in(client, make_agent(session, "Lea", role=Role.DELIVERY, store_ids=(lyon.id,)))
    assert client.get("/inbox/ringing").status_code == 403


def test_open_pages_of_the_store_are_told_and_only_they(
    session: Session, client: FlaskClient, lyon: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, ...]] = []

    def hear(info: MutableMapping[Any, Any]) -> None:
        told.extend(news.topics for news in info.pop(live.PENDING, {}) if news.kind is NewsKind.CALL)

    monkeypatch.setattr(live, "tell_pending", hear)
    for name in ("call", "call", "answered", "leg_over"):
        tell(client, name)
    assert told == [("all", f"store:{lyon.id}")] * 3


def test_a_call_is_noted_with_its_number_once(session: Session, client: FlaskClient, lyon: Store) -> None:
    log_in(client, make_agent(session, store_ids=(lyon.id,)))
    tell(client, "call")
    tell(client, "answered")
    call_id = call_of(session).id
    page = client.get(f"/inbox/new?call={call_id}").text
    assert f'value="{ANNE}"' in page
    assert re.search(r'<input checked[^>]*value="phone"', page)
    form = {
        "store": lyon.id,
        "channel": "phone",
        "phone": ANNE,
        "text": "Demande son retour",
        "outcome": "later",
    }
    done = client.post(f"/inbox/new?call={call_id}", data=form)
    assert done.status_code == 303
    ticket = session.scalars(select(Ticket)).one()
    assert (ticket.channel, call_of(session).ticket_id) == (Channel.PHONE, ticket.id)
    html = ringing(client)
    assert re.search(rf">Noté\s:\s{ticket.number}<", html)
    assert "/inbox/new?call=" not in html
    for name in ("ended_answered", "over"):
        tell(client, name)
    assert len(session.scalars(select(TicketMessage)).all()) == 1


def test_a_call_of_another_store_cannot_be_noted(session: Session, client: FlaskClient, lyon: Store) -> None:
    lille = make_store(session, "Lille", code="LIL", phone=None)
    tell(client, "call")
    log_in(client, make_agent(session, "Bo", store_ids=(lille.id,)))
    call_id = call_of(session).id
    assert ANNE not in client.get(f"/inbox/new?call={call_id}").text
    form = {"store": lille.id, "channel": "phone", "phone": "+33639980003", "text": "Oui", "outcome": "later"}
    assert client.post(f"/inbox/new?call={call_id}", data=form).status_code == 303
    assert call_of(session).ticket_id is None


def test_a_telephone_that_sends_the_caller_back_is_not_rung_for_ever(
    session: Session, client: FlaskClient, lyon: Store
) -> None:
    first, back = tell(client, "call"), tell(client, "call", OTHER)
    assert first is not None
    assert back is not None
    assert (first[-1].tag, back[-1].tag) == ("Dial", "Hangup")
    states = session.scalars(select(PhoneCall.state).order_by(PhoneCall.id)).all()
    assert states == [PhoneCallState.MESSAGE] * 2  # our own machine answers the first one too


# Settings


def test_the_administrator_sees_what_to_paste_and_says_which_telephone_rings(
    session: Session, client: FlaskClient, lyon: Store
) -> None:
    log_in(client, make_agent(session, role=Role.ADMINISTRATOR))
    page = client.get("/settings/phone").text
    for path in ("/hooks/twilio/voice<", "/hooks/twilio/voice/status<", "/hooks/twilio/inbound<"):
        assert f"http://localhost{path}" in page
    form = {"number": "04 72 99 00 02", "rings_at": "06 39 98 00 09", "ring_seconds": "40"}
    assert client.post(f"/settings/phone/{lyon.id}", data=form).status_code == 302
    assert "04 72 99 00 02" in client.get("/settings/phone").text
    answer = tell(client, "call", To="+33472990002")
    assert answer is not None
    assert (answer[1][0].text, answer[1].attrib["timeout"]) == ("+33639980009", "40")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"number": "+33320000001"}, "number"),
        ({"number": "12"}, "number"),
        ({"rings_at": LINE}, "rings_at"),
        ({"ring_seconds": "2"}, "ring_seconds"),
    ],
)
def test_a_line_that_cannot_work_is_refused(
    session: Session, client: FlaskClient, lyon: Store, changes: dict[str, str], field: str
) -> None:
    make_store(session, "Lille", code="LIL", phone="+33320000001")
    log_in(client, make_agent(session, role=Role.ADMINISTRATOR))
    form = {"number": LINE, "rings_at": "", "ring_seconds": "25", **changes}
    refused = client.post(f"/settings/phone/{lyon.id}", data=form)
    assert refused.status_code == 422
    assert f"{field}-error" in refused.text


def test_without_an_account_the_page_says_so_and_no_page_watches_for_calls(
    session: Session, client: FlaskClient, lyon: Store
) -> None:
    log_in(client, make_agent(session, role=Role.ADMINISTRATOR))
    assert "<call-pop" in client.get("/settings/phone").text
    wires.use_transports(ChannelSettings())
    page = client.get("/settings/phone").text
    assert "TWILIO" in page
    assert "/hooks/twilio" not in page
    assert "<call-pop" not in page


def test_a_text_to_the_line_of_a_store_is_for_that_store(
    session: Session, client: FlaskClient, lyon: Store
) -> None:
    make_store(session, "Lille", code="LIL", phone="+33320000001")
    received = receive_message(
        Incoming(
            channel=Channel.SMS, phone=ANNE, recipients=(LINE,), text="Êtes-vous ouverts ?", key="text:1"
        ),
        now=TUESDAY,
    )
    ticket = session.get_one(Ticket, received.ticket_id)
    assert (ticket.store_id, ticket.route_source) == (lyon.id, RouteSource.STORE_NUMBER)
