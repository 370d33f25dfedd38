"""Did you mean: asked once on every form, taken by one click, and never in the way of what is right."""

import re
import secrets

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.blueprints.contact.joining_page import CHECKED
from hub.blueprints.contact.writing import ContactForm
from hub.blueprints.counter.forms import CounterForm
from hub.blueprints.customer_forms import CustomerForm
from hub.blueprints.inbox import contact as inbox_contact
from hub.customers.hygiene import base
from hub.customers.hygiene.findings import Field
from hub.inbox.models import Ticket
from hub.stores.models import Store
from tests.blueprints.test_api import Caller
from tests.makers.customers import make_customer
from tests.makers.inbox import make_house

WRITTEN = {"name": "Anne Morel", "store": "lyon-part-dieu", "text": "Bonjour", "key": "1"}


@pytest.fixture
def lyon(session: Session, client: FlaskClient) -> Store:
    """Each test writes from an address of its own: writing is limited per address."""
    client.environ_base["REMOTE_ADDR"] = f"10.1.{secrets.randbelow(250)}.{secrets.randbelow(250)}"
    return make_house(session)


@pytest.fixture(autouse=True)
def _no_sample() -> None:
    base._Kept.read_at = None


def write(client: FlaskClient, **given: str) -> tuple[int, str]:
    answer = client.post("/contact", data={**WRITTEN, **given})
    return answer.status_code, answer.text


def address_of(session: Session) -> str:
    return session.scalars(select(Ticket)).one().requester_address


def test_a_slip_is_asked_about_with_a_button(client: FlaskClient, lyon: Store) -> None:
    status, page = write(client, email="anne@hotmial.com")
    assert status == 422
    assert "anne@hotmail.com" in page
    assert re.search(r'<button[^>]*name="take"[^>]*value="mail"', page)


def test_the_button_takes_the_suggestion(session: Session, client: FlaskClient, lyon: Store) -> None:
    assert write(client, email="anne@hotmial.com", take="mail", asked="anne@hotmial.com")[0] == 303
    assert address_of(session) == "anne@hotmail.com"


def test_an_address_without_its_at_is_mended_by_the_button(
    session: Session, client: FlaskClient, lyon: Store
) -> None:
    assert "anne.morel@gmail.com" in write(client, email="anne.morelgmail.com")[1]
    assert write(client, email="anne.morelgmail.com", take="mail")[0] == 303
    assert address_of(session) == "anne.morel@gmail.com"


def test_sending_again_keeps_what_was_typed(session: Session, client: FlaskClient, lyon: Store) -> None:
    assert write(client, email="anne@hotmial.com", asked="anne@hotmial.com")[0] == 303
    assert address_of(session) == "anne@hotmial.com"


def test_another_slip_is_asked_about_again(client: FlaskClient, lyon: Store) -> None:
    assert write(client, email="anne@gmial.com", asked="anne@hotmial.com")[0] == 422


@pytest.mark.parametrize(
    "email", ["anne@orane.fr", "anne@gmx.fr", "anne@hotmaille.fr", "anne@acme-dupont.fr"]
)
def test_a_right_address_is_never_stopped(client: FlaskClient, lyon: Store, email: str) -> None:
    assert write(client, email=email)[0] == 303


def test_a_domain_many_customers_have_is_right(session: Session, client: FlaskClient, lyon: Store) -> None:
    assert write(client, email="x@hotmiail.fr")[0] == 422
    for number in range(10):
        make_customer(session, phone=None, mail=f"c{number}@hotmiail.fr")
    assert write(client, email="x@hotmiail.fr")[0] == 303


def test_a_domain_many_customers_have_is_suggested(
    session: Session, client: FlaskClient, lyon: Store
) -> None:
    for number in range(10):
        make_customer(session, phone=None, mail=f"c{number}@maison-dubois.fr")
    assert "x@maison-dubois.fr" in write(client, email="x@maison-dubios.fr")[1]


def test_a_sign_up_and_the_counter_ask_too() -> None:
    assert set(CHECKED.values()) == {Field.MAIL, Field.PHONE, Field.FIRST_NAME, Field.LAST_NAME}
    for form in (ContactForm, CustomerForm, CounterForm, inbox_contact.ContactForm):
        assert Field.MAIL in form.meant.values()
        assert Field.PHONE in form.meant.values()


def test_the_api_keeps_what_was_sent_and_says_what_was_meant(session: Session, client: FlaskClient) -> None:
    caller = Caller(client, session)
    answer = caller.post("/customers", {"email": "anne@gmial.com", "first_name": "Anne"})
    assert answer.status_code == 201
    assert answer.json["customer"]["email"] == "anne@gmial.com"
    assert answer.json["suggestions"] == {"email": "anne@gmail.com"}
