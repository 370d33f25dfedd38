"""Log in and out, invitation, forgotten password, profile and change of person, through the doors."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.blueprints.pages import limiter
from hub.blueprints.session.base import safe_target
from hub.core import clock
from hub.core.actor import SYSTEM
from hub.staff import actions, queries
from hub.staff.models import Agent, SignInAttempt
from hub.staff.words import Role
from tests.conftest import TUESDAY
from tests.makers.staff import PASSWORD, log_in, make_agent
from tests.makers.stores import make_chain, make_store

NEW = "une phrase assez longue"


@pytest.fixture
def ada(session: Session) -> Agent:
    make_chain(session)
    return make_agent(session, store_ids=(make_store(session).id,))


def give_pin(agent: Agent, pin: str = "4071") -> None:
    actions.set_pin(
        agent_id=agent.id,
        pin=pin,
        password=PASSWORD,
        by=SYSTEM,
        machine_now=clock.machine_now(),
        now=TUESDAY,
    )


def test_a_page_asks_to_log_in_and_leads_back(client: FlaskClient, ada: Agent) -> None:
    asked = client.get("/session/profile?x=1")
    assert asked.headers["Location"] == "/session/sign-in?next=/session/profile?x%3D1"
    page = client.get(asked.headers["Location"])
    assert "Connexion" in page.text
    given = {"email": ada.email, "password": PASSWORD}
    inside = client.post(asked.headers["Location"], data=given)
    assert (inside.status_code, inside.headers["Location"]) == (302, "/session/profile?x=1")
    assert client.get("/session/profile").status_code == 200
    assert client.get("/session/sign-in").status_code == 302


def test_a_wrong_password_says_the_same_as_an_unknown_address(client: FlaskClient, ada: Agent) -> None:
    texts = []
    for email in (ada.email, "personne@verel.example"):
        answer = client.post("/session/sign-in", data={"email": email, "password": "nope"})
        assert answer.status_code == 422
        texts.append(answer.text.replace(email, ""))
    assert texts[0] == texts[1]
    assert "est incorrect" in texts[0]


def test_too_many_failures_say_how_long_to_wait(client: FlaskClient, ada: Agent, session: Session) -> None:
    for _ in range(6):
        answer = client.post("/session/sign-in", data={"email": ada.email, "password": "nope"})
    assert "15\u00a0min" in answer.text
    assert len(session.scalars(select(SignInAttempt)).all()) == 6
    right = client.post("/session/sign-in", data={"email": ada.email, "password": PASSWORD})
    assert right.status_code == 422


def test_the_session_of_before_is_not_carried_into_the_new_one(client: FlaskClient, ada: Agent) -> None:
    with client.session_transaction() as before:
        before["planted"] = "by somebody else"
    client.post("/session/sign-in", data={"email": ada.email, "password": PASSWORD})
    with client.session_transaction() as after:
        assert "planted" not in after
        assert after["_user_id"] == f"{ada.id}.0"


def test_logging_out_ends_the_session(client: FlaskClient, ada: Agent) -> None:
    log_in(client, ada)
    assert client.post("/session/sign-out").headers["Location"] == "/session/sign-in"
    assert client.get("/session/profile").status_code == 302


def test_a_new_epoch_ends_sessions_elsewhere(client: FlaskClient, ada: Agent, session: Session) -> None:
    log_in(client, ada)
    assert client.get("/session/profile").status_code == 200
    ada.session_epoch += 1
    session.flush()
    assert client.get("/session/profile").status_code == 302


def test_a_leaver_is_out_at_once(client: FlaskClient, ada: Agent, session: Session) -> None:
    log_in(client, ada)
    actions.deactivate_agent(agent_id=ada.id, by=SYSTEM, now=TUESDAY)
    assert client.get("/session/profile").status_code == 302


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example", "/a\nb", ""])
def test_nobody_is_led_to_another_site(target: str) -> None:
    assert safe_target(target) is None


def test_the_front_door_leads_to_the_first_room(client: FlaskClient, ada: Agent, session: Session) -> None:
    assert client.get("/").headers["Location"].startswith("/session/sign-in")
    log_in(client, ada)
    assert client.get("/").status_code == 302


def test_an_invited_person_chooses_a_password_and_is_in(
    client: FlaskClient, ada: Agent, session: Session
) -> None:
    invited = make_agent(session, "Bo Lind", password_hash=None)
    token = queries.invitation_link_token(invited.id, 0, now=clock.machine_now())
    page = client.get(f"/session/invitation/{token}")
    assert "Bo Lind" in page.text
    assert "bo@verel.example" in page.text
    assert client.post(f"/session/invitation/{token}", data={"password": "court"}).status_code == 422
    assert client.post(f"/session/invitation/{token}", data={"password": NEW}).status_code == 302
    assert client.get("/session/profile").status_code == 200
    assert client.get(f"/session/invitation/{token}").status_code == 410


def test_mangled_and_old_links_have_an_answer(client: FlaskClient, ada: Agent) -> None:
    assert client.get("/session/invitation/abc.def").status_code == 404
    old = queries.password_reset_token(ada.id, 0, now=clock.machine_now() - timedelta(hours=2))
    assert client.get(f"/session/password/{old}").status_code == 410


def test_a_forgotten_password_is_replaced(client: FlaskClient, ada: Agent) -> None:
    answers = {
        client.post("/session/forgotten", data={"email": email}, follow_redirects=True).text
        for email in (ada.email, "personne@verel.example")
    }
    assert len(answers) == 1
    token = queries.password_reset_token(ada.id, 0, now=clock.machine_now())
    assert client.get(f"/session/password/{token}").status_code == 200
    assert client.post(f"/session/password/{token}", data={"password": NEW}).status_code == 302
    client.post("/session/sign-out")
    assert client.post("/session/sign-in", data={"email": ada.email, "password": NEW}).status_code == 302


def test_the_profile_is_saved_and_says_what_is_wrong(client: FlaskClient, ada: Agent) -> None:
    log_in(client, ada)
    wrong = {"name": "Ada M.", "language": "en", "undo_seconds": "31"}
    answer = client.post("/session/profile", data=wrong)
    assert answer.status_code == 422
    assert "0 à 30" in answer.text
    right = client.post("/session/profile", data={**wrong, "undo_seconds": "5"}, follow_redirects=True)
    assert "Your profile" in right.text
    assert 'data-shortcuts="off"' in right.text
    assert queries.get_viewer(ada.id).undo_seconds == 5


def test_a_pin_is_set_with_the_password(client: FlaskClient, ada: Agent) -> None:
    log_in(client, ada)
    for data, words in (
        ({"pin": "1234", "pin_password": PASSWORD}, "trop facile"),
        ({"pin": "4071", "pin_password": "nope"}, "mot de passe actuel"),
    ):
        answer = client.post("/session/profile/pin", data=data)
        assert answer.status_code == 422
        assert words in answer.text
    assert (
        client.post("/session/profile/pin", data={"pin": "4071", "pin_password": PASSWORD}).status_code == 302
    )
    assert queries.get_agent(ada.id).has_pin


def test_changing_the_password_keeps_this_session_only(client: FlaskClient, ada: Agent) -> None:
    log_in(client, ada)
    refused = client.post("/session/profile/password", data={"current": "nope", "password": NEW})
    assert refused.status_code == 422
    done = client.post("/session/profile/password", data={"current": PASSWORD, "password": NEW})
    assert done.status_code == 302
    assert queries.get_viewer(ada.id).session_epoch == 1
    assert client.get("/session/profile").status_code == 200


def test_a_colleague_takes_over_the_shared_pc(client: FlaskClient, ada: Agent, session: Session) -> None:
    store_id = queries.get_agent(ada.id).store_ids[0]
    bea = make_agent(session, "Bea Bee", store_ids=(store_id,))
    far = make_agent(session, "Far Fox")
    log_in(client, ada)
    assert "Personne d" in client.get("/session/person").text
    give_pin(bea)
    give_pin(far)
    assert "Bea Bee" in client.get("/session/person").text
    assert "Far Fox" not in client.get("/session/person").text
    assert client.get(f"/session/person/{far.id}").status_code == 404
    assert client.get(f"/session/person/{bea.id}").status_code == 200
    assert client.post(f"/session/person/{bea.id}", data={"pin": "9999"}).status_code == 422
    assert client.post(f"/session/person/{bea.id}", data={"pin": "4071"}).status_code == 302
    with client.session_transaction() as after:
        assert after["_user_id"] == f"{bea.id}.0"


def test_the_language_can_be_chosen_before_logging_in(client: FlaskClient, ada: Agent) -> None:
    assert "Log in" in client.get("/session/sign-in?lang=en").text
    assert "Log in" in client.get("/session/sign-in").text
    client.post("/session/language", data={"language": "fr"})
    assert "Connexion" in client.get("/session/sign-in").text
    assert client.post("/session/language", data={"language": "xx"}).status_code == 302


def test_a_form_without_its_token_is_refused(
    client: FlaskClient, app: Flask, ada: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    given = {"email": ada.email, "password": PASSWORD}
    assert client.post("/session/sign-in", data=given).status_code == 400
    token = client.get("/session/sign-in").text.partition('name="csrf_token" type="hidden" value="')[2]
    given["csrf_token"] = token.partition('"')[0]
    assert client.post("/session/sign-in", data=given).status_code == 302


def test_one_address_cannot_try_many_people(
    client: FlaskClient, ada: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limiter, "enabled", True)
    limiter.reset()
    codes = [
        client.post("/session/sign-in", data={"email": f"{number}@verel.example", "password": ""}).status_code
        for number in range(32)
    ]
    assert codes[:30] == [422] * 30
    assert codes[30:] == [429] * 2
    limiter.reset()


def test_a_marketer_has_the_same_session_pages(client: FlaskClient, ada: Agent, session: Session) -> None:
    log_in(client, make_agent(session, "Max Mark", role=Role.MARKETER))
    for path in ("/session/profile", "/session/person"):
        assert client.get(path).status_code == 200


def test_a_request_in_the_background_brings_no_former_session_back(client: FlaskClient, ada: Agent) -> None:
    client.post("/session/sign-in", data={"email": ada.email, "password": PASSWORD})
    page = client.get("/session/profile", headers={"Sec-Fetch-Mode": "navigate"})
    assert "session=" in page.headers["Set-Cookie"], "a page prolongs the session"
    behind = client.get("/session/profile", headers={"Sec-Fetch-Mode": "cors"})
    assert "Set-Cookie" not in behind.headers
