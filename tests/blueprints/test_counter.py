"""The counter by HTTP: what the tablet is told of an entry, its page, its service worker."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.blueprints.counter.base import SEAL
from hub.blueprints.counter.forms import BOUND, SEPARATOR
from hub.inbox.models import Ticket, TicketMessage
from hub.staff.models import Agent
from hub.staff.rules import ATTEMPTS
from hub.staff.words import Role
from hub.stores.models import Store
from tests.blueprints.test_inbox import counted
from tests.makers.counter import PIN, PIN_HASH, seal
from tests.makers.inbox import make_house
from tests.makers.staff import log_in, make_agent
from tests.makers.stores import make_store

JSON = {"Accept": "application/json"}
NOTED, SENT = 1_800_000_000_000, 1_800_000_000_000 + 2 * 3_600_000


@pytest.fixture
def lyon(session: Session) -> Store:
    return make_house(session)


@pytest.fixture
def ada(session: Session, lyon: Store, client: FlaskClient) -> Agent:
    """Ada of Lyon, whose session is on the tablet and who signs."""
    agent = make_agent(session, store_ids=(lyon.id,), pin_hash=PIN_HASH)
    log_in(client, agent)
    return agent


def an_entry(lyon: Store, ada: Agent, pin: str = PIN, **changes: Any) -> dict[str, str]:
    """What the tablet's script sends."""
    fields = {
        "key": "3e1d6a2c",
        "noted_at": str(NOTED),
        "store": str(lyon.id),
        "signer": str(ada.id),
        "first_name": "Dora",
        "last_name": "",
        "email": "dora@client.example",
        "phone": "",
        "order_number": "",
        "text": "Cherche un abat-jour « Aurore » de rechange.\nMerci.",
        "reason": "",
        "answer_by": "mail",
        "answer_until_on": "2026-03-05",
        **changes,
    }
    bound = SEPARATOR.join(fields[name] for name in BOUND).encode()
    return {**fields, "sealed_pin": seal(SEAL, pin, bound=bound), "sent_at": str(SENT)}


def send(client: FlaskClient, entry: dict[str, str]) -> tuple[int, dict[str, Any]]:
    answer = client.post("/counter/", data=entry, headers=JSON)
    return answer.status_code, answer.json or {}


def test_an_entry_is_a_ticket_and_sent_again_the_same_one(
    session: Session, client: FlaskClient, lyon: Store, ada: Agent
) -> None:
    entry = an_entry(lyon, ada)
    answers = [send(client, entry) for _ in range(2)]
    number = session.scalars(select(Ticket.number)).one()
    assert answers == [(201, {"number": number, "href": f"/inbox/{number}"})] * 2
    page = client.get(f"/inbox/{number}").text
    assert "reçu le 3 mars" in page
    assert "une réponse par e-mail, pour le jeudi 5 mars." in page
    assert PIN not in str(session.scalars(select(TicketMessage.inserted)).one())


def test_who_notes_stays_logged_in(client: FlaskClient, lyon: Store, ada: Agent) -> None:
    """A tablet works for days without loading a page; what was refused, and asking for a token, renews nothing."""
    by_script = {**JSON, "Sec-Fetch-Mode": "same-origin"}
    client.get("/counter/token")  # it is in the session from here on
    refused = client.post("/counter/", data=an_entry(lyon, ada, text=" "), headers=by_script)
    asked = client.get("/counter/token", headers=by_script)
    taken = client.post("/counter/", data=an_entry(lyon, ada), headers=by_script)
    assert (refused.status_code, asked.status_code, taken.status_code) == (422, 200, 201)
    renewed = ["Set-Cookie" in answer.headers for answer in (refused, asked, taken)]
    assert renewed == [False, False, True]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": " "}, "text"),
        ({"email": "", "first_name": ""}, "email"),
        ({"email": "nobody"}, "email"),
        ({"phone": "12"}, "phone"),
        ({"signer": "999999"}, "signer"),
        ({"answer_by": "phone"}, "phone"),
        ({"answer_until_on": "soon"}, "answer_until_on"),
    ],
)
def test_a_refused_entry_says_which_field_and_why(
    session: Session, client: FlaskClient, lyon: Store, ada: Agent, changes: dict[str, str], field: str
) -> None:
    status, said = send(client, an_entry(lyon, ada, **changes))
    assert (status, said["error"]["field"]) == (422, field)
    assert said["error"]["message"]
    assert session.scalar(select(Ticket.id)) is None


