"""Odd characters and numbers have an answer, never a stack trace; keys and people stay within their rights."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.content.actions import publish_builtin_templates
from hub.orders.models import OrderEvent
from hub.staff.words import Role
from tests.conftest import TUESDAY
from tests.makers.keys import make_key
from tests.makers.staff import log_in, make_agent
from tests.makers.stores import make_chain, make_store
from tests.makers.surveys import make_invitation

BIG = "9" * 22


@pytest.fixture
def house(client: FlaskClient, session: Session) -> dict[str, Any]:
    asked = make_invitation(session)
    admin = make_agent(session, "Cleo Roy", role=Role.ADMINISTRATOR)
    publish_builtin_templates(now=TUESDAY)
    session.commit()
    log_in(client, admin)
    return {"token": asked.token, "headers": make_key(session, admin.id), "store_id": asked.store_id}


@pytest.mark.parametrize(
    "path",
    [
        "/stores/%00",
        "/help/%00",
        "/a/{token}/%00",
        "/inbox/%00",
        "/customers/?q=%00",
        "/settings/staff?q=%00",
        f"/inbox/?store={BIG}",
        f"/customers/{BIG}",
        f"/inbox/file/{BIG}",
        f"/inbox/new-count?after={BIG}",
        "/inbox/new?customer=²",
        "/statistics/response-times?until=9999-12-31",
        "/statistics/response-times?since=0001-01-01&until=0001-01-02",
        f"/statistics/response-times?region={BIG}",
        "/api/v1/tickets?store=%00",
        "/api/v1/tickets?customer=²",
        f"/api/v1/tickets?customer={BIG}",
        "/api/v1/tickets?size=²",
        "/api/v1/statistics/response-times?until=9999-12-31",
    ],
)
def test_an_odd_address_is_answered(client: FlaskClient, house: dict[str, Any], path: str) -> None:
    headers = house["headers"] if path.startswith("/api") else {}
    assert client.get(path.format(token=house["token"]), headers=headers).status_code in {200, 404, 422}


@pytest.mark.parametrize("text", ["a\x00b", "\ud800"])
def test_odd_characters_in_json_are_answered(client: FlaskClient, house: dict[str, Any], text: str) -> None:
    body = {"email": "x@client.example", "text": text, "store": "LYO"}
    response = client.post("/api/v1/contacts", json=body, headers=house["headers"])
    assert response.status_code in {201, 422}


@pytest.mark.parametrize("body", ["{", "[]", "null", "[" * 60_000, '"text"'])
def test_an_order_that_is_no_order_is_kept(
    client: FlaskClient, session: Session, house: dict[str, Any], body: str
) -> None:
    response = client.post(
        "/api/v1/orders", data=body, content_type="application/json", headers=house["headers"]
    )
    assert response.status_code == 422
    assert session.scalars(select(OrderEvent)).one().reason


class Keys:
    """A ticket of Lyon, and people of Lyon and Lille."""

    def __init__(self, client: FlaskClient, session: Session) -> None:
        make_chain(session)
        lyon, lille = make_store(session), make_store(session, "Lille", code="LIL")
        self.client, self.session = client, session
        self.ada = make_agent(session, store_ids=(lyon.id,))
        self.bo = make_agent(session, "Bo Petit", store_ids=(lille.id,))
        self.max = make_agent(session, "Max Roux", role=Role.MARKETER)
        self.cleo = make_agent(session, "Cleo Roy", role=Role.ADMINISTRATOR)
        publish_builtin_templates(now=TUESDAY)
        body = {"email": "x@client.example", "text": "Bonjour", "store": "LYO"}
        headers = make_key(session, self.cleo.id)
        self.number = client.post("/api/v1/contacts", json=body, headers=headers).json["ticket"]  # type: ignore[index]

    def reply(self, key_of: int, agent: str) -> int:
        headers = make_key(self.session, key_of)
        path = f"/api/v1/tickets/{self.number}/replies"
        return self.client.post(path, json={"text": "Oui", "agent": agent}, headers=headers).status_code


def test_a_key_answers_only_as_who_may_answer(client: FlaskClient, session: Session) -> None:
    keys = Keys(client, session)
    assert keys.reply(keys.cleo.id, keys.bo.email) == 404, "Bo does not see tickets of Lyon"
    assert keys.reply(keys.cleo.id, keys.max.email) == 403, "marketers do not answer"
    assert keys.reply(keys.ada.id, keys.cleo.email) == 403, "Ada's key is Ada's"
    assert keys.reply(keys.cleo.id, keys.ada.email) == 201
    assert keys.reply(keys.ada.id, keys.ada.email) == 201


def test_the_clock_is_read_once_a_page(client: FlaskClient, session: Session) -> None:
    from hub.core import clock

    clock.use(movable=True)
    keys = Keys(client, session)
    log_in(client, keys.ada)
    from sqlalchemy import event

    from hub.core.db import db

    seen: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
    assert client.get("/inbox/").status_code == 200
    assert sum("clock_setting" in statement for statement in seen) <= 1
    assert len(seen) <= 14, "twelve of the page and two of the session"
