"""Find-or-create: the same person is one customer, also when several doors open at once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from hub.core.db import db, transaction
from hub.core.errors import Invalid
from hub.core.words import Language
from hub.customers.actions import (
    CustomerDetails,
    Elsewhere,
    find_or_create_customer,
    resolve_customer,
)
from hub.customers.models import Address, Customer, ExternalId
from hub.customers.queries import find_customer_by_address, get_customer
from hub.customers.words import IdKind, Title
from tests.conftest import TUESDAY
from tests.makers.customers import make_customer


def test_a_new_customer_is_made_clean(session: Session) -> None:
    details = CustomerDetails(
        email="Jean.Dupont@Client.Example",
        phone="06 12 34 56 78",
        title=Title.SIR,
        first_name="jean",
        last_name="DUPONT",
        postcode=" 69003 ",
        loyalty_card="C-77",
        language=Language.ENGLISH,
    )
    row = get_customer(find_or_create_customer(details, now=TUESDAY))
    assert (row.name, row.mail, row.phone) == ("Jean Dupont", "jean.dupont@client.example", "+33612345678")
    assert (row.postcode, row.loyalty_card, row.language) == ("69003", "C-77", Language.ENGLISH)


@pytest.mark.parametrize(
    "details",
    [
        CustomerDetails(email="DORA@client.example"),
        CustomerDetails(phone="06.12.34.56.78"),
        CustomerDetails(email="new@client.example", loyalty_card="C-1"),
        CustomerDetails(external_ids={"shop": "42"}),
        CustomerDetails(
            email="new@client.example", phone="0612345678", first_name="dora", last_name="lefevre"
        ),
    ],
)
def test_any_known_address_or_card_finds_the_customer(session: Session, details: CustomerDetails) -> None:
    dora = make_customer(session)
    session.add_all(
        [
            ExternalId(customer_id=dora.id, source="loyalty_card", value="C-1"),
            ExternalId(customer_id=dora.id, source="shop", value="42"),
        ]
    )
    session.flush()
    assert find_or_create_customer(details, now=TUESDAY) == dora.id
    if details.email:
        found = find_customer_by_address(details.email)
        assert found
        assert found.mail == details.email.lower()


def test_empty_fields_are_filled_and_full_ones_kept(session: Session) -> None:
    dora = make_customer(session, postcode="", company="")
    details = CustomerDetails(
        email="dora@client.example", first_name="Dorothée", last_name="X", postcode="59000", company="ACME"
    )
    find_or_create_customer(details, now=TUESDAY)
    find_or_create_customer(CustomerDetails(email="dora@client.example", postcode="75001"), now=TUESDAY)
    row = get_customer(dora.id)
    assert (row.first_name, row.last_name, row.postcode, row.company) == ("Dora", "Lefèvre", "59000", "ACME")


def test_mail_wins_over_phone_and_the_phone_stays_where_it_is(session: Session) -> None:
    dora = make_customer(session)
    emil = make_customer(session, "Emil", "Roux", mail="emil@client.example", phone="+33687654321")
    found = resolve_customer(CustomerDetails(email="dora@client.example", phone="0687654321"), now=TUESDAY)
    assert found.customer_id == dora.id
    assert found.elsewhere == (Elsewhere(IdKind.PHONE, emil.id),)
    assert get_customer(emil.id).phone == "+33687654321"
    assert session.scalar(select(func.count()).select_from(Customer)) == 2


def test_a_family_shares_a_phone_without_becoming_one_person(session: Session) -> None:
    dora = make_customer(session)
    details = CustomerDetails(
        email="leo@client.example", phone="0612345678", first_name="Léo", last_name="Lefèvre"
    )
    found = resolve_customer(details, now=TUESDAY)
    assert found.is_new
    assert found.elsewhere == (Elsewhere(IdKind.PHONE, dora.id),)
    assert get_customer(found.customer_id).phone is None


def test_a_corrected_address_goes_to_the_expected_customer(session: Session) -> None:
    dora = make_customer(session, mail="dora@yahho.example")
    details = CustomerDetails(email="dora@yahoo.example", first_name="Dora", last_name="LEFEVRE")
    found = resolve_customer(details, now=TUESDAY, likely_id=dora.id)
    assert found.customer_id == dora.id
    assert get_customer(dora.id).mail == "dora@yahoo.example"
    other = CustomerDetails(email="max@client.example", first_name="Max", last_name="Petit")
    assert resolve_customer(other, now=TUESDAY, likely_id=dora.id).is_new


@pytest.mark.parametrize(
    ("details", "field"),
    [
        (CustomerDetails(first_name="Nobody"), "email"),
        (CustomerDetails(email="dora(at)client"), "email"),
        (CustomerDetails(email="dora@client.example", phone="12"), "phone"),
    ],
)
def test_unusable_details_are_refused_and_leave_nothing(
    session: Session, details: CustomerDetails, field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        find_or_create_customer(details, now=TUESDAY)
    assert refusal.value.field == field
    assert session.scalar(select(func.count()).select_from(Customer)) == 0


@pytest.fixture
def open_house(app: Flask) -> Iterator[Flask]:
    """Without the savepoint: threads with connections of their own really commit; swept afterwards."""
    yield app
    with app.app_context(), transaction() as session:
        for table in (Address, ExternalId, Customer):
            session.execute(delete(table))


@pytest.mark.parametrize("attempt", range(3))
def test_creators_at_the_same_moment_make_one_customer(open_house: Flask, attempt: int) -> None:
    count = 6
    start = Barrier(count)

    def create(number: int) -> int:
        with open_house.app_context(), transaction():
            start.wait()
            phone = "0612345678" if number % 2 else None
            details = CustomerDetails(email="Race@client.example", phone=phone, loyalty_card="R-1")
            return find_or_create_customer(details, now=TUESDAY)

    with ThreadPoolExecutor(count) as pool:
        ids = set(pool.map(create, range(count)))
    with open_house.app_context():
        assert len(ids) == 1
        assert db.session.scalar(select(func.count()).select_from(Customer)) == 1
        assert db.session.scalar(select(func.count()).select_from(Address)) == 2
        db.session.remove()
