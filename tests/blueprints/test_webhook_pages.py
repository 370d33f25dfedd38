"""Webhooks in the settings: the secret once, tests, the log with its filters, sending again, the notice when one is off."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core import clock
from hub.staff.words import Role
from hub.webhooks import working
from hub.webhooks.models import WebhookDelivery, WebhookEndpoint
from hub.webhooks.words import WebhookState
from tests.makers.inbox import make_house
from tests.makers.receiver import Receiver, open_receiver
from tests.makers.staff import log_in, make_agent


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with open_receiver() as found:
        yield found


@pytest.fixture
def admin(client: FlaskClient, session: Session) -> FlaskClient:
    make_house(session)
    log_in(client, make_agent(session, "Cleo Roux", role=Role.ADMINISTRATOR))
    return client


def add(admin: FlaskClient, url: str) -> str:
    form = {"name": "Boutique", "url": url, "events": ["ticket.opened"]}
    return admin.post("/settings/webhooks/new", data=form).get_data(as_text=True)


def test_from_the_form_to_the_log(admin: FlaskClient, session: Session, receiver: Receiver) -> None:
    receiver.status, receiver.answer = 500, b"<b>nein</b>"
    assert "whsec_" in add(admin, receiver.url)
    endpoint = session.scalars(select(WebhookEndpoint)).one()
    for path in ("/settings/webhooks", f"/settings/webhooks/{endpoint.id}"):
        page = admin.get(path)
        assert (page.status_code, "whsec_" in page.get_data(as_text=True)) == (200, False)
    assert admin.post(f"/settings/webhooks/{endpoint.id}/test").status_code == 303
    working.work_webhooks(lambda: None)
    delivery = session.scalars(select(WebhookDelivery)).one()
    page = admin.get(f"/settings/webhooks/deliveries/{delivery.id}").get_data(as_text=True)
    assert "Le serveur a répondu 500." in page
    assert "&lt;b&gt;nein" in page
    receiver.status = 200
    admin.post(f"/settings/webhooks/deliveries/{delivery.id}")
    working.work_webhooks(lambda: None)
    session.expire_all()
    assert delivery.state is WebhookState.DELIVERED
    for query, is_shown in (("state=delivered", True), ("state=failed", False), ("event=test", True),
                            (f"webhook={endpoint.id}", True), ("webhook=999", False)):  # fmt: skip
        text = admin.get(f"/settings/webhooks/deliveries?{query}").get_data(as_text=True)
        assert (f'/deliveries/{delivery.id}"' in text) is is_shown, query


def test_what_is_wrong_is_said_beside_its_field(admin: FlaskClient, session: Session) -> None:
    answer = admin.post(
        "/settings/webhooks/new", data={"name": "x", "url": "ftp://x", "events": ["ticket.opened"]}
    )
    assert (answer.status_code, "https://" in answer.get_data(as_text=True)) == (422, True)
    assert session.scalars(select(WebhookEndpoint)).all() == []


def test_changed_switched_and_given_a_new_secret(
    admin: FlaskClient, session: Session, receiver: Receiver
) -> None:
    first = add(admin, receiver.url)
    row = session.scalars(select(WebhookEndpoint)).one()
    form = {"name": "Entrepôt", "url": receiver.url, "events": ["ticket.solved", "survey.answered"]}
    assert admin.post(f"/settings/webhooks/{row.id}", data=form).status_code == 302
    again = admin.post(f"/settings/webhooks/{row.id}/secret").get_data(as_text=True)
    assert "whsec_" in again
    assert again != first
    admin.post(f"/settings/webhooks/{row.id}/switch", data={"is_on": ""})
    session.expire_all()
    assert (row.name, row.events, row.is_on) == ("Entrepôt", ["ticket.solved", "survey.answered"], False)
    refused = admin.post(f"/settings/webhooks/{row.id}/test", follow_redirects=True)
    assert "Ce webhook est désactivé." in refused.get_data(as_text=True)


def test_operations_names_what_was_switched_off(
    admin: FlaskClient, session: Session, receiver: Receiver
) -> None:
    add(admin, receiver.url)
    assert "Webhook désactivé" not in admin.get("/settings/operations").get_data(as_text=True)
    row = session.scalars(select(WebhookEndpoint)).one()
    row.is_on, row.disabled_at = False, clock.machine_now()
    session.flush()
    assert "Webhook désactivé" in admin.get("/settings/operations").get_data(as_text=True)
