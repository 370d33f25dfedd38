"""The customers' pages by HTTP: writing to a store, stores and hours, what one wants to receive."""

import json
import re
import secrets
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.core import signing
from hub.core.words import Channel
from hub.inbox.models import Ticket, TicketMessage
from hub.stores.models import ExceptionalDay, Store
from tests.conftest import HandClock
from tests.makers.inbox import make_house, make_received
from tests.makers.stores import make_region, make_store

MOST_BYTES = 20_000
WRITTEN = {
    "name": "Anne Morel",
    "email": "Anne.Morel@client.example",
    "phone": "",
    "store": "lyon-part-dieu",
    "order_number": "",
    "text": "Avez-vous la lampe Aurore en rouge ?",
    "key": "0123456789",
}


@pytest.fixture
def lyon(session: Session, client: FlaskClient) -> Store:
    """Each test writes from an address of its own: writing is limited per address."""
    client.environ_base["REMOTE_ADDR"] = f"10.0.{secrets.randbelow(250)}.{secrets.randbelow(250)}"
    return make_house(session)


def ticket_of(session: Session) -> Ticket:
    session.expire_all()
    return session.scalars(select(Ticket)).one()


def count_messages(session: Session) -> int:
    """Those of customers."""
    return (
        session.scalar(select(func.count()).select_from(TicketMessage).where(TicketMessage.text != "")) or 0
    )


def test_a_written_message_becomes_a_ticket_of_the_chosen_store(
    session: Session, client: FlaskClient, lyon: Store
) -> None:
    answer = client.post("/contact", data=WRITTEN)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/contact/sent")
    row = ticket_of(session)
    assert (row.store_id, row.channel, row.requester_address) == (
        lyon.id,
        Channel.FORM,
        "anne.morel@client.example",
    )
    assert "Votre message est arrivé" in client.get("/contact/sent").text


def test_the_link_of_a_store_chooses_it(client: FlaskClient, lyon: Store) -> None:
    assert re.search(
        r'<option selected value="lyon-part-dieu">', client.get("/contact?store=lyon-part-dieu").text
    )


def test_sending_twice_is_one_ticket(session: Session, client: FlaskClient, lyon: Store) -> None:
    client.post("/contact", data=WRITTEN)
    client.post("/contact", data=WRITTEN)
    assert session.scalar(select(func.count()).select_from(Ticket)) == 1


def test_without_an_address_nobody_could_answer(session: Session, client: FlaskClient, lyon: Store) -> None:
    answer = client.post("/contact", data={**WRITTEN, "email": ""})
    assert answer.status_code == 422
    assert "Indiquez une adresse e-mail ou un téléphone" in answer.text
    assert "Avez-vous la lampe Aurore en rouge ?</textarea>" in answer.text
    assert session.scalar(select(func.count()).select_from(Ticket)) == 0


@pytest.mark.parametrize(
    "wrong", [{"email": "anne@"}, {"email": "", "phone": "12"}, {"text": " "}, {"name": ""}]
)
def test_what_cannot_be_used_is_said_beside_its_field(
    client: FlaskClient, lyon: Store, wrong: dict[str, str]
) -> None:
    answer = client.post("/contact", data={**WRITTEN, **wrong})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text


def test_a_phone_is_enough(session: Session, client: FlaskClient, lyon: Store) -> None:
    assert (
        client.post("/contact", data={**WRITTEN, "email": "", "phone": "06 39 98 12 34"}).status_code == 303
    )
    assert ticket_of(session).customer_id is not None


def test_a_mistyped_provider_is_asked_about_once(session: Session, client: FlaskClient, lyon: Store) -> None:
    answer = client.post("/contact", data={**WRITTEN, "email": "anne@gmial.com"})
    assert answer.status_code == 422
    assert "anne@gmail.com" in answer.text
    assert (
        client.post(
            "/contact", data={**WRITTEN, "email": "anne@gmial.com", "asked": "anne@gmial.com"}
        ).status_code
        == 303
    )


