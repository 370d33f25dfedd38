"""Consents told by other systems, and a customer's messages, by the API."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.actor import SYSTEM
from hub.core.words import ActorKind, Channel, Purpose
from hub.customers.actions import suppress
from hub.customers.models import ConsentEntry
from hub.customers.queries import get_contactability
from hub.customers.themes import Theme, change_themes
from hub.customers.words import SuppressionReason
from hub.outbox.words import BlockReason, MessageState
from hub.staff.words import ApiScope, Role
from tests.conftest import TUESDAY
from tests.makers.customers import make_customer
from tests.makers.inbox import make_house
from tests.makers.keys import make_key
from tests.makers.outbox import post_draft
from tests.makers.staff import make_agent

TOLD = {
    "address": "Dora@Client.example",
    "channel": "email",
    "purpose": "promotion",
    "action": "given",
    "legal_basis": "consent",
    "wording": "Oui, je veux des offres.",
    "wording_version": "4",
    "collection_point": "import:clients.csv:17",
    "happened_at": "2026-03-01T10:00:00+01:00",
}


@pytest.fixture
def tell(session: Session, client: FlaskClient) -> Any:
    make_house(session)
    key = make_key(session, None, ApiScope.CONSENTS_WRITE)
    return lambda **changes: client.post(
        "/api/v1/consents",
        json={name: value for name, value in {**TOLD, **changes}.items() if value is not None},
        headers=key,
    )


def test_a_told_consent_is_kept_once_with_its_proof(session: Session, tell: Any) -> None:
    dora = make_customer(session)
    first, again = tell(), tell()
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    assert first.json["consent"] | {"id": 0} == {
        "id": 0,
        "address": "dora@client.example",
        "state": "given",
        "is_blocked": False,
    }
    entry = session.scalars(select(ConsentEntry)).one()
    assert (entry.wording, entry.wording_version) == (TOLD["wording"], "4")
    assert (entry.collection_point, entry.actor_kind) == ("import:clients.csv:17", ActorKind.API_KEY)
    assert entry.api_key_id is not None
    assert (Channel.EMAIL, Purpose.PROMOTION) in get_contactability([dora.id])[dora.id].consents


def test_an_older_statement_told_late_changes_no_state(session: Session, tell: Any) -> None:
    tell(action="withdrawn")
    late = tell(happened_at="2026-02-01T10:00:00+01:00")
    assert late.json["consent"]["state"] == "withdrawn"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"wording": ""}, "wording"),
        ({"wording_version": None}, "wording_version"),
        ({"collection_point": " "}, "collection_point"),
        ({"happened_at": None}, "happened_at"),
        ({"happened_at": "2026-03-01T10:00:00"}, "happened_at"),
        ({"purpose": "transactional"}, "purpose"),
        ({"purpose": "unknown"}, "purpose"),
        ({"channel": "counter"}, "channel"),
        ({"channel": "sms"}, "address"),
        ({"theme": "nonsense"}, "theme"),
        ({"address": "no@address"}, None),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_a_consent_without_its_proof_is_none(
    session: Session, tell: Any, changes: dict[str, Any], field: str | None
) -> None:
    answer = tell(**changes)
    if field is None:
        assert answer.status_code in {201, 422}
        return
    assert (answer.status_code, answer.json["error"].get("field")) == (422, field)
    assert session.scalars(select(ConsentEntry)).all() == []


def test_a_withdrawal_needs_no_wording_and_a_theme_may_be_told(session: Session, tell: Any) -> None:
    change_themes([Theme("", "Cuisine", "Kitchen")], by=SYSTEM, now=TUESDAY)
    assert tell(action="withdrawn", wording=None, wording_version=None).status_code == 201
    later = "2026-03-02T10:00:00+01:00"
    assert tell(theme="cuisine", happened_at=later).json["consent"]["state"] == "given"


def test_a_blocked_address_is_told_so(session: Session, tell: Any) -> None:
    suppress("dora@client.example", reason=SuppressionReason.HARD_BOUNCE, now=TUESDAY)
    assert tell().json["consent"]["is_blocked"] is True


def test_a_key_needs_its_scope(session: Session, client: FlaskClient) -> None:
    make_house(session)
    key = make_key(session, None, ApiScope.ORDERS_WRITE)
    assert client.post("/api/v1/consents", json=TOLD, headers=key).status_code == 403
    assert client.get("/api/v1/customers/1/messages", headers=key).status_code == 403


def test_messages_sent_and_not_sent_are_listed_page_by_page(session: Session, client: FlaskClient) -> None:
    make_house(session)
    dora = make_customer(session)
    key = make_key(session, None, ApiScope.CUSTOMERS_READ)
    for number in range(3):
        post_draft(session, f"draft:{number}", customer_id=dora.id, now=TUESDAY + timedelta(hours=number))
    blocked = post_draft(session, "offer", purpose=Purpose.PROMOTION, customer_id=dora.id)
    blocked.state, blocked.reason = MessageState.BLOCKED, BlockReason.NO_CONSENT
    session.flush()
    seen: list[dict[str, Any]] = []
    after: str | None = ""
    while after is not None:
        found = client.get(f"/api/v1/customers/{dora.id}/messages?size=3{after}", headers=key)
        assert found.status_code == 200
        assert found.json is not None
        seen += found.json["messages"]
        after = f"&after={found.json['next']}" if found.json["next"] else None
    assert len({row["id"] for row in seen}) == 4
    [refused] = [row for row in seen if row["reason"]]
    assert (refused["state"], refused["reason"], refused["is_sent"]) == ("blocked", "no_consent", False)
    by_address = client.get("/api/v1/customers/DORA@client.example/messages", headers=key)
    assert by_address.json is not None
    assert len(by_address.json["messages"]) == 4
    for nobody in ("999999", "nobody@client.example", "9" * 30):
        assert client.get(f"/api/v1/customers/{nobody}/messages", headers=key).status_code == 404
    assert client.get(f"/api/v1/customers/{dora.id}/messages?after=x", headers=key).status_code == 422


def test_a_key_sees_customers_if_its_person_does(session: Session, client: FlaskClient) -> None:
    store = make_house(session)
    dora = make_customer(session)
    driver = make_agent(session, "Dan", store_ids=(store.id,), role=Role.DELIVERY)
    key = make_key(session, driver.id, ApiScope.CUSTOMERS_READ)
    assert client.get(f"/api/v1/customers/{dora.id}/messages", headers=key).status_code == 403
