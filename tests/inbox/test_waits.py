"""The definition of a wait, and that rows rebuilt from the messages are the rows that were written live."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hub.core.errors import HubError
from hub.core.words import Channel
from hub.inbox.actions import (
    add_note,
    change_priority,
    change_target,
    log_call,
    mark_spam,
    merge,
    rebuild_batch,
    rebuild_waits,
    reopen,
    reply,
    solve,
    transfer,
    undo_reply,
    unmerge,
)
from hub.inbox.models import ReplyWait, Ticket
from hub.inbox.queries import list_waits
from hub.inbox.queries.rows import WaitRow
from hub.inbox.waits import Event, Wait, WaitEvent, replay
from hub.inbox.words import DropReason, IncomingKind, Priority, WaitKind
from tests.conftest import TUESDAY, HandClock
from tests.makers.inbox import actor_of, make_house, make_reason, make_received
from tests.makers.staff import make_agent
from tests.makers.stores import make_store

E = WaitEvent
NINE = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)


def at(minute: int) -> datetime:
    return NINE + timedelta(minutes=minute)


def run(*events: tuple[WaitEvent, int, dict[str, object]]) -> list[Wait]:
    rows = [
        Event(event_id=place, kind=kind, at=at(minute), **more)  # type: ignore[arg-type]
        for place, (kind, minute, more) in enumerate(events)
    ]
    return replay(rows, store_id=1, channel=Channel.EMAIL)


def test_a_wait_runs_from_the_oldest_unanswered_message_to_the_first_public_message_of_a_person() -> None:
    [wait] = run(
        (E.CUSTOMER_WROTE, 0, {}), (E.CUSTOMER_WROTE, 5, {}), (E.PERSON_ANSWERED, 9, {"agent_id": 4})
    )
    assert (wait.kind, wait.started_at, wait.ended_at, wait.agent_id) == (WaitKind.FIRST, at(0), at(9), 4)


def test_a_second_answer_ends_nothing_and_the_next_question_is_a_next_wait() -> None:
    waits = run(
        (E.CUSTOMER_WROTE, 0, {}),
        (E.PERSON_ANSWERED, 1, {}),
        (E.PERSON_ANSWERED, 2, {}),
        (E.CUSTOMER_WROTE, 3, {}),
    )
    assert [(wait.kind, wait.ended_at) for wait in waits] == [(WaitKind.FIRST, at(1)), (WaitKind.NEXT, None)]


def test_a_ticket_opened_by_an_agent_has_no_wait_until_the_customer_writes() -> None:
    assert run((E.PERSON_ANSWERED, 0, {})) == []
    [wait] = run((E.PERSON_ANSWERED, 0, {}), (E.CUSTOMER_WROTE, 1, {}))
    assert wait.kind is WaitKind.NEXT


def test_a_dropped_wait_has_its_reason_and_the_next_one_is_still_a_first() -> None:
    waits = run(
        (E.CUSTOMER_WROTE, 0, {}),
        (E.DROPPED, 1, {"reason": DropReason.SOLVED_WITHOUT_REPLY}),
        (E.CUSTOMER_WROTE, 2, {}),
    )
    assert waits[0].drop_reason is DropReason.SOLVED_WITHOUT_REPLY
    assert waits[0].ended_at is None
    assert waits[1].kind is WaitKind.FIRST


def test_a_transfer_charges_each_store_its_own_time() -> None:
    waits = run(
        (E.TRANSFERRED, 0, {"store_id": 2}),
        (E.CUSTOMER_WROTE, 1, {}),
        (E.TRANSFERRED, 2, {"store_id": 3}),
        (E.PERSON_ANSWERED, 5, {"agent_id": 1}),
    )
    assert [(wait.store_id, wait.started_at, wait.ended_at, wait.is_transferred) for wait in waits] == [
        (2, at(1), at(2), True),
        (3, at(2), at(5), False),
    ]


@given(
    st.lists(
        st.tuples(st.sampled_from(list(E)), st.integers(0, 500), st.integers(1, 3)), min_size=0, max_size=25
    )
)
def test_whatever_happens_at_most_the_last_wait_is_open_and_none_overlaps(
    steps: list[tuple[WaitEvent, int, int]],
) -> None:
    minutes = sorted(minute for _, minute, _ in steps)
    waits = run(
        *(
            (kind, minute, {"store_id": store} if kind is E.TRANSFERRED else {})
            for (kind, _, store), minute in zip(steps, minutes, strict=True)
        )
    )
    assert all(wait.ended_at or wait.dropped_at for wait in waits[:-1])
    assert not any(wait.ended_at and wait.dropped_at for wait in waits)
    for earlier, later in pairwise(waits):
        assert (earlier.ended_at or earlier.dropped_at or NINE) <= later.started_at


STEPS = (
    "mail",
    "auto",
    "reply",
    "undone",
    "note",
    "call",
    "missed",
    "solve",
    "reopen",
    "move",
    "urgent",
    "retarget",
    "older",
    "late_mail",
    "merge",
    "unmerge",
    "spam",
)


class Story:
    """One ticket and everything that may happen to it."""

    def __init__(self, session: Session) -> None:
        lyon = make_house(session)
        lille = make_store(session, "Lille", code="LIL")
        self.stores = (lyon.id, lille.id, None)
        self.by = actor_of(make_agent(session, store_ids=(lyon.id,)))
        self.reason_id = make_reason(session).id
        self.ticket_id = make_received().ticket_id or 0
        self.count = self.moved = 0
        self.merged_ids: list[int] = []
        self.is_retargeted = False

    def do(self, step: str, now: datetime) -> None:
        """A step that the ticket's state does not allow is refused and changes nothing."""
        self.count += 1
        which: dict[str, Any] = {"ticket_id": self.ticket_id, "by": self.by, "now": now}
        steps: dict[str, Callable[[], object]] = {
            "mail": lambda: self.write(now),
            "auto": lambda: self.write(now, kind=IncomingKind.AUTO_REPLY),
            "reply": lambda: reply(text="Voilà", **which),
            "undone": lambda: self.undo(reply(text="Oups", **which).message_id, now),
            "note": lambda: add_note(text="Note", **which),
            "call": lambda: log_call(text="Appel", has_reached=True, **which),
            "missed": lambda: log_call(text="Appel", has_reached=False, **which),
            "solve": lambda: solve(reason_id=self.reason_id, **which),
            "reopen": lambda: reopen(**which),
            "move": lambda: self.move(which),
            "urgent": lambda: change_priority(priority=Priority.URGENT, **which),
            "spam": lambda: mark_spam(**which),
            "retarget": lambda: self.retarget(now),
            "older": lambda: self.write_late(now, minutes=5),
            "late_mail": lambda: self.write_late(now, minutes=1200),
            "merge": lambda: self.merge(now),
            "unmerge": lambda: unmerge(ticket_id=self.merged_ids.pop(), by=self.by, now=now),
        }
        with suppress(HubError, IndexError):
            steps[step]()

    def write(self, now: datetime, **fields: Any) -> None:
        make_received(
            now,
            text=f"Encore {self.count}",
            in_reply_to="<1@client.example>",
            mail_message_id=f"<n{self.count}@client.example>",
            **fields,
        )

    def move(self, which: dict[str, Any]) -> None:
        self.moved += 1
        transfer(store_id=self.stores[self.moved % 3], **which)

    def retarget(self, now: datetime) -> None:
        """The head office changes its mind: no wait under way follows it."""
        self.is_retargeted = True
        seconds = 600 + 60 * self.count
        for priority in (Priority.NORMAL, Priority.URGENT):
            change_target(
                channel=Channel.EMAIL,
                priority=priority,
                first_seconds=seconds,
                next_seconds=seconds + 60,
                by=self.by,
                now=now,
            )

    def write_late(self, now: datetime, minutes: int) -> None:
        """A mail that stood in a queue; across a change of targets its lost target is that of when it was written."""
        moment = now if self.is_retargeted else now - timedelta(minutes=minutes)
        self.write(now, happened_at=moment)

    def merge(self, now: datetime) -> None:
        """Another ticket of the same customer, an hour older, goes into this one."""
        if self.is_retargeted:
            return
        name = f"<other{self.count}@client.example>"
        other = make_received(now, mail_message_id=name, happened_at=now - timedelta(hours=1)).ticket_id or 0
        merge(ticket_id=other, into_id=self.ticket_id, by=self.by, now=now)
        self.merged_ids.append(other)

    def undo(self, message_id: int, now: datetime) -> None:
        undo_reply(ticket_id=self.ticket_id, message_id=message_id, by=self.by, now=now)