def test_an_unknown_store_goes_to_the_central_queue(
    session: Session, client: FlaskClient, lyon: Store
) -> None:
    assert client.post("/contact", data={**WRITTEN, "store": ""}).status_code == 303
    assert ticket_of(session).store_id is None
    assert client.post("/contact", data={**WRITTEN, "store": "atlantis"}).status_code == 422


def test_a_signed_link_writes_into_its_ticket(session: Session, client: FlaskClient, lyon: Store) -> None:
    found = make_received()
    token = signing.sign("contact-ticket", {"ticket": found.ticket_id, "address": "dora@client.example"})
    page = client.get(f"/contact/t/{token}")
    assert (found.number or "") in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert client.post(f"/contact/t/{token}", data={"text": "Voici la suite.", "key": "9"}).status_code == 303
    assert session.scalar(select(func.count()).select_from(Ticket)) == 1
    assert count_messages(session) == 2
    assert client.get(f"/contact/t/{token[:-3]}").status_code == 404


def test_a_store_says_when_it_is_open(
    session: Session, client: FlaskClient, lyon: Store, hand_clock: HandClock
) -> None:
    session.add(ExceptionalDay(store_id=lyon.id, day_on=date(2026, 3, 10), ranges=[], note="inventaire"))
    session.flush()
    page = client.get("/stores/lyon-part-dieu").text
    assert "Ouvert en ce moment" in page
    assert "10 h – 12 h 30, 14 h – 19 h" in page
    assert "Mardi 10 mars" in page
    assert "fermé (inventaire)" in page
    hand_clock.move(hours=3)
    assert "Fermé en ce moment, ouvre aujourd’hui à 14 h" in client.get("/stores/lyon-part-dieu").text
    hand_clock.move(hours=7)
    assert "ouvre mercredi 4 mars à 10 h" in client.get("/stores/lyon-part-dieu").text
    assert "Closed now, opens Wednesday 4 March at 10 am" in client.get("/stores/lyon-part-dieu?lang=en").text


def test_search_engines_read_the_store(client: FlaskClient, lyon: Store) -> None:
    found = re.search(
        r'<script type="application/ld\+json">(.*?)</script>', client.get("/stores/lyon-part-dieu").text
    )
    assert found
    assert json.loads(found[1])["@type"] == "LocalBusiness"


def test_stores_are_found_by_town(session: Session, client: FlaskClient, lyon: Store) -> None:
    region = make_region(session)
    make_store(session, "Lille Centre", code="LIL", town="Lille", postcode="59000", region_id=region.id)
    page = client.get("/stores/").text
    assert "Sud-Est" in page
    assert "Lyon Part-Dieu" in page
    assert "Lyon Part-Dieu" not in client.get("/stores/?q=lille").text
    assert client.get("/stores/atlantis").status_code == 404


@pytest.mark.parametrize("path", ["/contact", "/contact/sent", "/stores/", "/stores/lyon-part-dieu"])
def test_public_pages_are_small_and_need_no_script(client: FlaskClient, lyon: Store, path: str) -> None:
    answer = client.get(path)
    assert len(answer.data) < MOST_BYTES
    assert "app.js" not in answer.text
    assert len(re.findall('<meta name="description" content="[^"]+">', answer.text)) == 1
    assert "Set-Cookie" not in answer.headers


def test_writing_is_limited(client: FlaskClient, lyon: Store, limits: None) -> None:
    codes = [client.post("/contact", data={**WRITTEN, "text": ""}).status_code for _ in range(11)]
    assert codes == [422] * 10 + [429]


def test_help_leads_to_the_help_centre_and_from_there_to_a_person(client: FlaskClient, lyon: Store) -> None:
    del lyon
    for path in ("/contact", "/stores/"):
        assert '<a href="/help/">Aide et contact</a>' in client.get(path).text, path
    assert 'href="/contact"' in client.get("/help/").text
