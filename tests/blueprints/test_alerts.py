"""The pages on which alerts are chosen, and the doors of the browsers that alert."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.inbox.models import AlertChoice, StoreAlert
from hub.inbox.queries import get_alert_policy
from hub.inbox.words import Audience
from hub.outbox import pushing
from hub.outbox.push_models import PushSubscription
from hub.staff.words import Role
from tests.conftest import HandClock
from tests.makers.inbox import make_house
from tests.makers.staff import log_in, make_agent

KEY = "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM"
BROWSER = {"endpoint": "https://push.example/1", "p256dh": KEY, "auth": "tBHItJI5svbpez7KI4CCXg"}


@pytest.fixture
def desk(session: Session, client: FlaskClient, hand_clock: HandClock) -> FlaskClient:
    """Ada, signed in."""
    store = make_house(session)
    return log_in(client, make_agent(session, store_ids=(store.id,)))


@pytest.fixture
def office(session: Session, client: FlaskClient, hand_clock: HandClock) -> FlaskClient:
    """Cleo, who administers."""
    make_house(session)
    return log_in(client, make_agent(session, "Cleo Roux", role=Role.ADMINISTRATOR))


def test_a_person_chooses_what_to_hear(session: Session, desk: FlaskClient) -> None:
    page = desk.get("/session/profile").text
    assert page.count('name="has_') >= 4
    assert pushing.server_key() in page
    assert desk.post("/session/profile/alerts", data={"has_mails": "1"}).status_code == 302
    row = session.scalars(select(AlertChoice)).one()
    chosen = (row.has_mails, row.has_warnings, row.has_new_tickets, row.has_answers)
    assert chosen == (True, False, False, False)


def test_a_browser_joins_and_leaves(session: Session, desk: FlaskClient) -> None:
    assert desk.post("/session/profile/browser", data=BROWSER).status_code == 204
    row = session.scalars(select(PushSubscription)).one()
    assert (row.endpoint, row.server_key) == (BROWSER["endpoint"], pushing.server_key())
    off = desk.post("/session/profile/browser/off", data={"endpoint": BROWSER["endpoint"]})
    assert off.status_code == 204
    assert session.scalars(select(PushSubscription)).all() == []
    desk.post("/session/profile/browser", data=BROWSER)
    assert "1 navigateur" in desk.get("/session/profile").text
    assert desk.post("/session/profile/browser/off").status_code == 302
    assert session.scalars(select(PushSubscription)).all() == []


def test_an_address_that_is_none_is_refused(session: Session, desk: FlaskClient) -> None:
    wrong = BROWSER | {"endpoint": "ftp://push.example/1"}
    assert desk.post("/session/profile/browser", data=wrong).status_code == 422


def test_the_worker_may_look_after_the_whole_site(desk: FlaskClient) -> None:
    answer = desk.get("/session/alerts-worker.js")
    assert answer.status_code == 200
    assert answer.headers["Service-Worker-Allowed"] == "/"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.mimetype == "text/javascript"
    assert "showNotification" in answer.text


def test_the_steps_and_the_notice_are_chosen_on_one_page(session: Session, office: FlaskClient) -> None:
    assert 'value="75"' in office.get("/settings/alerts").text
    sent = {"assignee": "50", "store_manager": "", "region_manager": "120", "has_delay_notice": "y"}
    assert office.post("/settings/alerts", data=sent).status_code == 302
    policy = get_alert_policy()
    assert [(step.percent, step.audience) for step in policy.steps] == [
        (50, Audience.ASSIGNEE),
        (120, Audience.REGION_MANAGER),
    ]
    assert policy.has_delay_notice
    refused = office.post("/settings/alerts", data=sent | {"assignee": "5"})
    assert refused.status_code == 422
    assert "entre 10 et 300" in refused.text


def test_a_store_names_its_recipients(session: Session, office: FlaskClient) -> None:
    page = office.get("/settings/alerts").text
    central, address = (part.partition('"')[0] for part in page.split('href="/settings/alerts/')[1:3])
    assert central == "central"
    sent = {
        "is_on": "y",
        "after": "45",
        "idle": "20",
        "mails": "a@verel.example\nb@verel.example",
        "phones": "",
    }
    assert office.post(f"/settings/alerts/{address}", data=sent).status_code == 302
    row = session.scalars(select(StoreAlert)).one()
    assert (row.is_on, row.after_minutes, row.mails) == (True, 45, ["a@verel.example", "b@verel.example"])
    assert "2 adresses" in office.get("/settings/alerts").text
    refused = office.post(f"/settings/alerts/{address}", data=sent | {"mails": "nobody"})
    assert refused.status_code == 422
    assert office.get("/settings/alerts/999999").status_code == 404


def test_the_usual_choice_and_the_central_queue_stand_on_the_page(
    session: Session, office: FlaskClient
) -> None:
    page = office.get("/settings/alerts").text
    assert "File centrale" in page
    assert 'checked name="tells_unattended"' not in page
    assert page.count("désactivé") >= 2 or page.count("arrêt") >= 2
    assert office.post("/settings/alerts", data={"tells_unattended": "y"}).status_code == 302
    page = office.get("/settings/alerts").text
    assert "après 30 min" in page
    assert "tout le siège par e-mail" in page
    sent = {"is_on": "y", "after": "45", "idle": "20", "mails": "siege@verel.example", "phones": ""}
    assert office.get("/settings/alerts/central").status_code == 200
    assert office.post("/settings/alerts/central", data=sent).status_code == 302
    row = session.scalars(select(StoreAlert)).one()
    assert (row.store_id, row.mails) == (None, ["siege@verel.example"])