def test_a_wrong_pin_is_said_and_then_the_door_is_closed(
    session: Session, client: FlaskClient, lyon: Store, ada: Agent
) -> None:
    answers = [send(client, an_entry(lyon, ada, pin="1357")) for _ in range(ATTEMPTS)]
    assert {status for status, _ in answers[:-1]} == {422}
    assert answers[0][1]["error"]["field"] == "pin"
    answer = client.post("/counter/", data=an_entry(lyon, ada), headers=JSON)
    assert (answer.status_code, (answer.json or {})["error"]["code"]) == (429, "closed")
    assert int(answer.headers["Retry-After"]) > 60
    assert session.scalar(select(Ticket.id)) is None


@pytest.mark.parametrize("name", [name for name in BOUND if name not in {"store", "signer"}])
def test_a_signature_is_good_for_its_entry_alone(
    session: Session, client: FlaskClient, lyon: Store, ada: Agent, name: str
) -> None:
    entry = an_entry(lyon, ada, phone="06 12 34 56 78")
    swapped = {"answer_by": "phone", "answer_until_on": "2026-03-06", "email": "eve@client.example"}
    entry[name] = swapped.get(name, "" if name == "reason" and entry[name] else "1")
    if name == "reason":
        entry["sealed_pin"] = an_entry(lyon, ada, reason="1")["sealed_pin"]
        entry["reason"] = ""
    status, said = send(client, entry)
    assert (status, said["error"]["field"]) == (422, "pin"), said
    assert session.scalar(select(Ticket.id)) is None


def test_another_stores_entry_is_not_taken(
    session: Session, client: FlaskClient, lyon: Store, ada: Agent
) -> None:
    lille = make_store(session, "Lille", code="LIL")
    status, _ = send(client, an_entry(lyon, ada, store=str(lille.id)))
    assert status == 404


def test_without_script_the_form_is_sent_as_any_other(
    session: Session, client: FlaskClient, lyon: Store, ada: Agent
) -> None:
    plain = {
        key: words for key, words in an_entry(lyon, ada).items() if key not in {"sealed_pin", "noted_at"}
    }
    refused = client.post("/counter/", data={**plain, "pin": "1357"})
    assert refused.status_code == 422
    assert refused.text.count("Ce code PIN est incorrect") == 2  # above the form and beside the field
    assert "abat-jour" in refused.text
    for _ in range(2):
        taken = client.post("/counter/", data={**plain, "pin": PIN})
        assert (taken.status_code, taken.location) == (303, f"/counter/?store={lyon.id}")
    assert session.scalars(select(Ticket.assignee_id)).one() == ada.id


def test_the_page_names_who_signs_and_asks_little_of_the_database(
    session: Session, client: FlaskClient, lyon: Store, ada: Agent
) -> None:
    make_agent(session, "Sans Code", email="sans@verel.example", store_ids=(lyon.id,))
    with counted() as statements:
        page = client.get("/counter/")
    assert "Ada Martin" in page.text
    assert "Sans Code" not in page.text
    assert len(statements) <= 12


def test_who_has_no_counter_chooses_one(session: Session, client: FlaskClient, lyon: Store) -> None:
    lille = make_store(session, "Lille", code="LIL")
    cleo = make_agent(session, "Cléo", role=Role.ADMINISTRATOR)
    log_in(client, cleo)
    page = client.get("/counter/").text
    assert f"/counter/?store={lyon.id}" in page
    assert f"/counter/?store={lille.id}" in page
    assert "code PIN" in client.get(f"/counter/?store={lille.id}").text


def test_the_worker_names_the_assets_of_this_version(client: FlaskClient, ada: Agent) -> None:
    answer = client.get("/counter/worker.js")
    head, _, body = answer.text.partition("\n")
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "/assets/counter." in head
    assert "VERSION" in head
    assert "fetch" in body
    assert list(client.get("/counter/token").json or {}) == ["token"]


def test_a_slip_is_told_once_the_contact_is_noted(client: FlaskClient, lyon: Store, ada: Agent) -> None:
    status, told = send(client, an_entry(lyon, ada, email="dora@gmial.com"))
    assert status == 201
    assert "dora@gmail.com" in told["meant"]
