"""Two at the same moment, each in a transaction of its own: money of one order, and a rating while the staff acts."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from hub.core import clock
from hub.core.db import db, transaction
from hub.core.errors import HubError
from hub.inbox import actions
from hub.inbox.models import Gesture, Ticket, TicketRating
from hub.inbox.words import GestureState
from hub.staff.models import Agent
from hub.staff.words import Role
from tests.conftest import TUESDAY
from tests.makers.inbox import actor_of, make_house, make_reason, make_received
from tests.makers.orders import make_order
from tests.makers.staff import make_agent
from tests.makers.sweeping import sweep

PAID_CENTS = 1_500


@pytest.fixture
def open_house(app: Flask) -> Iterator[Flask]:
    """Without the savepoint: threads with connections of their own really commit; swept afterwards.

    A manager who may give much, and two tickets of Dora about the same order.
    """
    with app.app_context(), transaction() as session:
        lyon = make_house(session)
        make_agent(session, role=Role.STORE_MANAGER, store_ids=(lyon.id,))
        make_reason(session)
        ids = [make_received(mail_message_id=f"<{number}@c>").ticket_id for number in range(2)]
        rows = [session.get_one(Ticket, ticket_id) for ticket_id in ids]
        order = make_order(
            session, customer_id=rows[0].customer_id or 0, store_id=lyon.id, total_cents=PAID_CENTS
        )
        for row in rows:
            row.order_id = order.id
    yield app
    with app.app_context():
        sweep()


def at_once(house: Flask, acts: list[Callable[[], Any]]) -> list[str]:
    """What became of each: "" for done, the English sentence of a refusal."""
    start = Barrier(len(acts))

    def do(act: Callable[[], Any]) -> str:
        with house.app_context():
            try:
                with transaction():
                    db.session.execute(text("SELECT 1"))
                    start.wait(10)
                    act()
            except HubError as error:
                return error.text
        return ""

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(do, acts))


def read(house: Flask) -> tuple[list[int], Any]:
    with house.app_context():
        ids = list(db.session.scalars(select(Ticket.id).order_by(Ticket.id)))
        by = actor_of(db.session.scalars(select(Agent)).one())
        db.session.remove()
    return ids, by


def test_two_tickets_of_one_order_never_give_back_more_than_was_paid(open_house: Flask) -> None:
    ids, by = read(open_house)

    def refund(ticket_id: int) -> Callable[[], Any]:
        return lambda: actions.offer_refund(
            ticket_id=ticket_id, amount_cents=1_000, text="Colis perdu", key=None, by=by, now=TUESDAY
        )

    answers = at_once(open_house, [refund(each) for each in ids * 2])
    assert sorted(map(bool, answers)) == [False, True, True, True]
    with open_house.app_context():
        given = select(func.sum(Gesture.amount_cents)).where(Gesture.state == GestureState.GRANTED)
        assert db.session.scalar(given) == 1_000
        db.session.remove()


def test_small_gestures_of_one_person_for_one_order_add_up_over_its_tickets_at_once(
    open_house: Flask,
) -> None:
    ids, by = read(open_house)
    with open_house.app_context(), transaction() as session:
        session.execute(text("UPDATE orders SET total_cents = 100000"))

    def refund(ticket_id: int) -> Callable[[], Any]:
        return lambda: actions.offer_refund(
            ticket_id=ticket_id, amount_cents=3_000, text="Retard", key=None, by=by, now=TUESDAY
        )

    assert at_once(open_house, [refund(each) for each in ids]) == ["", ""]
    with open_house.app_context():
        states = db.session.scalars(select(Gesture.state).order_by(Gesture.state)).all()
        assert set(states) == {GestureState.ASKED, GestureState.GRANTED}
        db.session.remove()


def test_a_customer_rates_while_the_staff_reopens_and_asks_again(open_house: Flask) -> None:
    """One order of locks: nobody waits for somebody who waits for him."""
    ids, by = read(open_house)
    later = TUESDAY + timedelta(days=1)
    with open_house.app_context(), transaction() as session:
        reason_id = session.scalar(text("SELECT id FROM reasons"))
        actions.reply(ticket_id=ids[0], text="Voici.", by=by, now=TUESDAY)
        actions.solve(ticket_id=ids[0], reason_id=reason_id, by=by, now=TUESDAY)
        rating_id = actions.ask_rating(ids[0], now=TUESDAY) or 0
    page = actions.sign_page(rating_id, machine_now=clock.machine_now() - timedelta(seconds=3))

    def rate() -> None:
        actions.answer_rating(
            rating_id, score=1, comment="Non", page=page, machine_now=clock.machine_now(), now=later
        )

    def take_back() -> None:
        actions.reopen(ticket_id=ids[0], by=by, now=later)
        actions.withdraw_rating(ids[0], now=later)

    said = at_once(open_house, [rate, take_back])
    assert said.count("") >= 1
    with open_house.app_context():
        left = db.session.scalars(select(TicketRating.score)).all()
        assert left in ([1], [])
        db.session.remove()
