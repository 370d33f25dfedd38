"""Who gets the new tickets of a store: in turn, to who has least to do, never to who is away, never one turn twice."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.db import db, transaction
from hub.core.errors import Invalid
from hub.inbox.actions import (
    assign,
    change_assignment,
    note_absence,
    transfer,
)
from hub.inbox.actions.editing_rules import RuleDetails, save_rule
from hub.inbox.assigning import least_busy, next_in_turn
from hub.inbox.models import AssignmentSetting, Ticket
from hub.inbox.queries import list_events
from hub.inbox.queries.people import list_absences, list_assignment
from hub.inbox.routing_rules import Condition, Effects
from hub.inbox.routing_words import AssignmentMode, RuleField, RuleMatch, RuleTest
from hub.staff.models import Agent
from hub.staff.words import Role
from hub.stores.models import Store
from tests.conftest import TUESDAY
from tests.makers.inbox import actor_of, make_house, make_received
from tests.makers.staff import make_agent
from tests.makers.stores import make_store
from tests.makers.sweeping import sweep


@pytest.fixture
def lyon(session: Session) -> Store:
    return make_house(session)


def make_three(session: Session, store: Store) -> list[Agent]:
    return [make_agent(session, name, store_ids=(store.id,)) for name in ("Ada Martin", "Bo Lind", "Cy Roy")]


def set_mode(store: Store, agent: Agent, mode: AssignmentMode) -> None:
    change_assignment(store_ids=[store.id], mode=mode, by=actor_of(agent), now=TUESDAY)


def open_some(session: Session, count: int, start: int = 0) -> list[int | None]:
    """The assignees of new tickets, in the order in which they came."""
    ids = [
        make_received(from_address=f"p{each}@c.example", mail_message_id=f"<{each}@c>").ticket_id
        for each in range(start, start + count)
    ]
    session.expire_all()
    return [session.get_one(Ticket, each).assignee_id for each in ids]


def test_by_hand_nobody_gets_it(session: Session, lyon: Store) -> None:
    make_three(session, lyon)
    assert open_some(session, 2) == [None, None]


def test_in_turn_each_gets_one_after_the_other_and_the_ticket_says_so(session: Session, lyon: Store) -> None:
    ada, bo, cy = make_three(session, lyon)
    make_agent(session, "Del Ivery", role=Role.DELIVERY, store_ids=(lyon.id,))
    make_agent(session, "New Comer", store_ids=(lyon.id,), password_hash=None)
    make_agent(session, "Gone Guy", store_ids=(lyon.id,), deactivated_at=TUESDAY)
    set_mode(lyon, ada, AssignmentMode.ROUND_ROBIN)
    assert open_some(session, 4) == [ada.id, bo.id, cy.id, ada.id]
    ticket = session.scalars(select(Ticket).order_by(Ticket.id)).first()
    assert ticket is not None
    assert "assigned" in [event.action for event in list_events(ticket.id)]


def test_who_is_away_is_passed_over_until_back(session: Session, lyon: Store) -> None:
    ada, bo, cy = make_three(session, lyon)
    set_mode(lyon, ada, AssignmentMode.ROUND_ROBIN)
    note_absence(agent_id=bo.id, until_at=TUESDAY + timedelta(days=1), by=actor_of(bo), now=TUESDAY)
    note_absence(agent_id=cy.id, until_at=TUESDAY + timedelta(seconds=1), by=actor_of(cy), now=TUESDAY)
    assert open_some(session, 2) == [ada.id, ada.id]
    row = list_assignment(now=TUESDAY)[0]
    assert (row.present, row.away) == (("Ada Martin",), ("Bo Lind", "Cy Roy"))
    note_absence(agent_id=bo.id, until_at=None, by=actor_of(bo), now=TUESDAY)
    assert open_some(session, 1, start=2) == [bo.id]
    later = list_absences([bo.id, cy.id], now=TUESDAY + timedelta(minutes=1))
    assert [each.until_at for each in later] == [None, None]
    with pytest.raises(Invalid):
        note_absence(agent_id=bo.id, until_at=TUESDAY, by=actor_of(bo), now=TUESDAY)


def test_who_has_least_to_do_is_next(session: Session, lyon: Store) -> None:
    ada, bo, cy = make_three(session, lyon)
    first = make_received(from_address="x@c.example", mail_message_id="<x@c>")
    for person in (ada, bo):
        assign(ticket_id=first.ticket_id or 0, assignee_id=person.id, by=actor_of(person), now=TUESDAY)
    set_mode(lyon, ada, AssignmentMode.LEAST_BUSY)
    assert open_some(session, 5) == [ada.id, cy.id, ada.id, bo.id, cy.id]


def test_a_rule_may_name_who_gets_it_if_that_person_is_there(session: Session, lyon: Store) -> None:
    ada, bo, _ = make_three(session, lyon)
    stranger = make_agent(session, "Zoe Far")
    for wanted, word in ((bo, "facture"), (stranger, "lampe")):
        save_rule(
            RuleDetails(
                name=word,
                match=RuleMatch.ALL,
                conditions=[Condition(RuleField.TEXT, RuleTest.IS, (word,))],
                effects=Effects(assignee_id=wanted.id),
                is_active=True,
            ),
            by=actor_of(ada),
            now=TUESDAY,
        )
    bill = make_received(subject="Facture", from_address="f@c.example", mail_message_id="<f@c>")
    lamp = make_received(subject="lampe", from_address="g@c.example", mail_message_id="<g@c>")
    session.expire_all()
    assert session.get_one(Ticket, bill.ticket_id).assignee_id == bo.id
    assert session.get_one(Ticket, lamp.ticket_id).assignee_id is None


def test_a_ticket_that_is_moved_here_is_new_here(session: Session, lyon: Store) -> None:
    lille = make_store(session, "Lille", code="LIL")
    bo = make_agent(session, "Bo Lind", store_ids=(lille.id,))
    set_mode(lille, bo, AssignmentMode.ROUND_ROBIN)
    received = make_received()
    transfer(ticket_id=received.ticket_id or 0, store_id=lille.id, by=actor_of(bo), now=TUESDAY)
    assert session.get_one(Ticket, received.ticket_id).assignee_id == bo.id


def test_turns_and_loads() -> None:
    assert next_in_turn([], None) is None
    assert [next_in_turn([5, 3, 9], last) for last in (None, 3, 4, 9, 99)] == [3, 5, 5, 3, 3]
    assert least_busy([3, 5, 9], {3: 2, 5: 1, 9: 1}, 5) == 9
    assert least_busy([3, 5, 9], {3: 2, 5: 1, 9: 1}, 9) == 5
    assert least_busy([], {}, None) is None


WORKERS, EACH = 2, 9


@pytest.fixture
def busy_store(app: Flask) -> Iterator[int]:
    """Without the savepoint: threads with connections of their own really commit; swept afterwards."""
    with app.app_context(), transaction() as session:
        store = make_house(session)
        make_three(session, store)
        session.add(AssignmentSetting(store_id=store.id, mode=AssignmentMode.ROUND_ROBIN))
        store_id = store.id
    yield store_id
    with app.app_context():
        sweep()


def test_workers_at_once_never_give_out_one_turn_twice(app: Flask, busy_store: int) -> None:
    gate = Barrier(WORKERS)

    def work(worker: int) -> None:
        with app.app_context():
            gate.wait(10)
            for number in range(EACH):
                address = f"w{worker}n{number}@c.example"
                with transaction():
                    make_received(from_address=address, mail_message_id=f"<{worker}.{number}@c>")

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(work, range(WORKERS)))
    with app.app_context():
        given = db.session.scalars(select(Ticket.assignee_id).where(Ticket.store_id == busy_store)).all()
        counts = [given.count(each) for each in set(given)]
    assert counts == [WORKERS * EACH // 3] * 3
