"""Many customers found or made at once."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.customers.batch import find_or_create_by_mail
from hub.customers.models import Customer
from hub.customers.rows import CustomerDetails
from tests.conftest import TUESDAY
from tests.makers.customers import make_customer


def test_known_ones_are_found_and_the_others_made_once(session: Session) -> None:
    dora = make_customer(session)
    people = [
        CustomerDetails(email="DORA@client.example"),
        CustomerDetails(email="emil@client.example", first_name="émil", last_name="ZOLA"),
        CustomerDetails(email="Emil@Client.example", first_name="autre"),
    ]
    found = find_or_create_by_mail(people, now=TUESDAY)
    assert found["dora@client.example"].customer_id == dora.id
    assert not found["dora@client.example"].is_new
    made = session.get_one(Customer, found["emil@client.example"].customer_id)
    assert (made.first_name, made.last_name) == ("Émil", "Zola")
    again = find_or_create_by_mail(people, now=TUESDAY)
    assert again["emil@client.example"].customer_id == made.id
    assert session.scalar(select(func.count()).select_from(Customer)) == 2
