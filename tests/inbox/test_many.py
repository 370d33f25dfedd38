"""One act on many tickets: each for itself, what was done, what not and why, and the way back."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.core.errors import Conflict, Invalid, NotFound
from hub.inbox.actions import (
    BulkAct,
    act_on_many,
    add_tag,
    rebuild_batch,
    reopen,
    reply,
    snooze,
    solve,
    undo_bulk_run,
)
from hub.inbox.models import BulkRun, CallTask, Ticket, TicketTag
from hub.inbox.queries import (
    BulkRunRow,
    Picking,
    TicketFilters,
    access_bulk_run,
    pick_found,
    pick_tickets,
)
from hub.inbox.snoozes import SnoozeUntil
from hub.inbox.words import BulkKind, CallState, InboxView, Priority, TicketState
from hub.staff.rules import SYSTEM_VIEWER
from hub.staff.words import Role
from hub.statistics.measuring.door import measure
from hub.statistics.resolution import get_resolution
from hub.statistics.rules import Filters
from tests.conftest import TUESDAY, HandClock
from tests.makers.inbox import actor_of, make_house, make_reason, make_received, viewer_of
from tests.makers.staff import make_agent
from tests.makers.statistics import find_differing, gather_all, work_off
from tests.makers.stores import make_store

LATER = TUESDAY + timedelta(hours=1)


class Scene:
    """Four tickets of Dora in Lyon, one in Lille; Ada and Bo work in Lyon, Max in Lille."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.lyon = make_house(session)
        self.lille = make_store(session, "Lille", code="LIL")
        self.reason = make_reason(session)
        self.ada = make_agent(session, store_ids=(self.lyon.id,))
        self.bo = make_agent(session, "Bo Petit", store_ids=(self.lyon.id,))
        self.max = make_agent(session, "Max Noir", store_ids=(self.lille.id,))
        self.viewer = viewer_of(self.ada, self.lyon.id)
        self.head = viewer_of(make_agent(session, "Cleo Roux", role=Role.HEAD_OFFICE))
        made = [
            make_received(
                TUESDAY, subject=f"Matter {place}", mail_message_id=f"<{place}@x>", recipients=(to,)
            )
            for place, to in enumerate([*["lyon-part-dieu@hub.example"] * 4, "lille@hub.example"])
        ]
        self.numbers = [each.number or "" for each in made]
        self.ids = [each.ticket_id or 0 for each in made]

    def act(self, kind: BulkKind, numbers: list[str] | None = None, **values: object) -> BulkRunRow:
        picking = pick_tickets(numbers or self.numbers[:4], self.viewer)
        act = BulkAct(kind=kind, **values)  # type: ignore[arg-type]
        return access_bulk_run(act_on_many(act, picking, viewer=self.viewer, now=LATER), self.viewer)

    def ticket(self, place: int) -> Ticket:
        self.session.expire_all()
        return self.session.get_one(Ticket, self.ids[place])

    def undo(self, run: BulkRunRow) -> int:
        return undo_bulk_run(run.id, viewer=self.viewer, now=LATER)


@pytest.fixture
def scene(session: Session, hand_clock: HandClock) -> Scene:
    return Scene(session)


def test_only_visible_tickets_are_picked_and_the_others_are_named(scene: Scene) -> None:
    run = scene.act(BulkKind.PRIORITY, [*scene.numbers, "T-0000-1"], priority=Priority.HIGH)
    assert set(run.done) == set(scene.numbers[:4])
    assert {number for number, _, _ in run.refused} == {scene.numbers[4], "T-0000-1"}
    assert scene.ticket(4).priority is Priority.NORMAL
    assert len(pick_found(TicketFilters(view=InboxView.ALL), scene.viewer).tickets) == 4
    assert len(pick_found(TicketFilters(view=InboxView.ALL), scene.head).tickets) == 5


