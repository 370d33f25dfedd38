"""The first-run assistant on an empty base: redirect, code, four steps, refusal once complete."""

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.facts import FactRow
from hub.staff.actions import get_setup_code
from hub.staff.queries import find_agent_by_email
from hub.staff.words import Role
from hub.stores.queries import find_store_by_code, get_chain, get_hours
from tests.makers.stores import make_chain

WEEK = {f"day_{day}": "10-12:30, 14-19" for day in range(6)}
STORE = {"name": "Lyon", "code": "LYO", "territory": "FR", "postcode": "69003", "town": "Lyon", **WEEK}
PERSON = {"name": "Cleo Petit", "email": "cleo@verel.example", "password": "une phrase assez longue"}
SENDER = {"sender_name": "Maison Verel", "sender_address": "bonjour@verel.example"}


def give_code(client: FlaskClient) -> str:
    return client.post("/setup/", data={"code": get_setup_code()}).headers["Location"]


def test_every_page_leads_to_the_set_up(client: FlaskClient) -> None:
    for path in ("/session/sign-in", "/session/forgotten"):
        assert client.get(path).headers["Location"] == "/setup/"
    assert client.get("/", follow_redirects=True).request.path == "/setup/"
    assert client.get("/health").status_code == 200


def test_nobody_sets_up_without_the_code(client: FlaskClient) -> None:
    assert client.get("/setup/").status_code == 200
    assert client.post("/setup/", data={"code": "abcd"}).status_code == 422
    for step in ("chain", "store", "administrator", "sender"):
        assert client.get(f"/setup/{step}").headers["Location"] == "/setup/"
    assert client.post("/setup/chain", data={"name": "X", "language": "fr"}).headers["Location"] == "/setup/"
    assert client.get("/setup/done").headers["Location"] == "/"


def test_the_four_steps_make_a_chain_that_works(client: FlaskClient, session: Session) -> None:
    assert give_code(client) == "/setup/chain"
    for path, wrong, right, following in (
        ("chain", {"name": "", "language": "fr"}, {"name": "Maison Verel", "language": "fr"}, "store"),
        ("store", {**STORE, "day_2": "never"}, STORE, "administrator"),
        ("administrator", {**PERSON, "password": "short"}, PERSON, "sender"),
        ("sender", {**SENDER, "sender_address": "x"}, SENDER, "done"),
    ):
        assert client.get(f"/setup/{path}").status_code == 200
        assert client.post(f"/setup/{path}", data=wrong).status_code == 422
        session.expire_all()
        answer = client.post(f"/setup/{path}", data=right)
        assert answer.headers["Location"] == f"/setup/{following}"
    assert "Connexion" in client.get("/setup/done").text
    assert get_chain().sender_address == "bonjour@verel.example"
    store = find_store_by_code("LYO")
    assert store is not None
    assert len(get_hours(store.id).weekly) == 6
    cleo = find_agent_by_email("cleo@verel.example")
    assert cleo is not None
    assert cleo.role is Role.ADMINISTRATOR
    assert "ChainReady" in session.scalars(select(FactRow.kind)).all()
    assert client.get("/setup/").status_code == 404
    given = {"email": PERSON["email"], "password": PERSON["password"]}
    assert client.post("/session/sign-in", data=given).status_code == 302


def test_a_step_done_leads_to_the_next_one(client: FlaskClient) -> None:
    give_code(client)
    assert client.get("/setup/sender").headers["Location"] == "/setup/chain"
    client.post("/setup/chain", data={"name": "Verel", "language": "en"})
    assert client.get("/setup/chain").headers["Location"] == "/setup/store"
    assert client.get("/setup/").headers["Location"] == "/setup/store"


def test_the_assistant_speaks_english(client: FlaskClient) -> None:
    assert "Set-up code" in client.get("/setup/?lang=en").text
    give_code(client)
    assert "Step 1 of 4" in client.get("/setup/chain").text


def test_a_complete_chain_has_no_assistant(client: FlaskClient, session: Session) -> None:
    make_chain(session)
    assert client.get("/setup/").status_code == 404
    assert client.get("/setup/chain").status_code == 404
    assert client.get("/session/sign-in").status_code == 200


def test_guessing_the_code_is_slowed_down(client: FlaskClient) -> None:
    for _ in range(6):
        answer = client.post("/setup/", data={"code": "guess"})
    assert "15\u00a0min" in answer.text
    assert client.post("/setup/", data={"code": get_setup_code()}).status_code == 422
