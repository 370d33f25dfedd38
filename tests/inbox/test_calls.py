"""Calls to make: who sees them, what comes of a try, and what it does to the ticket and the timeline."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.actor import SYSTEM
from hub.core.errors import Conflict, Forbidden, Invalid, NotFound
from hub.core.facts import FactRow
from hub.inbox.actions import (
    CallDraft,
    CallResult,
    add_call,
    drop_call,
    give_call,
    log_attempt,
    merge,
    transfer,
)
from hub.inbox.calling import after_call
from hub.inbox.models import CallTask, ReplyWait, Ticket
from hub.inbox.queries import CallFilters, access_call, count_calls, list_attempts, list_calls, list_thread
from hub.inbox.words import CallOutcome, CallState, MessageKind
from hub.staff.words import Role
from tests.conftest import TUESDAY, HandClock
from tests.makers.customers import make_customer
from tests.makers.inbox import actor_of, make_house, make_received, viewer_of
from tests.makers.staff import make_agent
from tests.makers.stores import make_store

SOON = TUESDAY + timedelta(hours=1)
O = CallOutcome  # noqa: E741 - the outcomes, named in every line


class Scene:
    """Dora's ticket in Lyon, her phone known; Ada of Lyon, Bo of Lille."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.lyon = make_house(session)
        self.lille = make_store(session, "Lille", code="LIL")
        self.ada = make_agent(session, store_ids=(self.lyon.id,))
        self.bo = make_agent(session, "Bo Petit", store_ids=(self.lille.id,))
        self.dora = make_customer(session)
        self.ticket_id = make_received(TUESDAY).ticket_id or 0
        self.by = actor_of(self.ada)
        self.sees = {
            "ada": viewer_of(self.ada, self.lyon.id),
            "bo": viewer_of(self.bo, self.lille.id),
            "head": viewer_of(make_agent(session, "Cleo Roux", role=Role.HEAD_OFFICE)),
        }

    def add(self, **fields: object) -> int:
        values = {"script": "Prévenir du retard", "due_at": SOON, "ticket_id": self.ticket_id, **fields}
        return add_call(CallDraft(**values), by=self.by, now=TUESDAY)  # type: ignore[arg-type]

    def log(self, task_id: int, outcome: CallOutcome, **fields: object) -> CallTask:
        result = CallResult(outcome=outcome, **fields)  # type: ignore[arg-type]
        log_attempt(task_id, result, by=self.by, now=SOON)
        self.session.expire_all()
        return self.session.get_one(CallTask, task_id)


@pytest.fixture
def scene(session: Session, hand_clock: HandClock) -> Scene:
    return Scene(session)


def test_a_call_that_reached_the_customer_ends_the_wait(scene: Scene) -> None:
    task = scene.log(scene.add(), O.REACHED, note="Prévenue, elle attend samedi")
    ticket = scene.session.get_one(Ticket, scene.ticket_id)
    assert (task.state, ticket.waiting_since) == (CallState.DONE, None)
    line = list_thread(scene.ticket_id)[-1]
    assert (line.kind, line.text, line.ends_wait) == (MessageKind.CALL, "Prévenue, elle attend samedi", True)


@pytest.mark.parametrize("outcome", [O.NO_ANSWER, O.WRONG_NUMBER])
def test_one_that_did_not_leaves_the_customer_waiting(scene: Scene, outcome: CallOutcome) -> None:
    task = scene.log(scene.add(), outcome)
    ticket = scene.session.get_one(Ticket, scene.ticket_id)
    assert ticket.waiting_since is not None
    assert task.state is (CallState.OPEN if outcome is O.NO_ANSWER else CallState.GIVEN_UP)


def test_a_try_is_a_fact_of_the_customer_without_words(scene: Scene) -> None:
    scene.log(scene.add(), O.REACHED, note="secret")
    fact = scene.session.scalars(select(FactRow).where(FactRow.kind == "CustomerCalled")).one()
    assert fact.customer_id == scene.dora.id
    assert (fact.data["outcome"], fact.data["ticket_id"]) == ("reached", scene.ticket_id)
    assert "secret" not in str(fact.data)


def test_the_next_date(scene: Scene) -> None:
    task_id = scene.add()
    assert scene.log(task_id, O.NO_ANSWER).due_at == SOON + timedelta(hours=2)
    assert scene.log(task_id, O.CALL_AGAIN, next_at=SOON + timedelta(days=3)).due_at == SOON + timedelta(
        days=3
    )
    tries = list_attempts(task_id)
    assert [one.outcome for one in tries] == [O.NO_ANSWER, O.CALL_AGAIN]
    with pytest.raises(Invalid):
        scene.log(task_id, O.CALL_AGAIN)
    with pytest.raises(Invalid):
        scene.log(task_id, O.CALL_AGAIN, next_at=TUESDAY)


@pytest.mark.parametrize(("tried", "hours"), [(0, 2), (1, 2), (2, 24), (9, 24)])
def test_without_answer_twice_soon_then_daily(tried: int, hours: int) -> None:
    then = after_call(O.NO_ANSWER, tried_before=tried, asked_at=None, now=TUESDAY)
    assert then.next_at == TUESDAY + timedelta(hours=hours)