def test_one_that_does_not_allow_it_leaves_the_others_alone(scene: Scene) -> None:
    reply(ticket_id=scene.ids[1], text="Bonjour", by=actor_of(scene.ada), now=TUESDAY)
    run = scene.act(BulkKind.PENDING)
    assert run.done == (scene.numbers[1],)
    assert {text for _, text, _ in run.refused} == {"The customer waits for an answer. Please reply first."}
    assert scene.ticket(1).state is TicketState.PENDING
    assert scene.ticket(0).state is TicketState.NEW
    assert scene.ticket(0).last_event_id == scene.ticket(2).last_event_id


def test_solving_asks_for_a_reason_and_spares_who_still_waits(scene: Scene) -> None:
    reply(ticket_id=scene.ids[0], text="Bonjour", by=actor_of(scene.ada), now=TUESDAY)
    assert scene.act(BulkKind.SOLVE).done == ()
    run = scene.act(BulkKind.SOLVE, reason_id=scene.reason.id)
    assert run.done == (scene.numbers[0],)
    assert {text for _, text, _ in run.refused} == {"The customer still waits for an answer."}
    forced = scene.act(BulkKind.SOLVE, reason_id=scene.reason.id, is_forced=True)
    assert len(forced.done) == 4
    assert scene.ticket(3).state is TicketState.SOLVED
    assert scene.undo(forced) == 3
    assert scene.ticket(0).state is TicketState.SOLVED
    assert scene.ticket(3).state is TicketState.NEW


def test_a_solution_taken_back_has_never_been(scene: Scene) -> None:
    """Whoever waited waits on, by the same deadline; no figure knows of it, though it was counted in between."""
    by = actor_of(scene.ada)
    snooze(ticket_id=scene.ids[2], choice=SnoozeUntil.TOMORROW, by=by, now=TUESDAY)
    scene.ticket(1).warned_percent = 50
    scene.session.flush()
    names = ("state", "reason_id", "waiting_since", "due_at", "warn_at", "warned_percent", "snoozed_until", "list_at",
             "solved_at", "first_solved_at", "reopened_count")  # fmt: skip
    was = [[getattr(scene.ticket(place), name) for name in names] for place in range(4)]
    work_off()
    gather_all()
    run = scene.act(BulkKind.SOLVE, reason_id=scene.reason.id, is_forced=True)
    work_off()
    assert scene.ticket(1).waiting_since is None
    reopen(ticket_id=scene.ids[3], by=by, now=LATER)
    solve(ticket_id=scene.ids[3], by=by, now=LATER)
    assert scene.undo(run) == 3, "the fourth was solved anew, which nobody takes back"
    assert [[getattr(scene.ticket(place), name) for name in names] for place in range(3)] == was[:3]
    assert rebuild_batch(is_check=True).is_same
    work_off()
    assert find_differing() == []
    month = Filters(since_on=date(2026, 3, 1), until_on=date(2026, 3, 31), time_zone="Europe/Paris")
    found = get_resolution(month, viewer=SYSTEM_VIEWER)
    assert (found.first.count, found.reopened_count) == (1, 1)
    dropped = measure("dropped", month, viewer=SYSTEM_VIEWER, now=LATER)
    assert sum(figure.count for figure in dropped) == 1


Change = Callable[[Scene], tuple[BulkKind, dict[str, object], str, object]]


@pytest.mark.parametrize(
    "change",
    [
        lambda scene: (BulkKind.ASSIGN, {"assignee_id": scene.bo.id}, "assignee_id", scene.bo.id),
        lambda scene: (BulkKind.REASON, {"reason_id": scene.reason.id}, "reason_id", scene.reason.id),
        lambda _: (BulkKind.PRIORITY, {"priority": Priority.URGENT}, "priority", Priority.URGENT),
    ],
    ids=["assign", "reason", "priority"],
)
def test_values_are_put_back_unless_somebody_chose_another(scene: Scene, change: Change) -> None:
    kind, values, name, wanted = change(scene)
    before = getattr(scene.ticket(0), name)
    run = scene.act(kind, **values)
    assert run.can_undo
    assert [getattr(scene.ticket(place), name) for place in range(4)] == [wanted] * 4
    if name == "assignee_id":
        scene.ticket(1).assignee_id = scene.ada.id
        scene.session.flush()
    assert scene.undo(run) == (3 if name == "assignee_id" else 4)
    assert getattr(scene.ticket(0), name) == before
    with pytest.raises(Conflict):
        scene.undo(run)


