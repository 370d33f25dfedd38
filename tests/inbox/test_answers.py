"""Unhappy answers become tickets once, and are taken back when they were not the customer's."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.core.words import Channel
from hub.inbox.actions import open_ticket_from_answer, reply, solve, withdraw_answer_ticket
from hub.inbox.models import Ticket
from hub.inbox.queries import TicketFilters, has_open_ticket_on_order, list_thread, list_tickets, list_waits
from hub.inbox.words import InboxView, RouteSource, TicketState
from hub.outbox.models import Hold
from hub.staff.rules import SYSTEM_VIEWER
from tests.conftest import TUESDAY, HandClock
from tests.makers.customers import make_customer
from tests.makers.inbox import actor_of, make_house, make_reason, make_received
from tests.makers.orders import make_order
from tests.makers.staff import make_agent


class Scene:
    """Dora's order in Lyon, which she was not satisfied with."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.store = make_house(session)
        self.customer = make_customer(session)
        self.order = make_order(session, customer_id=self.customer.id, store_id=self.store.id)
        self.by = actor_of(make_agent(session, store_ids=(self.store.id,)))

    def answer(self, answer_id: int = 1, **fields: Any) -> int:
        return open_ticket_from_answer(
            **{
                "answer_id": answer_id,
                "order_id": self.order.id,
                "customer_id": self.customer.id,
                "store_id": self.store.id,
                "choice": "not_satisfied",
                "score": 1,
                "comment": "Cassée à l'arrivée",
                "is_confirmed": True,
                "now": TUESDAY,
                **fields,
            }
        )

    def ticket(self, ticket_id: int) -> Ticket:
        self.session.expire_all()
        return self.session.get_one(Ticket, ticket_id)

    def open_holds(self) -> int:
        self.session.expire_all()
        return self.session.scalar(select(func.count()).where(Hold.lifted_at.is_(None))) or 0


@pytest.fixture
def scene(session: Session, hand_clock: HandClock) -> Scene:
    return Scene(session)


def test_an_unhappy_answer_is_in_the_stores_inbox(scene: Scene) -> None:
    ticket = scene.ticket(scene.answer())
    assert (ticket.store_id, ticket.route_source) == (scene.store.id, RouteSource.ANSWERED_ORDER)
    assert (ticket.customer_id, ticket.order_id, ticket.score) == (scene.customer.id, scene.order.id, 1)
    assert ticket.requester_address == "dora@client.example"
    assert (ticket.is_grievance, ticket.is_confirmed, ticket.channel) == (True, True, Channel.SURVEY)
    assert ticket.due_at == TUESDAY + timedelta(hours=2)
    assert "A1001" in ticket.subject
    assert scene.open_holds() == 2
    assert has_open_ticket_on_order(scene.order.id)
    [line] = list_thread(ticket.id)
    assert (line.text, line.inserted["score"]) == ("Cassée à l'arrivée", 1)


def test_the_same_answer_changes_its_line_and_waits_once(scene: Scene) -> None:
    first = scene.answer(is_confirmed=False, comment=None)
    assert not scene.ticket(first).is_confirmed
    assert scene.answer(now=TUESDAY + timedelta(minutes=5)) == first
    assert scene.ticket(first).is_confirmed
    assert [line.text for line in list_thread(first)] == ["Cassée à l'arrivée"]
    assert len(list_waits(first)) == 1


def test_an_open_ticket_on_the_order_takes_the_answer(scene: Scene) -> None:
    got = make_received(text="Ma commande A1001 est cassée")
    assert scene.answer() == got.ticket_id
    ticket = scene.ticket(got.ticket_id or 0)
    assert ticket.is_grievance
    assert len(list_waits(ticket.id)) == 1


def test_a_withdrawn_answer_takes_its_ticket_back(scene: Scene) -> None:
    ticket_id = scene.answer(is_confirmed=False)
    assert withdraw_answer_ticket(1, TUESDAY + timedelta(minutes=9))
    assert scene.ticket(ticket_id).state is TicketState.CLOSED
    assert list_waits(ticket_id)[0].drop_reason == "withdrawn"
    assert scene.open_holds() == 0
    assert not withdraw_answer_ticket(1, TUESDAY)
    again = scene.answer(now=TUESDAY + timedelta(hours=1))
    assert again != ticket_id
    assert scene.open_holds() == 2


def test_an_answered_ticket_is_not_withdrawn(scene: Scene) -> None:
    ticket_id = scene.answer()
    reply(ticket_id=ticket_id, text="Nous vous appelons.", by=scene.by, now=TUESDAY)
    assert not withdraw_answer_ticket(1, TUESDAY)


def test_solving_lifts_the_hold(scene: Scene) -> None:
    ticket_id = scene.answer()
    reason = make_reason(scene.session)
    solve(ticket_id=ticket_id, reason_id=reason.id, by=scene.by, now=TUESDAY)
    assert scene.ticket(ticket_id).is_grievance
    assert scene.open_holds() == 0
    assert not has_open_ticket_on_order(scene.order.id)


def test_words_of_an_answer_that_was_changed_are_found_no_more(scene: Scene) -> None:
    """What the ticket says besides, the survey's subject, is found still."""
    ticket_id = scene.answer(comment="Le vase est fendu")
    scene.answer(comment="Le plat est fendu")
    found = {}
    for word in ("vase", "plat", "fendu", "satisfaction"):
        asked = TicketFilters(view=InboxView.ALL, search=word)
        found[word] = [row.id for row in list_tickets(asked, SYSTEM_VIEWER).rows]
    assert found == {"vase": [], "plat": [ticket_id], "fendu": [ticket_id], "satisfaction": [ticket_id]}
