"""The look-up for who delivers: what is shown, to whom, how often, and where a remark goes."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.audit import AuditEntry
from hub.core.words import Channel, Purpose
from hub.customers.models import ExternalId
from hub.inbox.models import Notice, Ticket, TicketMessage
from hub.inbox.words import MessageKind, NoticeKind, TicketState
from hub.orders.models import Order
from hub.orders.words import OrderState
from hub.outbox.actions.holds import lift_hold, put_hold
from hub.staff.words import Role
from tests.blueprints.test_inbox import sign_in
from tests.conftest import TUESDAY
from tests.makers.customers import make_customer
from tests.makers.inbox import make_house
from tests.makers.orders import make_order
from tests.makers.staff import make_agent
from tests.makers.stores import make_store


@pytest.fixture
def order(session: Session, client: FlaskClient) -> Order:
    """Dora's order in Lyon, and somebody who delivers for Lyon is signed in."""
    lyon = make_house(session)
    customer = make_customer(session)
    session.add(ExternalId(customer_id=customer.id, source="loyalty_card", value="CARTE-7"))
    courier = make_agent(session, email="livreur@verel.example", role=Role.DELIVERY, store_ids=(lyon.id,))
    sign_in(client, courier)
    return make_order(session, customer_id=customer.id, store_id=lyon.id, external_id="CMD-77")


@pytest.mark.parametrize("asked", ["CMD-77", "cmd-77", "CARTE-7"])
def test_an_order_is_found_by_its_number_or_the_card(client: FlaskClient, order: Order, asked: str) -> None:
    page = client.get("/delivery/", query_string={"q": asked})
    assert page.status_code == 200
    assert "Lefèvre" in page.text
    assert "@client.example" not in page.text
    assert len(page.data) < 15_000


def test_a_name_finds_the_latest_orders_of_the_persons_stores(
    session: Session, client: FlaskClient, order: Order
) -> None:
    """Of two Lefèvre of Lyon, one order each; that of Lille, an old one and a part of a word are none."""
    lille = make_store(session, "Lille", code="LIL")
    zoe = make_customer(session, "Zoé", "Lefèvre-Roux", mail="z@client.example", phone=None)
    make_order(
        session, customer_id=zoe.id, store_id=order.store_id, external_id="CMD-78", state=OrderState.SHIPPED
    )
    make_order(session, customer_id=zoe.id, store_id=lille.id, external_id="CMD-79")
    old = TUESDAY - timedelta(days=200)
    make_order(session, customer_id=zoe.id, store_id=order.store_id, external_id="CMD-80", placed_at=old)
    page = client.get("/delivery/", query_string={"q": "LEFEVRE"})
    assert re.findall(r"CMD-\d+(?= ·)", page.text) == ["CMD-78", "CMD-77"], "what is on its way first"
    assert "Mme Lefèvre-Roux" in page.text
    assert "Zoé" not in page.text
    looked = session.scalars(select(AuditEntry.subject_id).where(AuditEntry.action == "customer.viewed"))
    assert sorted(looked) == sorted([order.customer_id, zoe.id])
    for asked, status in (("zoé lefèvre", 200), ("evre", 404), ("le", 404), ("%%%", 404)):
        assert client.get("/delivery/", query_string={"q": asked}).status_code == status, asked


def test_new_or_loyal_is_said_also_where_something_matters_more(
    session: Session, client: FlaskClient, order: Order
) -> None:
    assert "Nouvelle cliente" in client.get("/delivery/?q=CMD-77").text
    client.post(f"/delivery/{order.id}/remark", data={"text": "Carton ouvert"})
    page = client.get("/delivery/?q=CMD-77").text
    assert "Une demande est ouverte sur cette commande" in page
    assert "Nouvelle cliente" in page


def test_an_open_complaint_about_another_order_is_said(
    session: Session, client: FlaskClient, order: Order
) -> None:
    put_hold(
        customer_id=order.customer_id, purpose=Purpose.PROMOTION, reason="grievance",
        source_kind="ticket", source_id=1, now=TUESDAY,
    )  # fmt: skip
    assert "Une réclamation est ouverte à ce nom" in client.get("/delivery/?q=CMD-77").text
    lift_hold(source_kind="ticket", source_id=1, now=TUESDAY)
    assert "réclamation" not in client.get("/delivery/?q=CMD-77").text


def test_each_look_is_written_down(session: Session, client: FlaskClient, order: Order) -> None:
    client.get("/delivery/?q=CMD-77")
    looked = session.scalars(select(AuditEntry).where(AuditEntry.action == "customer.viewed")).one()
    assert looked.subject_id == order.customer_id


def test_an_order_of_another_store_is_no_order(session: Session, client: FlaskClient, order: Order) -> None:
    order.store_id = make_store(session, "Lille", code="LIL").id
    session.flush()
    assert client.get("/delivery/?q=CMD-77").status_code == 404
    assert client.post(f"/delivery/{order.id}/remark", data={"text": "Coucou"}).status_code == 404


