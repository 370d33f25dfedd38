"""Tell us why: a link without log-in, one answer that may be replaced, a ticket for who was disappointed, figures for marketers."""

from datetime import UTC, datetime, timedelta
from re import search
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.facts import FactRow
from hub.core.words import Channel, Language
from hub.customers.models import Customer
from hub.inbox.models import Ticket, TicketMessage
from hub.inbox.words import TicketState
from hub.outbox.models import Hold
from hub.reactions.drain import work_facts
from hub.staff.words import Role
from hub.stores.models import Store
from hub.surveys.whys.links import LINK_DAYS, why_link
from hub.surveys.whys.models import WhyAnswer
from hub.surveys.whys.queries import count_whys, list_told
from hub.surveys.whys.words import WhyReason
from tests.conftest import TUESDAY, HandClock
from tests.makers.customers import make_customer
from tests.makers.inbox import make_house
from tests.makers.orders import make_order
from tests.makers.staff import log_in, make_agent

SOURCE = "plan:anti_churn"
MOST_BYTES = 20_000


@pytest.fixture
def lyon(session: Session, hand_clock: HandClock) -> Store:
    return make_house(session)


@pytest.fixture
def dora(session: Session, lyon: Store) -> Customer:
    row = make_customer(session)
    make_order(session, customer_id=row.id, store_id=lyon.id)
    session.commit()
    return row


def path_of(customer: Customer, source: str = SOURCE) -> str:
    return urlsplit(why_link(customer.id, source, machine_now=clock.machine_now())).path


def nonce_of(page: str, *, seconds: float = 2) -> str:
    """As the page gave it, opened so many seconds ago."""
    from hub.core import signing

    found = search(r'name="nonce" value="([^"]+)"', page)
    assert found
    seen = signing.read("why-page", found[1], now=clock.machine_now())
    return signing.sign("why-page", {**seen, "at": seen["at"] - seconds})


def tell(client: FlaskClient, path: str, reason: str, comment: str = "", *, seconds: float = 2) -> int:
    nonce = nonce_of(client.get(path).text, seconds=seconds)
    sent = client.post(path, data={"reason": reason, "comment": comment, "nonce": nonce})
    work_facts(lambda: None)
    return sent.status_code


def tickets(session: Session) -> list[Ticket]:
    session.expire_all()
    return list(session.scalars(select(Ticket).order_by(Ticket.id)))


def test_the_page_asks_five_reasons_in_the_customers_language_and_is_light(
    client: FlaskClient, session: Session, dora: Customer
) -> None:
    page = client.get(path_of(dora))
    assert page.status_code == 200
    assert len(page.data) < MOST_BYTES
    assert page.text.count('type="radio"') == len(WhyReason) == 5
    assert "Mes dernières commandes m’ont déçu" in page.text
    assert 'lang="fr"' in page.text
    assert page.headers["Cache-Control"] == "no-store"
    dora.language = Language.ENGLISH
    session.commit()
    assert "The delivery was late" in client.get(path_of(dora)).text


def test_looking_answers_nothing_and_machines_do_not_answer(
    client: FlaskClient, session: Session, dora: Customer
) -> None:
    path = path_of(dora)
    client.get(path)
    client.head(path)
    client.get(f"{path}/thanks")
    assert tell(client, path, "price", seconds=0) == 422  # quicker than a person
    assert tell(client, path, "price", seconds=25 * 3600) == 422
    assert client.post(path, data={"reason": "price"}).status_code == 422
    other = nonce_of(client.get(path_of(dora, "plan:other")).text)
    assert client.post(path, data={"reason": "price", "nonce": other}).status_code == 422
    assert tell(client, path, "weather") == 422
    assert tell(client, path, "") == 422
    assert session.scalar(select(func.count()).select_from(WhyAnswer)) == 0


def test_a_link_that_is_mangled_foreign_or_too_old_opens_nothing(
    client: FlaskClient, session: Session, dora: Customer
) -> None:
    path = path_of(dora)
    assert client.get(path[:-3]).status_code == 404
    assert client.get("/why/x").status_code == 404
    old = clock.machine_now() - timedelta(days=LINK_DAYS, seconds=1)
    too_old = urlsplit(why_link(dora.id, SOURCE, machine_now=old)).path
    assert client.get(too_old).status_code == 410
    assert client.post(too_old, data={"reason": "price"}).status_code == 410
    dora.erased_at = TUESDAY
    session.commit()
    assert client.get(path).status_code == 410


def test_an_answer_is_kept_once_and_a_second_one_replaces_it(
    client: FlaskClient, session: Session, dora: Customer, lyon: Store
) -> None:
    path = path_of(dora)
    assert tell(client, path, "price", "Trop cher") == 303
    assert tell(client, path, "price", "Trop cher") == 303
    assert "Les prix" in client.get(f"{path}/thanks").text
    assert "Trop cher" in client.get(path).text
    assert tell(client, path, "not_needed") == 303
    [row] = session.scalars(select(WhyAnswer))
    assert (row.reason, row.comment, row.store_id, row.source) == (WhyReason.NOT_NEEDED, "", lyon.id, SOURCE)
    assert session.scalar(select(func.count()).where(FactRow.kind == "WhyTold")) == 2
    assert tickets(session) == []  # neither asks for help
    told = list_told([dora.id], source=SOURCE, since=TUESDAY - timedelta(days=1), at=clock.business_now())
    assert told == {dora.id: WhyReason.NOT_NEEDED}
    assert list_told([dora.id], source="plan:x", since=TUESDAY, at=clock.business_now()) == {}
    session.expire_all()
    assert dora.last_active_at is not None  # a sign of life


