"""The inbox by HTTP: lists, tickets, answers, who may see and do what."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from hub.core import files
from hub.core.db import db
from hub.inbox.actions import IncomingFile, add_note, change_reason
from hub.inbox.actions import reply as send_reply
from hub.inbox.models import Draft, Ticket, TicketAttachment, TicketMessage
from hub.inbox.words import MessageKind, Priority, TicketState
from hub.staff.models import Agent
from hub.staff.words import Role
from hub.stores.models import Store
from tests.conftest import TUESDAY, HandClock
from tests.makers.customers import make_customer
from tests.makers.inbox import actor_of, make_house, make_reason, make_received
from tests.makers.staff import PASSWORD, make_agent
from tests.makers.stores import make_store

QUERY_LIMIT = 12


@pytest.fixture
def lyon(session: Session) -> Store:
    return make_house(session)


@pytest.fixture
def ada(session: Session, lyon: Store, client: FlaskClient) -> Agent:
    """Ada of Lyon, signed in."""
    agent = make_agent(session, store_ids=(lyon.id,))
    sign_in(client, agent)
    return agent


def sign_in(client: FlaskClient, agent: Agent) -> None:
    client.post("/session/sign-out")
    answer = client.post("/session/sign-in", data={"email": agent.email, "password": PASSWORD})
    assert answer.status_code == 302, answer.text


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements run inside, but not savepoints."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def ticket_of(session: Session) -> Ticket:
    session.expire_all()
    return session.scalars(select(Ticket).order_by(Ticket.id)).first()  # type: ignore[return-value]  # there is one


def field(html: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found, name
    return found[1]


def test_the_list_says_who_waits_and_until_when(session: Session, client: FlaskClient, ada: Agent) -> None:
    make_received()
    page = client.get("/inbox/").text
    assert "Dora Lefèvre" in page
    assert "Ma lampe est arrivée cassée" in page
    assert "à répondre avant" in page
    assert 'lang="fr"' in page


def test_a_late_ticket_says_so_in_words(client: FlaskClient, ada: Agent, hand_clock: HandClock) -> None:
    make_received()
    hand_clock.move(days=2)
    assert "en retard de" in client.get("/inbox/").text
    client.get("/inbox/?lang=en")
    assert " late<" in client.get("/inbox/?view=all").text


def test_the_ticket_page_shows_the_thread_and_names_the_customer(client: FlaskClient, ada: Agent) -> None:
    number = make_received().number
    page = client.get(f"/inbox/{number}").text
    assert "que dois-je faire" in page
    assert "Envoyer à Dora" in page
    assert "Écrit à l’adresse du magasin" in page
