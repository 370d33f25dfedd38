"""The contract for machines: orders, tickets, replies, contacts; clear JSON errors, scopes, nothing lost."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.content.actions import publish_builtin_templates
from hub.inbox.models import Ticket
from hub.orders.models import Order, OrderEvent
from hub.staff.words import ApiScope
from tests.conftest import TUESDAY
from tests.makers.keys import make_key
from tests.makers.staff import make_agent
from tests.makers.stores import make_chain, make_store

ORDER: dict[str, Any] = {
    "external_id": "W-1001",
    "store": "LYO",
    "customer": {
        "email": "Dora@Client.example",
        "title": "Mme",
        "first_name": "dora",
        "last_name": "LEFÈVRE",
    },
    "placed_at": "2026-03-01T10:00:00+01:00",
    "delivered_at": "2026-03-03T10:00:00+01:00",
    "updated_at": "2026-03-03T10:00:00+01:00",
    "state": "delivered",
    "total_cents": 8990,
    "currency": "EUR",
    "lines": [{"sku": "L1", "name": "Lampe", "quantity": 1, "unit_price_cents": 8990}],
}


class Caller:
    def __init__(self, client: FlaskClient, session: Session) -> None:
        make_chain(session)
        store = make_store(session)
        self.agent = make_agent(session, store_ids=(store.id,))
        self.session, self.client, self.headers = session, client, make_key(session, self.agent.id)
        publish_builtin_templates(now=TUESDAY)
        session.commit()

    def post(self, path: str, body: Any, **headers: str) -> Any:
        return self.client.post(f"/api/v1{path}", json=body, headers=self.headers | headers)

    def get(self, path: str) -> Any:
        return self.client.get(f"/api/v1{path}", headers=self.headers)


@pytest.fixture
def caller(client: FlaskClient, session: Session) -> Caller:
    return Caller(client, session)


def test_an_order_is_taken_once(caller: Caller) -> None:
    first = caller.post("/orders", ORDER)
    assert (first.status_code, first.json["outcome"]) == (200, "taken")
    assert caller.post("/orders", ORDER).json["outcome"] == "unchanged"
    assert caller.session.scalar(select(func.count()).select_from(Order)) == 1


def test_a_refused_order_is_kept_with_its_reason(caller: Caller) -> None:
    refused = caller.post("/orders", ORDER | {"store": "NOWHERE", "total_cents": "many"})
    assert refused.status_code == 422
    fields = {error["field"] for error in refused.json["error"]["fields"]}
    assert "total_cents" in fields
    event = caller.session.scalars(select(OrderEvent)).one()
    assert event.reason
    assert event.payload["store"] == "NOWHERE"


def test_broken_json_has_a_sentence(caller: Caller) -> None:
    response = caller.client.post(
        "/api/v1/orders", data="{nope", content_type="application/json", headers=caller.headers
    )
    assert response.status_code == 422
    assert response.json is not None
    assert response.json["error"]["fields"][0]["message"]
    assert caller.session.scalars(select(OrderEvent)).one().reason, "kept as it came"
    assert caller.client.post("/api/v1/orders", data="x", headers=caller.headers).status_code == 415


def test_a_contact_becomes_a_ticket_that_can_be_read_and_answered(caller: Caller) -> None:
    body = {
        "channel": "social",
        "email": "emil@client.example",
        "name": "Emil",
        "store": "LYO",
        "text": "Bonjour ?",
    }
    number = caller.post("/contacts", body).json["ticket"]
    listed = caller.get("/tickets?store=LYO&state=new&customer=emil@client.example").json["tickets"]
    assert [ticket["number"] for ticket in listed] == [number]
    reply = caller.post(f"/tickets/{number}/replies", {"text": "Bonjour Emil."}, **{"Idempotency-Key": "a"})
    again = caller.post(f"/tickets/{number}/replies", {"text": "Bonjour Emil."}, **{"Idempotency-Key": "a"})
    assert (reply.status_code, reply.json) == (201, again.json)
    ticket = caller.get(f"/tickets/{number}").json["ticket"]
    assert [line["kind"] for line in ticket["messages"] if line["kind"] in {"customer", "agent"}] == [
        "customer",
        "agent",
    ]
    assert ticket["waiting_since"] is None


def test_pages_follow_a_key(caller: Caller) -> None:
    for number in range(3):
        caller.post("/contacts", {"email": f"c{number}@client.example", "store": "LYO", "text": "Bonjour"})
    first = caller.get("/tickets?size=2").json
    second = caller.get(f"/tickets?size=2&after={first['next']}").json
    numbers = [ticket["number"] for ticket in first["tickets"] + second["tickets"]]
    assert len(set(numbers)) == 3
    assert second["next"] is None


def test_a_key_opens_only_its_scopes(caller: Caller) -> None:
    narrow = make_key(caller.session, None, ApiScope.ORDERS_WRITE)
    assert caller.client.get("/api/v1/tickets", headers=narrow).status_code == 403
    assert caller.client.get("/api/v1/tickets").status_code == 401
    wrong = {"Authorization": "Bearer nonsense"}
    response = caller.client.get("/api/v1/tickets", headers=wrong)
    assert response.status_code == 401
    assert response.json is not None
    assert response.json["error"]["message"]


def test_a_key_sees_the_stores_of_its_person(caller: Caller) -> None:
    make_store(caller.session, "Lille Centre", code="LIL")
    number = caller.post("/contacts", {"email": "x@client.example", "store": "LIL", "text": "Bonjour"}).json[
        "ticket"
    ]
    assert caller.get(f"/tickets/{number}").status_code == 404
    assert caller.get("/tickets").json["tickets"] == []


@pytest.mark.parametrize(
    ("path", "field"),
    [("/tickets?store=NO", "store"), ("/tickets?state=odd", "state"), ("/tickets?size=0", "size")],
)
def test_a_wrong_filter_names_its_field(caller: Caller, path: str, field: str) -> None:
    response = caller.get(path)
    assert (response.status_code, response.json["error"]["field"]) == (422, field)


def test_a_contact_without_an_address_is_refused(caller: Caller) -> None:
    response = caller.post("/contacts", {"text": "Bonjour"})
    assert (response.status_code, response.json["error"]["field"]) == (422, "email")


def test_the_phone_of_a_contact_is_kept_as_one_number_or_refused(caller: Caller) -> None:
    body = {"channel": "sms", "phone": "06 39 98 00 01", "store": "LYO", "text": "Bonjour"}
    number = caller.post("/contacts", body).json["ticket"]
    ticket = caller.session.scalars(select(Ticket).where(Ticket.number == number)).one()
    assert ticket.requester_address == "+33639980001"
    assert caller.post("/contacts", {**body, "phone": "+33639980001"}).json["ticket"] == number
    response = caller.post("/contacts", {**body, "phone": "my phone"})
    assert (response.status_code, response.json["error"]["field"]) == (422, "phone")


def test_the_description_names_every_door(caller: Caller) -> None:
    paths = caller.get("/openapi.json").json["paths"]
    routes = {
        re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule.removeprefix("/api/v1"))
        for rule in caller.client.application.url_map.iter_rules()
        if rule.endpoint.startswith("api.")
    }
    assert routes - {"/openapi.json"} == set(paths)