def rows(ticket_id: int) -> list[WaitRow]:
    return [replace(row, id=0) for row in list_waits(ticket_id)]


def state_of(session: Session, ticket_id: int) -> tuple[object, ...]:
    session.flush()
    session.expire_all()
    row = session.scalars(select(Ticket).where(Ticket.id == ticket_id)).one()
    return row.waiting_since, row.due_at, row.warn_at, row.first_replied_at


@pytest.fixture
def story(session: Session, hand_clock: HandClock) -> Story:
    return Story(session)


def check(session: Session, story: Story) -> None:
    """Nothing differs; a second rebuild from nothing but the history gives every column of the live rows."""
    tickets = [story.ticket_id, *story.merged_ids]
    live = {each: rows(each) for each in tickets}
    before = {each: state_of(session, each) for each in tickets}
    assert rebuild_batch(is_check=True).differing == ()
    for each in tickets:
        rebuild_waits(each)
        session.execute(delete(ReplyWait).where(ReplyWait.ticket_id == each))
        session.expire_all()
        rebuild_waits(each)
    session.expire_all()
    assert {each: rows(each) for each in tickets} == live
    assert {each: state_of(session, each) for each in tickets} == before


def test_rebuilt_rows_are_the_live_rows(session: Session, story: Story) -> None:
    steps = [
        "mail",
        "move",
        "reply",
        "mail",
        "move",
        "undone",
        "auto",
        "solve",
        "mail",
        "missed",
        "call",
        "mail",
        "urgent",
        "move",
        "note",
        "reply",
        "mail",
        "older",
        "merge",
        "unmerge",
        "merge",
        "retarget",
        "reply",
        "mail",
    ]
    for place, step in enumerate(steps, start=1):
        story.do(step, TUESDAY + timedelta(minutes=17 * place))
    check(session, story)
    kinds = [(row.kind, row.is_transferred, row.drop_reason) for row in rows(story.ticket_id)]
    assert len(kinds) == 9, kinds


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 600)), max_size=12))
def test_any_sequence_rebuilds_to_the_same_rows(
    session: Session, story: Story, steps: list[tuple[str, int]]
) -> None:
    with session.begin_nested() as savepoint:
        now = TUESDAY
        story.merged_ids, story.is_retargeted = [], False
        for step, minutes in steps:
            now += timedelta(minutes=minutes)
            story.do(step, now)
        check(session, story)
        savepoint.rollback()
    session.expire_all()
