"""Products, baskets, visits, returns, till files and customers by any id, as other systems send them."""

from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.actor import SYSTEM
from hub.customers.models import Customer
from hub.customers.properties import save_property
from hub.customers.property_words import PropertyKind
from hub.orders.till_files.models import TillFile
from hub.orders.till_files.words import TillFileState
from hub.orders.till_files.working import take_whole
from hub.staff.words import ApiScope
from tests.blueprints.test_api_tickets import Caller, caller
from tests.conftest import TUESDAY, HandClock
from tests.makers.customers import make_customer
from tests.makers.keys import make_key
from tests.makers.orders import an_event

__all__ = ["caller"]
VISITOR = "v" * 22
LINE = {"sku": "LAMPE-01", "quantity": 1, "unit_price_cents": 3990}


def test_a_day_of_a_shop(caller: Caller, hand_clock: HandClock) -> None:
    products = {"products": [{"sku": "LAMPE-01", "name": "Lampe", "family": "Luminaires"}, {"sku": " "}]}
    put = caller.call("PUT", "/products", products)
    assert (put.status_code, put.json["new"], put.json["refused"][0]["field"]) == (200, 1, "sku")
    visits = {
        "visits": [
            {"visitor_id": VISITOR, "kind": "product", "sku": "LAMPE-01", "at": "2026-03-03T09:00:00+01:00"}
        ]
    }
    assert caller.call("POST", "/visits", visits).json == {"taken": 1, "unchanged": 0, "refused": []}
    assert caller.call("POST", "/visits", visits).json["unchanged"] == 1
    basket = {
        "external_id": "B-1",
        "visitor_id": VISITOR,
        "customer": {"email": "dora@client.example"},
        "updated_at": "2026-03-03T09:05:00+01:00",
        "lines": [LINE],
    }
    told = caller.call("POST", "/baskets", basket).json
    assert (told["outcome"], told["basket"]["lines"][0]["family"]) == ("taken", "Luminaires")
    order = an_event(placed_at="2026-03-03T09:10:00+01:00", basket="B-1")
    assert caller.call("POST", "/orders", order).json["outcome"] == "taken"
    told = caller.call("POST", "/baskets", basket).json
    assert (told["outcome"], told["basket"]["state"]) == ("unchanged", "ordered")
    back = {"external_id": "R-1", "order": "A1001", "returned_at": "2026-03-03T09:30:00+01:00", "lines": [{"sku": "LAMPE-01", "amount_cents": 990}]}  # fmt: skip
    told = caller.call("POST", "/returns", back).json
    assert (told["return"]["amount_cents"], told["order"]["returned_cents"]) == (990, 990)


@pytest.mark.parametrize("path", ["/baskets", "/visits"])
def test_behaviour_has_a_scope_of_its_own(session: Session, caller: Caller, path: str) -> None:
    for scope, status in ((ApiScope.ORDERS_WRITE, 403), (ApiScope.BEHAVIOUR_WRITE, 422)):
        headers = make_key(session, None, scope)
        answer = caller.client.post(f"/api/v1{path}", json={"x": 1}, headers=headers)
        assert answer.status_code == status


def test_a_refused_basket_names_its_fields(caller: Caller) -> None:
    answer = caller.call("POST", "/baskets", {"external_id": "B", "updated_at": "yesterday"})
    fields = {each["field"] for each in answer.json["error"]["fields"]}
    assert (answer.status_code, fields) == (422, {"updated_at"})
    assert caller.call("POST", "/visits", {"visits": [{}] * 501}).status_code == 422


def test_a_till_file_is_dropped_and_followed(session: Session, caller: Caller, hand_clock: HandClock) -> None:
    text = b"ticket;magasin;date;carte;ref;montant\n1;LYO;02/03/2026;C-1;VASE;45,00\n"
    kept = caller.client.post(
        "/api/v1/till-files", data={"file": (BytesIO(text), "caisse.csv")}, headers=caller.headers
    )
    assert (kept.status_code, kept.json and kept.json["till_file"]["state"]) == (201, "waiting")
    session.commit()
    row = session.scalars(select(TillFile)).one()
    assert row.state is TillFileState.WAITING
    take_whole(row.id)
    told = caller.call("GET", f"/till-files/{row.id}").json["till_file"]
    assert (told["state"], told["taken"], told["refused"]) == ("done", 1, 0)


def test_customers_by_any_id_and_two_of_two_people(session: Session, caller: Caller) -> None:
    dora = make_customer(session)
    session.commit()
    body: dict[str, Any] = {"phone": "0612345678", "external_ids": {"shop": "S-1"}, "town": "Lyon"}
    found = caller.call("POST", "/customers", body)
    assert (found.status_code, found.json["customer"]["id"], found.json["customer"]["town"]) == (200, dora.id, "Lyon")  # fmt: skip
    caller.call("POST", "/customers", {"email": "emil@client.example", "loyalty_card": "K-1"})
    clash = caller.call("POST", "/customers", {"external_ids": {"shop": "S-1"}, "loyalty_card": "K-1"})
    assert clash.status_code == 409
    assert {"S-1", "K-1"} <= set(clash.json["error"]["message"].replace(".", " ").split())
    for query in ("loyalty_card=K-1", "external_id=shop:S-1"):
        assert len(caller.call("GET", f"/customers?{query}").json["customers"]) == 1
    patched = caller.call("PATCH", f"/customers/{dora.id}", {"street": "1 rue du Port"}).json["customer"]
    assert (patched["street"], patched["town"], patched["email"]) == ("1 rue du Port", "Lyon", "dora@client.example")  # fmt: skip


def test_customers_by_the_hundred_with_properties(session: Session, caller: Caller) -> None:
    save_property(
        key="taste_colour", family="taste", kind=PropertyKind.TEXT, label="Colour", description="What they like", is_new=True, by=SYSTEM, now=TUESDAY
    )  # fmt: skip
    session.commit()
    people = [
        {"email": "a@client.example", "properties": {"taste_colour": "blue"}},
        {"email": "b@client.example", "store": "LYO"},
        {"email": "a@client.example", "first_name": "Ada"},
        {"email": "c@"},
        {"email": "d@client.example", "properties": {"taste_size": 3}},
    ]
    answer = caller.call("POST", "/customers/batch", {"customers": people})
    outcomes = [each["outcome"] for each in answer.json["customers"]]
    assert outcomes == ["made", "made", "known", "refused", "refused"]
    assert answer.json["customers"][3]["error"]["field"] == "email"
    first = answer.json["customers"][0]["id"]
    kept = caller.call("GET", f"/customers/{first}").json["customer"]
    assert (kept["properties"], kept["first_name"]) == ({"taste_colour": "blue"}, "Ada")
    assert len(session.scalars(select(Customer.id)).all()) == 2
    assert caller.call("POST", "/customers/batch", {"customers": [{}] * 501}).status_code == 422


def test_a_key_without_the_scope_is_told_which(client: FlaskClient, session: Session, caller: Caller) -> None:
    headers = make_key(session, None, ApiScope.CUSTOMERS_READ)
    answer = client.post("/api/v1/customers/batch", json={"customers": []}, headers=headers)
    assert answer.status_code == 403
