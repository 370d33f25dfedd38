"""The trail tells everything: whatever is done to tickets, replaying its lines gives what they are now."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.actor import SYSTEM, Actor
from hub.core.audit import AuditEntry
from hub.core.errors import HubError
from hub.core.words import ActorKind
from hub.inbox import actions
from hub.inbox.actions import elsewhere, working
from hub.inbox.actions.ruling import tag_by_rule
from hub.inbox.models import Ticket, TicketMessage, TicketTag
from hub.inbox.words import MessageKind, Priority, TicketState
from tests.conftest import TUESDAY, HandClock
from tests.makers.inbox import actor_of, make_house, make_reason, make_received
from tests.makers.staff import make_agent
from tests.makers.stores import make_store

HISTORIES = 60 if os.environ.get("LARGE") else 4
ACTS = 40


@dataclass(frozen=True)
class Values:
    """What of a ticket the trail tells."""

    state: str
    store_id: int | None
    assignee_id: int | None
    priority: str
    reason_id: int | None
    tag_ids: frozenset[int]


def changes_of(line: AuditEntry) -> list[tuple[str, object, object]]:
    """The fields that a line says have changed, each with its value before and after."""
    data, found = line.data, list[tuple[str, object, object]]()
    if data.get("is_told_again"):
        return []
    if "from_state" in data:
        found.append(("state", data["from_state"], data["state"]))
    match line.action:
        case "ticket.transferred":
            found.append(("store_id", data["from_store_id"], data["store_id"]))
            found.append(("assignee_id", data["from_assignee_id"], None))
        case "ticket.assigned":
            found.append(("assignee_id", data["from_id"], data["assignee_id"]))
        case "ticket.priority_changed":
            found.append(("priority", data["from_priority"], data["priority"]))
        case "ticket.reason_changed":
            found.append(("reason_id", data["from_id"], data["reason_id"]))
    return found


def replay(lines: Sequence[AuditEntry], start: Values) -> Values:
    """What the ticket is after these lines; each must begin where the one before it ended."""
    now = start
    for line in lines:
        for name, before, after in changes_of(line):
            assert getattr(now, name) == before, (line.action, line.data, now)
            now = replace(now, **{name: after})
        if line.action == "ticket.tagged":
            now = replace(now, tag_ids=now.tag_ids | {line.data["tag_id"]})
        if line.action == "ticket.untagged":
            now = replace(now, tag_ids=now.tag_ids - {line.data["tag_id"]})
    return now


def start_of(lines: Sequence[AuditEntry], now: Values) -> Values:
    """What a ticket was when it was opened: what its first lines say it was before them."""
    start = replace(now, tag_ids=frozenset())
    for line in reversed(lines):
        for name, before, _ in changes_of(line):
            start = replace(start, **{name: before})
    return start


class Desk:
    """Two stores, two people who see both, a key, and tickets of Dora to which anything may be done."""

    def __init__(self, session: Session, clock: HandClock, seed: int) -> None:
        self.session, self.clock, self.random = session, clock, Random(seed)
        lyon, lille = make_house(session), make_store(session, "Lille", code="LIL")
        self.store_ids = [lyon.id, lille.id, None]
        people = [
            make_agent(session, name, email=f"{name}@verel.example", store_ids=(lyon.id, lille.id))
            for name in ("ada", "bo")
        ]
        self.agent_ids = [people[0].id, people[1].id, None]
        self.by = actor_of(people[0])
        self.reason_ids = [make_reason(session).id, make_reason(session, "fault", is_grievance=True).id]
        self.mails = 0
        self.starts: dict[int, Values] = {}
        self.write()

    @property
    def now(self) -> datetime:
        return self.clock.now

    def pick(self) -> int:
        """One of the first four: enough happens to each."""
        return self.random.choice(self.session.scalars(select(Ticket.id).order_by(Ticket.id).limit(4)).all())

    def who(self) -> dict[str, object]:
        return {
            "by": self.random.choice([self.by, Actor(ActorKind.API_KEY, agent_id=self.by.agent_id)]),
            "now": self.now,
        }

    def write(self) -> None:
        """Dora writes: in a thread of hers, or anew."""
        self.mails += 1
        to = f"<{self.random.randrange(self.mails)}@c>" if self.random.random() < 0.85 else None
        make_received(self.now, mail_message_id=f"<{self.mails}@c>", in_reply_to=to)

    def reply(self) -> None:
        ticket_id = self.pick()
        done = actions.reply(ticket_id=ticket_id, text="Voici.", undo_seconds=10, **self.who())
        if self.random.random() < 0.4:
            actions.undo_reply(ticket_id=ticket_id, message_id=done.message_id, **self.who())

    def note_reply(self) -> None:
        elsewhere.note_reply(ticket_id=self.pick(), text="Vu.", **self.who())

    def solve(self) -> None:
        actions.solve(ticket_id=self.pick(), reason_id=self.random.choice(self.reason_ids), **self.who())

    def split(self) -> None:
        ticket_id = self.pick()
        said = select(TicketMessage.id).where(
            TicketMessage.ticket_id == ticket_id, TicketMessage.kind == MessageKind.CUSTOMER
        )
        chosen = self.session.scalars(said.limit(1)).all()
        actions.split(ticket_id=ticket_id, message_ids=chosen, subject="Autre", **self.who())

    def wait_a_week(self) -> None:
        """What was solved closes by itself."""
        self.clock.move(days=8)
        self.session.commit()
        working.work_tickets(lambda: None)

    def change_elsewhere(self) -> None:
        states = [TicketState.OPEN, TicketState.PENDING, TicketState.SOLVED]
        given = elsewhere.TicketChanges(given=frozenset({"state"}), state=self.random.choice(states))
        elsewhere.change_ticket(self.pick(), given, seen_event_id=None, **self.who())

    def acts(self) -> list[Callable[[], object]]:
        choose, pick, who = self.random.choice, self.pick, self.who
        return [
            self.write, self.write, self.reply, self.reply, self.note_reply, self.solve, self.solve,
            self.split, self.wait_a_week, self.change_elsewhere,
            lambda: actions.reopen(ticket_id=pick(), **who()),
            lambda: actions.set_pending(ticket_id=pick(), **who()),
            lambda: actions.mark_spam(ticket_id=pick(), **who()) if self.random.random() < 0.2 else None,
            lambda: actions.assign(ticket_id=pick(), assignee_id=choose(self.agent_ids), **who()),
            lambda: actions.transfer(ticket_id=pick(), store_id=choose(self.store_ids), **who()),
            lambda: actions.change_reason(ticket_id=pick(), reason_id=choose(self.reason_ids), **who()),
            lambda: actions.change_priority(ticket_id=pick(), priority=choose(list(Priority)), **who()),
            lambda: actions.add_tag(ticket_id=pick(), name=choose("abc"), may_make=True, **who()),
            lambda: actions.remove_tag(ticket_id=pick(), tag_id=choose(self.tag_ids() or [0]), **who()),
            lambda: actions.merge(ticket_id=pick(), into_id=pick(), **who()),
            lambda: actions.unmerge(ticket_id=pick(), **who()),
        ]  # fmt: skip

    def do(self, act: Callable[[], object]) -> None:
        """As a door does it: wholly, or not at all."""
        if act == self.wait_a_week:
            act()
            return
        try:
            with self.session.begin_nested():
                act()
                self.session.flush()
        except HubError:
            return

    def tag_ids(self) -> list[int]:
        return list(self.session.scalars(select(TicketTag.tag_id).order_by(TicketTag.tag_id)))

    def check(self) -> None:
        """Every ticket is what its lines say, from what it was when it was first seen."""
        self.session.expire_all()
        lines: dict[int | None, list[AuditEntry]] = {}
        told = select(AuditEntry).where(AuditEntry.subject_kind == "ticket").order_by(AuditEntry.id)
        for line in self.session.scalars(told):
            lines.setdefault(line.subject_id, []).append(line)
        for ticket in self.session.scalars(select(Ticket)):
            own, now = lines.get(ticket.id, []), self.values_of(ticket)
            start = self.starts.setdefault(ticket.id, start_of(own, now))
            assert replay(own, start) == now, [(line.action, line.data) for line in own]

    def values_of(self, ticket: Ticket) -> Values:
        tags = select(TicketTag.tag_id).where(TicketTag.ticket_id == ticket.id)
        return Values(
            state=ticket.state.value,
            store_id=ticket.store_id,
            assignee_id=ticket.assignee_id,
            priority=ticket.priority.value,
            reason_id=ticket.reason_id,
            tag_ids=frozenset(self.session.scalars(tags)),
        )


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_replaying_the_trail_of_any_history_gives_the_tickets_as_they_are(
    session: Session, hand_clock: HandClock, seed: int
) -> None:
    desk = Desk(session, hand_clock, seed)
    desk.check()
    for _ in range(ACTS):
        hand_clock.move(minutes=desk.random.randrange(90))
        desk.do(desk.random.choice(desk.acts()))
        desk.check()
    assert all(start.state in {"new", "open"} for start in desk.starts.values())


def last_lines(session: Session, ticket_id: int | None) -> list[tuple[str, ActorKind, str | None]]:
    found = select(AuditEntry).where(AuditEntry.subject_id == ticket_id, AuditEntry.subject_kind == "ticket")
    return [(line.action, line.actor_kind, line.data.get("state")) for line in session.scalars(found)]


def test_a_week_and_the_customer_leave_their_lines(session: Session, hand_clock: HandClock) -> None:
    desk = Desk(session, hand_clock, 0)
    ticket_id = desk.pick()
    actions.reply(ticket_id=ticket_id, text="Voici.", by=desk.by, now=TUESDAY)
    actions.solve(ticket_id=ticket_id, reason_id=desk.reason_ids[0], by=desk.by, now=TUESDAY)
    make_received(mail_message_id="<again@c>", in_reply_to="<1@c>")
    actions.solve(ticket_id=ticket_id, by=desk.by, now=TUESDAY)
    desk.wait_a_week()
    told = last_lines(session, ticket_id)
    assert ("ticket.state_changed", ActorKind.AGENT, "open") in told
    assert ("ticket.reopened", ActorKind.CUSTOMER, "open") in told
    assert told[-1] == ("ticket.closed", ActorKind.SYSTEM, "closed")


def test_a_merge_that_wakes_a_solved_ticket_and_its_end_leave_their_lines(
    session: Session, hand_clock: HandClock
) -> None:
    desk = Desk(session, hand_clock, 0)
    ticket_id = desk.pick()
    actions.solve(ticket_id=ticket_id, reason_id=desk.reason_ids[0], by=desk.by, now=TUESDAY)
    other_id = make_received(mail_message_id="<other@c>").ticket_id or 0
    desk.check()
    actions.merge(ticket_id=other_id, into_id=ticket_id, by=desk.by, now=TUESDAY)
    desk.check()
    assert last_lines(session, ticket_id)[-1] == ("ticket.reopened", ActorKind.AGENT, "open")
    actions.unmerge(ticket_id=other_id, by=desk.by, now=TUESDAY)
    desk.check()
    assert last_lines(session, ticket_id)[-1] == ("ticket.state_changed", ActorKind.AGENT, "solved")


def test_tags_of_a_rule_have_their_lines_once(session: Session, hand_clock: HandClock) -> None:
    desk = Desk(session, hand_clock, 0)
    ticket = session.get_one(Ticket, desk.pick())
    for _ in range(2):
        tag_by_rule(ticket, ["Lampe", "Retour"], now=TUESDAY + timedelta(hours=1))
        session.flush()
    told = last_lines(session, ticket.id)
    assert told.count(("ticket.tagged", SYSTEM.kind, None)) == 2
    desk.check()
