"""The pages of duplicates: the queue, side by side, merging, undoing, households, old links."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.actor import SYSTEM
from hub.customers.duplicates import finding
from hub.customers.duplicates.models import AddressLink, CustomerPair
from hub.customers.duplicates.words import PairState
from hub.customers.merging.models import CustomerMerge
from hub.customers.models import Address, Customer
from hub.identity.merging import merge_customers
from hub.staff.words import Role
from tests.conftest import TUESDAY
from tests.makers.counting import counted_statements
from tests.makers.customers import make_customer
from tests.makers.staff import log_in, make_agent
from tests.makers.stores import make_chain

PAGES = "/customers/duplicates"


@pytest.fixture
def pair(session: Session) -> tuple[Customer, Customer]:
    make_chain(session)
    anne = make_customer(session, "Anne", "Roux", mail="anne.roux@gmail.com", phone=None, postcode="")
    again = make_customer(session, "Anne", "Roux", mail="anneroux+a@gmail.com", phone="+33612345679")
    finding.ask_comparison(by_id=None, now=TUESDAY)
    while finding.work_on(now=TUESDAY):
        pass
    session.commit()
    return anne, again


@pytest.fixture
def client(app: Flask, session: Session, pair: tuple[Customer, Customer]) -> FlaskClient:
    return log_in(app.test_client(), make_agent(session, role=Role.ADMINISTRATOR))


def test_the_queue_says_why_and_leads_to_both_side_by_side(
    client: FlaskClient, pair: tuple[Customer, Customer]
) -> None:
    with counted_statements() as statements:
        page = client.get(PAGES + "/", headers={"Accept-Language": "en"}).text
    assert len(statements) <= 12
    assert "same mailbox, written otherwise" in page or "même boîte" in page
    with counted_statements() as statements:
        page = client.get(f"{PAGES}/compare?id={pair[0].id}&id={pair[1].id}").text
    assert len(statements) <= 12
    assert 'name="field:postcode"' in page
    assert 'name="field:first_name"' not in page, "the same: nothing to choose"
    assert f'name="stays" value="{pair[0].id}" checked' in page


def test_merging_and_undoing_by_the_pages(
    client: FlaskClient, session: Session, pair: tuple[Customer, Customer]
) -> None:
    anne, again = pair
    form = {"id": [str(anne.id), str(again.id)], "stays": str(anne.id), "field:postcode": str(anne.id)}
    answer = client.post(f"{PAGES}/merge", data=form)
    assert answer.status_code == 303
    merge = session.scalars(select(CustomerMerge)).one()
    assert answer.location.endswith(f"/merges/{merge.id}")
    assert client.get(answer.location).status_code == 200
    assert session.get_one(Customer, anne.id).postcode == ""
    old = client.get(f"/customers/{again.id}?after=x")
    assert (old.status_code, old.location) == (302, f"/customers/{anne.id}?after=x")
    assert client.post(f"{PAGES}/merge", data=form).location == answer.location, "a double click is one merge"
    assert client.get(f"{PAGES}/merges").status_code == 200
    assert client.post(f"{PAGES}/merges/{merge.id}/undo").status_code == 303
    assert client.get(f"/customers/{again.id}").status_code == 200


def test_exact_ones_are_shown_then_merged_at_one_press_then_undone_at_one(
    client: FlaskClient, session: Session, pair: tuple[Customer, Customer]
) -> None:
    assert "anneroux+a@gmail.com" in client.get(f"{PAGES}/exact").text
    assert client.post(f"{PAGES}/exact").status_code == 303
    merge = session.scalars(select(CustomerMerge)).one()
    assert client.post(f"{PAGES}/merges/batches/{merge.id}/undo").status_code == 303
    session.expire_all()
    assert session.get_one(Customer, pair[1].id).merged_into_id is None
    assert client.post(f"{PAGES}/rule", data={"is_on": "1"}).status_code == 303
    assert client.post(f"{PAGES}/look").status_code == 303


def test_not_the_same_and_a_household(
    client: FlaskClient, session: Session, pair: tuple[Customer, Customer]
) -> None:
    ids = [str(each.id) for each in pair]
    assert client.post(f"{PAGES}/apart", data={"id": ids}).status_code == 303
    row = session.scalars(select(CustomerPair)).one()
    assert row.state is PairState.APART
    assert client.get(f"{PAGES}/?state=apart&kind=exact&least=75").status_code == 200
    assert client.post(f"{PAGES}/pairs/{row.id}/reopen").status_code == 303
    address = session.scalars(select(Address).where(Address.customer_id == pair[0].id)).one()
    assert client.post(f"{PAGES}/household", data={"id": ids, "address": str(address.id)}).status_code == 303
    for one, other in (pair, pair[::-1]):
        for url in (f"/customers/{one.id}", f"/customers/{one.id}/consents"):
            assert f'<a href="/customers/{other.id}">' in client.get(url).text, "both cards say it"
    link = session.scalars(select(AddressLink)).one()
    assert client.post(f"{PAGES}/links/{link.id}/end", data={"customer": ids[0]}).status_code == 303
    assert session.scalars(select(AddressLink)).all() == []


def test_merging_from_a_customers_card(client: FlaskClient, pair: tuple[Customer, Customer]) -> None:
    assert f"{PAGES}/search/{pair[0].id}" in client.get(f"/customers/{pair[0].id}").text
    page = client.get(f"{PAGES}/search/{pair[0].id}?q=roux").text
    assert f'name="id" value="{pair[1].id}"' in page


def test_what_cannot_be_done_is_said(
    client: FlaskClient, session: Session, pair: tuple[Customer, Customer]
) -> None:
    anne, again = pair
    [merge_id] = merge_customers(anne.id, [again.id], by=SYSTEM, now=TUESDAY)
    third = make_customer(session, "C", "D", mail="c@client.example", phone=None)
    merge_customers(third.id, [anne.id], by=SYSTEM, now=TUESDAY)
    session.commit()
    assert client.post(f"{PAGES}/merges/{merge_id}/undo").status_code == 409
    assert client.post(f"{PAGES}/merge", data={"id": str(anne.id), "stays": str(anne.id)}).status_code == 422
    assert client.get(f"{PAGES}/compare?id={anne.id}&id={again.id}").status_code == 302
