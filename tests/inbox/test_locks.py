"""Two at the same tickets at once, with connections of their own: nobody waits for the other for ever, nothing is lost."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from threading import Event
from time import monotonic, sleep

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update

from hub.core.apart import count_put_off
from hub.core.db import db, transaction
from hub.core.errors import Conflict
from hub.inbox.actions import (
    BulkAct,
    CallDraft,
    act_on_many,
    add_call,
    change_alert_policy,
    free_tickets_of,
    hand_out,
    lock_addresses,
    merge,
    undo_bulk_run,
    unmerge,
    work_tickets,
)
from hub.inbox.actions.events import lock_ticket
from hub.inbox.models import AssignmentSetting, AutomaticMail, CallTask, Ticket
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


def merge_both(scene: Scene, into_id: int) -> int:
    """Both tickets merged into this one by a bulk act; its run."""
    found = select(Ticket.number).where(Ticket.id.in_([scene.first, scene.second]))
    picking = pick_tickets(list(db.session.scalars(found)), scene.viewer)
    act = BulkAct(kind=BulkKind.MERGE, into_id=into_id)
    return act_on_many(act, picking, viewer=scene.viewer, now=TUESDAY)


def test_taking_many_apart_locks_all_in_the_order_of_their_ids(
    app: Flask, scene: Scene, aside: Callable[[Callable[[], object]], "Future[object]"]
) -> None:
    """Who holds the second ticket and then wants the one that both were merged into is not waited for crosswise."""
    with app.app_context(), transaction():
        new = make_received(from_address="c9@c.example", mail_message_id="<9@c>", subject="9")
        target_id = new.ticket_id or 0
        db.session.execute(text("UPDATE tickets SET requester_address = '+33612345678', customer_id = NULL"))
        run_id = merge_both(scene, target_id)
    is_held, may_go_on = Event(), Event()

    def upwards() -> object:
        lock_ticket(scene.second)
        is_held.set()
        assert may_go_on.wait(10)
        return lock_ticket(target_id).id

    other = aside(upwards)
    assert is_held.wait(10)
    undoing = aside(lambda: undo_bulk_run(run_id, viewer=scene.viewer, now=TUESDAY + timedelta(minutes=1)))
    wait_until_blocked(app)
    may_go_on.set()
    assert other.result(20) == target_id
    assert undoing.result(20) == 2


def test_undo_leaves_alone_what_was_merged_elsewhere_since(app: Flask, scene: Scene) -> None:
    """The first ticket was taken apart by hand and merged into the second: that is not what the run did."""
    now = TUESDAY + timedelta(minutes=1)
    with app.app_context(), transaction():
        new = make_received(from_address="c9@c.example", mail_message_id="<9@c>", subject="9")
        target_id = new.ticket_id or 0
        db.session.execute(text("UPDATE tickets SET requester_address = '+33612345678', customer_id = NULL"))
        run_id = merge_both(scene, target_id)
        unmerge(ticket_id=scene.first, by=scene.viewer.actor, now=now)
        unmerge(ticket_id=scene.second, by=scene.viewer.actor, now=now)
        merge(ticket_id=scene.first, into_id=scene.second, by=scene.viewer.actor, now=now)
        assert undo_bulk_run(run_id, viewer=scene.viewer, now=now) == 0
        assert db.session.get_one(Ticket, scene.first).merged_into_id == scene.second


def test_who_leaves_lets_go_of_tickets_in_the_order_of_their_ids(
    app: Flask, scene: Scene, aside: Callable[[Callable[[], object]], "Future[object]"]
) -> None:
    agent_id = scene.viewer.agent_id
    with app.app_context(), transaction():
        for ticket_id in (scene.second, scene.first):  # the one with the higher id stands and lies first
            moment = TUESDAY - timedelta(hours=ticket_id)
            values = {"assignee_id": agent_id, "list_at": moment}
            db.session.execute(update(Ticket).where(Ticket.id == ticket_id).values(**values))
    is_held, may_go_on = Event(), Event()

    def upwards() -> object:
        lock_ticket(scene.first)
        is_held.set()
        assert may_go_on.wait(10)
        return lock_ticket(scene.second).id

    other = aside(upwards)
    assert is_held.wait(10)
    freeing = aside(lambda: free_tickets_of(agent_id=agent_id, now=TUESDAY))
    wait_until_blocked(app)
    may_go_on.set()
    assert (other.result(20), freeing.result(20)) == (scene.second, 2)


def test_telling_who_waits_too_long_and_sorting_mail_do_not_wait_for_each_other(
    app: Flask, scene: Scene, aside: Callable[[Callable[[], object]], "Future[object]"]
) -> None:
    """Sorting holds the address of a person and then takes the ticket that the person writes into."""
    address = "dora@client.example"
    with app.app_context(), transaction():
        db.session.execute(update(Ticket).values(requester_address=address))
        moments = {"by": scene.viewer.actor, "now": TUESDAY}
        change_alert_policy(percents={"assignee": 75}, has_delay_notice=True, **moments)
    is_held, may_go_on = Event(), Event()

    def sort() -> object:
        lock_addresses([address.upper()])
        is_held.set()
        assert may_go_on.wait(10)
        return lock_ticket(scene.second).id

    sorting = aside(sort)
    assert is_held.wait(10)
    telling = aside(lambda: work_tickets(lambda: None))
    wait_until_blocked(app)
    may_go_on.set()
    assert (sorting.result(20), telling.result(20)) == (scene.second, 2)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(AutomaticMail)) == 4, (
            "two were acknowledged"
        )
        assert count_put_off() == 0
        db.session.remove()