@pytest.mark.parametrize("reason", ["disappointed", "late"])
def test_who_was_disappointed_or_had_to_wait_is_a_ticket_of_the_store(
    client: FlaskClient, session: Session, dora: Customer, lyon: Store, reason: str
) -> None:
    path = path_of(dora)
    tell(client, path, reason, "La lampe est cassée")
    [ticket] = tickets(session)
    assert (ticket.store_id, ticket.customer_id, ticket.channel) == (lyon.id, dora.id, Channel.SURVEY)
    assert "Lefèvre" in ticket.requester_name
    assert ticket.requester_address == "dora@client.example"
    assert (ticket.is_grievance, ticket.state) == (True, TicketState.NEW)
    assert "A1001" in ticket.subject
    assert ticket.order_id
    [line] = session.scalars(select(TicketMessage))
    assert "La lampe est cassée" in line.text
    assert line.text.splitlines()[0] in {
        "Mes dernières commandes m’ont déçu.", "La livraison est arrivée en retard.",
    }  # fmt: skip
    assert session.scalar(select(func.count()).select_from(Hold).where(Hold.customer_id == dora.id))
    tell(client, path, reason, "La lampe est cassée, et le pied aussi")
    assert len(tickets(session)) == 1
    session.expire_all()
    assert "le pied aussi" in session.scalars(select(TicketMessage.text)).one()
    ticket.state = TicketState.CLOSED
    session.commit()
    tell(client, path, reason, "Toujours rien")
    assert len(tickets(session)) == 2


def test_without_an_order_or_a_store_it_is_in_the_central_queue(
    client: FlaskClient, session: Session, lyon: Store
) -> None:
    emil = make_customer(session, "Emil", "Roux", mail="emil@client.example", phone=None)
    session.commit()
    tell(client, path_of(emil), "late")
    [ticket] = tickets(session)
    assert (ticket.store_id, ticket.order_id) == (None, None)


def test_marketers_see_how_often_each_reason_was_given_and_in_whose_words(
    client: FlaskClient, session: Session, dora: Customer, lyon: Store, hand_clock: HandClock
) -> None:
    emil = make_customer(session, "Emil", "Roux", mail="emil@client.example", phone=None)
    for customer, reason, days in ((dora, "price", 1), (emil, "price", 40), (dora, "other", 400)):
        session.add(
            WhyAnswer(customer_id=customer.id, source=f"{SOURCE}:{days}", reason=WhyReason(reason),
                      comment=f"depuis {days} jours", answered_at=TUESDAY - timedelta(days=days))
        )  # fmt: skip
    log_in(client, make_agent(session, "Mona Roy", role=Role.MARKETER))
    session.commit()
    whole = datetime(2020, 1, 1, tzinfo=UTC)
    counts = count_whys(since=whole, until=TUESDAY)
    assert counts[WhyReason.PRICE] == 2
    assert counts[WhyReason.LATE] == 0
    shown = client.get("/surveys/whys").text
    assert "depuis 1 jours" in shown
    assert "depuis 40 jours" in shown
    assert "depuis 400 jours" not in shown
    month = client.get("/surveys/whys?days=30&reason=price").text
    assert "depuis 1 jours" in month
    assert "depuis 40 jours" not in month
    assert "Aucune réponse" in client.get("/surveys/whys?reason=late").text
    assert client.get("/surveys/whys?after=x").status_code == 422


@pytest.mark.parametrize("role", [Role.DELIVERY, Role.AGENT])
def test_others_do_not(client: FlaskClient, session: Session, lyon: Store, role: Role) -> None:
    log_in(client, make_agent(session, "Bo Lind", role=role))
    assert client.get("/surveys/whys").status_code == 403


def test_the_card_tells_of_it(client: FlaskClient, session: Session, dora: Customer, lyon: Store) -> None:
    tell(client, path_of(dora), "price")
    log_in(client, make_agent(session, "Mona Roy", role=Role.MARKETER))
    shown = client.get(f"/customers/{dora.id}").text
    assert "Nous a dit pourquoi" in shown
    assert "Les prix" in shown


def test_the_link_of_a_merged_customer_is_his_survivors(
    client: FlaskClient, session: Session, dora: Customer
) -> None:
    emil = make_customer(session, "Emil", "Roux", mail=None, phone=None, merged_into_id=dora.id)
    session.commit()
    assert tell(client, path_of(emil), "price") == 303
    assert session.scalars(select(WhyAnswer.customer_id)).all() == [dora.id]
