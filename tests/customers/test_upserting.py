"""Find-or-create by any id, alone and by the hundred: nobody twice, never two people made one, nothing lost."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.core.errors import Conflict, Invalid
from hub.customers.models import Address, Customer
from hub.customers.one_statement import MAKE, _values
from hub.customers.queries import get_customer
from hub.customers.rows import CustomerDetails
from hub.customers.upserting import upsert_customer, upsert_customers
from tests.conftest import TUESDAY
from tests.makers.counting import counted_statements
from tests.makers.customers import make_customer, make_emil

ZOE = CustomerDetails(
    email="ZOE@client.example",
    phone="06 99 88 77 66",
    first_name="zoé",
    last_name="MARTIN",
    loyalty_card="C-9",
    external_ids={"shop": "S-9"},
    street="3 rue des Carmes",
    postcode="69003",
    town="Lyon",
)
BARE = CustomerDetails()


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Customer)) or 0


def test_any_of_the_ids_finds_the_same_customer(session: Session) -> None:
    made = upsert_customer(ZOE, now=TUESDAY)
    assert made.is_new
    for who in (
        replace(BARE, email="zoe@client.example"),
        replace(BARE, phone="+33 6 99 88 77 66"),
        replace(BARE, loyalty_card="C-9"),
        replace(BARE, external_ids={"shop": "S-9"}),
    ):
        found = upsert_customer(who, now=TUESDAY)
        assert (found.customer_id, found.is_new) == (made.customer_id, False)
    row = get_customer(made.customer_id)
    assert (row.name, row.street, row.town) == ("Zoé Martin", "3 rue des Carmes", "Lyon")


def test_two_ids_of_two_customers_are_a_conflict_that_names_both(session: Session) -> None:
    dora, emil = make_customer(session), make_emil(session)
    with pytest.raises(Conflict) as refused:
        upsert_customer(
            replace(BARE, email="emil@client.example", phone="+33612345678", company="X"), now=TUESDAY
        )
    said = str(refused.value)
    for word in ("emil@client.example", str(emil.id), "+33612345678", str(dora.id)):
        assert word in said
    assert (get_customer(emil.id).company, get_customer(emil.id).phone) == ("", None)


def test_a_family_may_share_a_phone(session: Session) -> None:
    dora = make_customer(session)
    son = CustomerDetails(email="son@client.example", phone="0612345678", first_name="Léo", last_name="Roux")
    made = upsert_customer(son, now=TUESDAY)
    again = upsert_customer(son, now=TUESDAY)
    assert made.customer_id == again.customer_id != dora.id
    assert get_customer(dora.id).phone == "+33612345678"


def test_one_mail_is_a_look_up_and_one_statement(session: Session) -> None:
    with counted_statements() as seen:
        made = upsert_customer(replace(BARE, email="zoe@client.example", first_name="Zoé"), now=TUESDAY)
        found = upsert_customer(replace(BARE, email="ZOE@client.example"), now=TUESDAY)
    assert (made.is_new, found.is_new, made.customer_id) == (True, False, found.customer_id)
    assert len(seen) == 3


def test_an_address_taken_at_that_moment_leaves_nobody_behind(session: Session) -> None:
    """As another transaction would see it: the look-up finds nobody, the unique key somebody."""
    make_emil(session)
    values = _values("emil@client.example", CustomerDetails(email="emil@client.example"), TUESDAY)
    blind = MAKE.replace(
        "WHERE NOT EXISTS (SELECT FROM addresses WHERE kind = 'mail' AND value = %(mail)s)", ""
    )
    made = session.connection().exec_driver_sql(blind, values).one()
    assert made[1] is False


def test_what_is_empty_is_filled_and_nothing_overwritten(session: Session) -> None:
    emil = make_emil(session)
    more = CustomerDetails(
        email="emil@client.example", first_name="Paul", last_name="X", town="Pau", company="A"
    )
    upsert_customer(more, now=TUESDAY)
    row = get_customer(emil.id)
    assert (row.name, row.town, row.company) == ("Emil Roux", "Pau", "A")


def test_a_batch_is_each_for_itself(session: Session) -> None:
    dora, emil = make_customer(session), make_emil(session)
    batch = [
        ZOE,
        replace(BARE, email="dora@client.example"),
        replace(BARE, email="not a mail"),
        replace(BARE, email="emil@client.example", phone="+33612345678"),
        replace(BARE, email="new@client.example", external_ids={"shop": "S-9"}),
        BARE,
        replace(BARE, email="emil@client.example", town="Pau"),
        replace(BARE, phone="0699887766"),
    ]
    done = upsert_customers(batch, now=TUESDAY)
    zoe = done[0].customer_id
    assert [each.customer_id for each in done] == [zoe, dora.id, None, None, zoe, None, emil.id, zoe]
    assert [each.is_new for each in done] == [True] + [False] * 7
    kinds = [type(each.error) for each in done if each.error]
    assert kinds == [Invalid, Conflict, Invalid]
    assert get_customer(emil.id).town == "Pau"
    assert zoe
    mails = session.scalars(select(Address.value).where(Address.customer_id == zoe, Address.kind == "mail"))
    assert set(mails) == {"zoe@client.example", "new@client.example"}
    assert count(session) == 3
    again = upsert_customers(batch, now=TUESDAY)
    assert [each.customer_id for each in again] == [each.customer_id for each in done]
    assert count(session) == 3


def test_five_hundred_are_a_handful_of_statements(session: Session) -> None:
    batch = [
        CustomerDetails(
            email=f"c{number}@client.example",
            first_name="A",
            last_name=f"B{number}",
            loyalty_card=f"K-{number}",
        )
        for number in range(500)
    ]
    with counted_statements() as seen:
        made = upsert_customers(batch, now=TUESDAY)
        found = upsert_customers(batch, now=TUESDAY)
    assert sum(each.is_new for each in made) == 500
    assert [each.customer_id for each in found] == [each.customer_id for each in made]
    assert len(seen) <= 12
    assert max(map(len, seen)) < 2500  # no statement grows with those it asks for
