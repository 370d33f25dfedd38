"""Own events by the API, on the card, and on the page of administrators."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from hub.customers.models import Customer
from hub.staff.words import ApiScope, Role
from tests.conftest import HandClock
from tests.makers.customers import make_customer
from tests.makers.inbox import make_house
from tests.makers.keys import make_key
from tests.makers.staff import log_in, make_agent

POST = "/api/v1/events"
EVENT = {
    "name": "warranty_ended",
    "customer": {"email": "dora@client.example"},
    "values": {"months": 24},
    "id": "w-1",
}


@pytest.fixture
def dora(session: Session, hand_clock: HandClock) -> Customer:
    make_house(session)
    row = make_customer(session)
    session.commit()
    return row


def test_an_event_by_the_api_is_on_the_timeline(
    client: FlaskClient, session: Session, dora: Customer
) -> None:
    headers = make_key(session, None, ApiScope.EVENTS_WRITE)
    first, again = (client.post(POST, json=EVENT, headers=headers).get_json() for _ in range(2))
    assert (first["outcome"], again["outcome"]) == ("taken", "unchanged")
    assert first["event"] == again["event"]
    assert (first["event"]["customer_id"], first["event"]["values"]) == (dora.id, {"months": 24})
    log_in(client, make_agent(session, "Cleo Fabre", role=Role.ADMINISTRATOR))
    card = client.get(f"/customers/{dora.id}").text
    assert "Événement d’un autre système" in card
    assert "warranty_ended" in card
    page = client.get("/settings/events").text
    assert "warranty_ended" in page
    assert "Événements refusés" not in page


def test_a_refused_event_is_kept_shown_and_taken_in_again(
    client: FlaskClient, session: Session, dora: Customer
) -> None:
    headers = make_key(session, None, ApiScope.EVENTS_WRITE) | {"Accept-Language": "fr"}
    told = {**EVENT, "customer": {"email": "emil@client.example"}}
    refused = client.post(POST, json=told, headers=headers)
    assert refused.status_code == 422
    error = refused.get_json()["error"]
    assert "gardé" in error["message"]
    assert error["fields"][0]["field"] == "customer"
    assert "Envoyez d’abord le client" in error["fields"][0]["message"]
    assert client.post(POST, json={**EVENT, "name": "Bad", "id": "w-9"}, headers=headers).status_code == 422
    log_in(client, make_agent(session, "Cleo Fabre", role=Role.ADMINISTRATOR))
    page = client.get("/settings/events").text
    assert "emil@client.example" in page
    number = page.split("/settings/events/")[-1].split('"')[0]
    assert "refusé" in client.post(f"/settings/events/{number}", follow_redirects=True).text
    make_customer(session, "Emil", "Roux", mail="emil@client.example", phone=None)
    session.commit()
    listed = [part.split('"')[0] for part in page.split('action="/settings/events/')[1:]]
    answers = [client.post(f"/settings/events/{each}", follow_redirects=True).text for each in listed]
    assert sum("repris" in answer for answer in answers) >= 1
    assert "emil@client.example" not in client.get("/settings/events").text


def test_the_door_asks_for_its_scope_and_the_page_for_an_administrator(
    client: FlaskClient, session: Session, dora: Customer
) -> None:
    assert client.post(POST, json=EVENT).status_code == 401
    assert (
        client.post(POST, json=EVENT, headers=make_key(session, None, ApiScope.ORDERS_WRITE)).status_code
        == 403
    )
    log_in(client, make_agent(session, "Mona Roy", role=Role.MARKETER))
    assert client.get("/settings/events").status_code == 403
    assert client.post("/settings/events/1").status_code == 403