def test_a_remark_is_a_ticket_and_then_a_note_of_it(
    session: Session, client: FlaskClient, order: Order
) -> None:
    for text in ("Carton abîmé", "Le client a refusé le colis"):
        assert client.post(f"/delivery/{order.id}/remark", data={"text": text}).status_code == 303
    ticket = session.scalars(select(Ticket)).one()
    assert (ticket.channel, ticket.store_id, ticket.state) == (
        Channel.DELIVERY,
        order.store_id,
        TicketState.NEW,
    )
    assert ticket.assignee_id is None
    assert ticket.waiting_since is None
    notes = session.scalars(select(TicketMessage.text).where(TicketMessage.kind == MessageKind.NOTE)).all()
    assert notes == ["Carton abîmé", "Le client a refusé le colis"]
    assert "demande est ouverte" in client.get("/delivery/?q=CMD-77").text


def test_an_empty_remark_is_refused_in_words(session: Session, client: FlaskClient, order: Order) -> None:
    answer = client.post(f"/delivery/{order.id}/remark", data={"text": " "}, follow_redirects=True)
    assert "ce que le magasin doit savoir" in answer.text
    assert session.scalar(select(Ticket.id)) is None


@pytest.mark.usefixtures("limits")
def test_looking_up_is_limited_by_person(client: FlaskClient, order: Order) -> None:
    answers = {client.get("/delivery/?q=CMD-77").status_code for _ in range(32)}
    assert answers == {200, 429}


def test_a_card_with_several_orders_lists_those_of_the_persons_stores(
    session: Session, client: FlaskClient, order: Order
) -> None:
    lille = make_store(session, "Lille", code="LIL")
    for number, (store_id, days) in enumerate(((order.store_id, 1), (lille.id, 0), (order.store_id, 9))):
        make_order(
            session, customer_id=order.customer_id, store_id=store_id, external_id=f"CMD-{number}",
            placed_at=TUESDAY - timedelta(days=days),
        )  # fmt: skip
    page = client.get("/delivery/?q=CARTE-7")
    assert page.status_code == 200
    assert re.findall(r"q=(CMD-\d+)", page.text) == ["CMD-0", "CMD-77", "CMD-2"]
    assert "Lefèvre" in page.text
    assert "@client.example" not in page.text
    assert len(page.data) < 15_000


def test_the_newest_order_of_a_card_may_be_anothers(
    session: Session, client: FlaskClient, order: Order
) -> None:
    """The latest order of the chain is of Lille: whoever delivers for Lyon still finds Lyon's."""
    lille = make_store(session, "Lille", code="LIL")
    make_order(
        session, customer_id=order.customer_id, store_id=lille.id, external_id="CMD-99", placed_at=TUESDAY
    )
    page = client.get("/delivery/?q=CARTE-7")
    assert "CMD-77" in page.text
    assert "CMD-99" not in page.text


def test_a_remark_pressed_twice_is_one(session: Session, client: FlaskClient, order: Order) -> None:
    key = re.search(r'name="key" value="(\w+)"', client.get("/delivery/?q=CMD-77").text)
    assert key is not None
    for text in ("Carton abîmé", "Refusé"):
        data = {"text": text, "key": key[1] if text == "Carton abîmé" else "another"}
        for _ in range(2):
            assert client.post(f"/delivery/{order.id}/remark", data=data).status_code == 303
    assert session.scalars(select(TicketMessage.text).order_by(TicketMessage.id)).all() == [
        "Carton abîmé", "Refusé",
    ]  # fmt: skip
    assert len(session.scalars(select(Ticket)).all()) == 1


@pytest.mark.parametrize("is_assigned", [True, False])
def test_a_remark_on_an_open_ticket_is_told_and_wakes_it(
    session: Session, client: FlaskClient, order: Order, is_assigned: bool
) -> None:
    ada, max_ = (
        make_agent(session, name, email=f"{name}@verel.example", store_ids=(order.store_id,))
        for name in ("Ada", "Max")
    )
    client.post(f"/delivery/{order.id}/remark", data={"text": "Carton abîmé"})
    ticket = session.scalars(select(Ticket)).one()
    ticket.assignee_id = ada.id if is_assigned else None
    ticket.snoozed_until, ticket.snoozed_by_id = TUESDAY + timedelta(days=9), ada.id
    session.commit()
    client.post(f"/delivery/{order.id}/remark", data={"text": "Refusé à la porte"})
    told = session.scalars(select(Notice.agent_id).where(Notice.kind == NoticeKind.REMARKED)).all()
    assert sorted(told) == ([ada.id] if is_assigned else [ada.id, max_.id])
    session.refresh(ticket)
    assert ticket.snoozed_until is None