def test_calls_keep_to_the_scope_and_go_with_their_ticket(scene: Scene) -> None:
    task_id = scene.add()
    alone = scene.add(ticket_id=None, customer_id=scene.dora.id, store_id=scene.lille.id)
    central = scene.add(ticket_id=None, customer_id=scene.dora.id, store_id=None)

    def seen(who: str) -> set[int]:
        return {row.id for row in list_calls(CallFilters(), scene.sees[who]).rows}

    assert (seen("ada"), seen("bo"), seen("head")) == ({task_id}, {alone}, {task_id, alone, central})
    assert [count_calls(scene.sees[who], until=SOON) for who in ("ada", "bo", "head")] == [1, 1, 3]
    with pytest.raises(NotFound):
        access_call(task_id, scene.sees["bo"])
    transfer(ticket_id=scene.ticket_id, store_id=scene.lille.id, by=scene.by, now=TUESDAY)
    assert (seen("ada"), seen("bo")) == (set(), {task_id, alone})
    assert access_call(task_id, scene.sees["bo"]).store_name == "Lille"


def test_the_list_is_by_due_time_and_mine_or_nobodys(scene: Scene) -> None:
    later = scene.add(
        ticket_id=None, customer_id=scene.dora.id, store_id=scene.lyon.id, due_at=SOON + timedelta(days=1)
    )
    first = scene.add(assignee_id=scene.ada.id)
    rows = list_calls(CallFilters(is_mine=True), scene.sees["ada"]).rows
    assert [row.id for row in rows] == [first, later]
    assert (rows[0].phone, rows[0].name) == ("+33612345678", "Dora Lefèvre")
    assert [row.id for row in list_calls(CallFilters(is_mine=True), scene.sees["head"]).rows] == [later]
    page = list_calls(CallFilters(), scene.sees["ada"], size=1)
    assert [row.id for row in list_calls(CallFilters(), scene.sees["ada"], after=page.next_key).rows] == [
        later
    ]
    scene.log(first, O.REACHED)
    assert [row.id for row in list_calls(CallFilters(is_ended=True), scene.sees["ada"]).rows] == [first]


def test_one_call_a_ticket_and_none_without_a_number(scene: Scene) -> None:
    task_id = scene.add()
    with pytest.raises(Conflict):
        scene.add()
    nobody = make_customer(scene.session, "Gil", "Noir", mail=None, phone=None)
    with pytest.raises(Invalid):
        scene.add(ticket_id=None, customer_id=nobody.id)
    with pytest.raises(Invalid):
        scene.add(ticket_id=None, customer_id=scene.dora.id, script=" ")
    drop_call(task_id, by=scene.by, now=SOON)
    with pytest.raises(Conflict):
        scene.log(task_id, O.REACHED)
    assert scene.add() != task_id


def test_a_call_is_given_to_colleagues_of_the_store_only(scene: Scene) -> None:
    task_id = scene.add()
    with pytest.raises(Invalid):
        give_call(task_id, assignee_id=scene.bo.id, by=scene.by, now=SOON)
    give_call(task_id, assignee_id=scene.ada.id, by=scene.by, now=SOON)
    assert access_call(task_id, scene.sees["ada"]).assignee_name == "Ada Martin"


def test_a_call_is_given_in_the_store_that_has_the_ticket_now(scene: Scene) -> None:
    task_id = scene.add()
    transfer(ticket_id=scene.ticket_id, store_id=scene.lille.id, by=scene.by, now=TUESDAY)
    for who, by in ((scene.ada, scene.by), (scene.ada, actor_of(scene.bo))):
        with pytest.raises(Invalid, match="does not work in the store"):
            give_call(task_id, assignee_id=who.id, by=by, now=SOON)
    give_call(task_id, assignee_id=scene.bo.id, by=scene.by, now=SOON)
    give_call(task_id, assignee_id=None, by=scene.by, now=SOON)
    scene.bo.deactivated_at = TUESDAY
    scene.session.flush()
    with pytest.raises(Invalid):
        give_call(task_id, assignee_id=scene.bo.id, by=scene.by, now=SOON)


def test_nobody_asks_for_a_call_of_a_person_of_another_store(scene: Scene) -> None:
    with pytest.raises(Invalid):
        scene.add(assignee_id=scene.bo.id)
    with pytest.raises(Invalid):
        scene.add(
            ticket_id=None, customer_id=scene.dora.id, store_id=scene.lille.id, assignee_id=scene.ada.id
        )


def test_the_call_of_a_merged_ticket_ends_the_joint_wait(scene: Scene) -> None:
    task_id = scene.add()
    other = make_received(TUESDAY, mail_message_id="<2@client.example>", subject="Encore moi").ticket_id or 0
    assert other != scene.ticket_id
    merge(ticket_id=scene.ticket_id, into_id=other, by=scene.by, now=TUESDAY)
    assert scene.session.get_one(Ticket, other).waiting_since == TUESDAY
    scene.log(task_id, O.REACHED, note="Prévenue")
    joint = scene.session.get_one(Ticket, other)
    assert joint.waiting_since is None
    assert [wait.ticket_id for wait in waits_ended(scene)] == [other]
    fact = scene.session.scalars(select(FactRow).where(FactRow.kind == "CustomerCalled")).one()
    assert fact.data["ticket_id"] == other
    assert list_attempts(task_id)[0].outcome is O.REACHED


def waits_ended(scene: Scene) -> list[ReplyWait]:
    found = select(ReplyWait).where(ReplyWait.ended_at.is_not(None), ReplyWait.agent_id == scene.ada.id)
    return list(scene.session.scalars(found))


def test_only_people_call(scene: Scene) -> None:
    with pytest.raises(Forbidden):
        add_call(CallDraft(script="x", due_at=SOON, ticket_id=scene.ticket_id), by=SYSTEM, now=TUESDAY)