def test_a_person_of_another_store_is_refused(scene: Scene) -> None:
    run = scene.act(BulkKind.ASSIGN, assignee_id=scene.max.id)
    assert run.done == ()
    assert "does not work in the store" in run.refused[0][1]


def test_tags_snooze_spam_and_transfer(scene: Scene) -> None:
    add_tag(ticket_id=scene.ids[0], name="VIP", by=actor_of(scene.ada), now=TUESDAY, may_make=True)
    tagged = scene.act(BulkKind.TAG, tag="vip")
    count = select(func.count()).select_from(TicketTag)
    assert scene.session.scalar(count) == 4
    assert scene.undo(tagged) == 3
    assert scene.session.scalar(count) == 1
    taken = scene.act(BulkKind.UNTAG, tag="Vip")
    assert scene.session.scalar(count) == 0
    assert scene.undo(taken) == 1
    snoozed = scene.act(BulkKind.SNOOZE, until=SnoozeUntil.TOMORROW)
    assert scene.ticket(2).snoozed_until is not None
    assert scene.undo(snoozed) == 4
    assert scene.ticket(2).snoozed_until is None
    assert len(scene.act(BulkKind.SPAM, scene.numbers[:1]).done) == 1
    assert scene.ticket(0).state is TicketState.CLOSED
    moved = scene.act(BulkKind.TRANSFER, scene.numbers[:2], store_id=scene.lille.id)
    assert (moved.done, len(moved.refused)) == ((scene.numbers[1],), 1)
    assert not moved.can_undo


def test_merging_and_taking_apart(scene: Scene) -> None:
    run = scene.act(BulkKind.MERGE, into_id=scene.ids[1])
    assert len(run.done) == 4
    assert [scene.ticket(place).merged_into_id for place in range(4)] == [
        scene.ids[1],
        None,
        scene.ids[1],
        scene.ids[1],
    ]
    assert scene.undo(run) == 3
    assert scene.ticket(0).merged_into_id is None
    reply(ticket_id=scene.ids[1], text="Bonjour", by=actor_of(scene.ada), now=TUESDAY)
    solve(ticket_id=scene.ids[1], reason_id=scene.reason.id, by=actor_of(scene.ada), now=TUESDAY)
    assert scene.undo(scene.act(BulkKind.MERGE, into_id=scene.ids[1])) == 3
    target = scene.ticket(1)
    assert (target.state, target.reopened_count, target.solved_at) == (TicketState.SOLVED, 0, TUESDAY)


def test_calls_are_put_on_the_list_where_a_number_is_known(scene: Scene) -> None:
    run = scene.act(BulkKind.CALL, script="Prévenir du retard", due_at=LATER)
    assert run.done == ()
    assert run.refused[0][1] == "No phone number is known for this customer."
    ticket = scene.ticket(0)
    ticket.customer_id, ticket.requester_address = None, "+33612345678"
    scene.session.flush()
    run = scene.act(BulkKind.CALL, script="Prévenir du retard", due_at=LATER)
    assert run.done == (scene.numbers[0],)
    assert scene.undo(run) == 1
    assert scene.session.scalars(select(CallTask.state)).all() == [CallState.GIVEN_UP]


def test_a_run_belongs_to_whom_did_it(scene: Scene) -> None:
    run = scene.act(BulkKind.PRIORITY, priority=Priority.LOW)
    with pytest.raises(NotFound):
        access_bulk_run(run.id, scene.head)
    with pytest.raises(Conflict):
        undo_bulk_run(run.id, viewer=scene.head, now=LATER)
    with pytest.raises(Invalid):
        act_on_many(BulkAct(kind=BulkKind.SPAM), Picking(()), viewer=scene.viewer, now=LATER)
    assert scene.session.scalar(select(func.count()).select_from(BulkRun)) == 1


def test_at_most_500_are_picked(scene: Scene) -> None:
    picked = pick_tickets([f"T-{number}" for number in range(600)], scene.viewer)
    assert len(picked.unknown) == 500
