"""Two at the same tickets at once, with connections of their own: nobody waits for the other for ever, nothing is lost."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from threading import Event
from time import monotonic, sleep

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from hub.core.db import db, transaction
from hub.core.errors import Conflict
from hub.inbox.actions import BulkAct, CallDraft, act_on_many, add_call, hand_out
from hub.inbox.actions.events import lock_ticket
from hub.inbox.models import AssignmentSetting, CallTask, Ticket
from hub.inbox.queries.picking import pick_tickets
from hub.inbox.routing_words import AssignmentMode
from hub.inbox.words import BulkKind
from hub.staff.queries import get_viewer
from hub.staff.rules import Viewer
from hub.staff.words import Role
from tests.conftest import TUESDAY
from tests.makers.inbox import make_house, make_received
from tests.makers.staff import make_agent
from tests.makers.stores import make_store
from tests.makers.sweeping import sweep


@dataclass(frozen=True)
class Scene:
    viewer: Viewer
    lille_id: int
    first: int
    second: int


@pytest.fixture
def scene(app: Flask) -> Iterator[Scene]:
    """Without the savepoint: what is done here is committed, and swept afterwards."""
    with app.app_context(), transaction() as session:
        house = make_house(session)
        lille = make_store(session, "Lille", code="LIL")
        ada = make_agent(session, store_ids=(house.id,), role=Role.HEAD_OFFICE)
        make_agent(session, "Bo Lind", store_ids=(lille.id,))
        session.add(AssignmentSetting(store_id=lille.id, mode=AssignmentMode.ROUND_ROBIN))
        ids = [
            make_received(
                from_address=f"c{each}@c.example", mail_message_id=f"<{each}@c>", subject=f"{each}"
            ).ticket_id
            or 0
            for each in range(2)
        ]
        session.execute(text("UPDATE tickets SET requester_address = '+33612345678', customer_id = NULL"))
        given = Scene(get_viewer(ada.id), lille.id, ids[0], ids[1])
    yield given
    with app.app_context():
        sweep()


@pytest.fixture
def aside(app: Flask) -> Iterator[Callable[[Callable[[], object]], "Future[object]"]]:
    """Does something in a thread with a connection of its own."""

    def run(act: Callable[[], object]) -> object:
        with app.app_context():
            try:
                with transaction():
                    return act()
            finally:
                db.session.remove()

    with ThreadPoolExecutor(2) as pool:
        yield lambda act: pool.submit(run, act)


def wait_until_blocked(app: Flask) -> None:
    """Until somebody waits for a lock of this database."""
    stop_at = monotonic() + 10
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    with app.app_context(), db.engine.connect() as connection:
        while not connection.scalar(waiting):
            connection.rollback()
            assert monotonic() < stop_at, "nobody waits"
            sleep(0.02)


def test_moving_many_and_sorting_mail_do_not_wait_for_each_other(
    app: Flask, scene: Scene, aside: Callable[[Callable[[], object]], "Future[object]"]
) -> None:
    """Sorting holds a ticket and then takes the turns of the store to which the many are moved."""
    is_held, may_go_on = Event(), Event()

    def sort() -> object:
        lock_ticket(scene.second)
        is_held.set()
        assert may_go_on.wait(10)
        new = make_received(from_address="new@c.example", mail_message_id="<new@c>")
        ticket = db.session.get_one(Ticket, new.ticket_id)
        ticket.store_id = scene.lille_id
        hand_out([(ticket, None)], now=TUESDAY)
        return ticket.id

    def move() -> object:
        found = select(Ticket.number).where(Ticket.id.in_([scene.first, scene.second]))
        picking = pick_tickets(list(db.session.scalars(found)), scene.viewer)
        act = BulkAct(kind=BulkKind.TRANSFER, store_id=scene.lille_id)
        return act_on_many(act, picking, viewer=scene.viewer, now=TUESDAY + timedelta(minutes=1))

    sorting = aside(sort)
    assert is_held.wait(10)
    moving = aside(move)
    wait_until_blocked(app)
    may_go_on.set()
    new_id = sorting.result(20)
    moving.result(20)
    with app.app_context():
        rows = db.session.execute(select(Ticket.id, Ticket.store_id, Ticket.assignee_id)).all()
        assert {row.id for row in rows} == {scene.first, scene.second, new_id}
        assert {row.store_id for row in rows} == {scene.lille_id}
        assert all(row.assignee_id for row in rows), "each was handed out, the moved ones last"
        db.session.remove()


def test_two_calls_for_a_ticket_at_once_are_one(
    app: Flask, scene: Scene, aside: Callable[[Callable[[], object]], "Future[object]"]
) -> None:
    is_added, may_commit = Event(), Event()
    draft = CallDraft(script="Prévenir du retard", due_at=TUESDAY + timedelta(hours=1), ticket_id=scene.first)

    def add_first() -> object:
        add_call(draft, by=scene.viewer.actor, now=TUESDAY)
        is_added.set()
        assert may_commit.wait(10)
        return None

    first = aside(add_first)
    assert is_added.wait(10)
    second = aside(lambda: add_call(draft, by=scene.viewer.actor, now=TUESDAY))
    wait_until_blocked(app)
    may_commit.set()
    first.result(20)
    with pytest.raises(Conflict, match="on the list already"):
        second.result(20)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(CallTask)) == 1
        db.session.remove()
