"""What a standard reply sets on the ticket: with the reply, once, and taken back with it as if it had never been."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.audit import AuditEntry
from hub.core.errors import Invalid
from hub.inbox import actions
from hub.inbox.actions.alongside import SETS
from hub.inbox.models import Ticket, TicketTag
from hub.inbox.queries import list_waits
from hub.inbox.snoozes import SnoozeUntil
from hub.inbox.words import TicketState
from hub.staff.models import Agent
from tests.conftest import TUESDAY, HandClock
from tests.makers.inbox import actor_of, make_house, make_reason, make_received
from tests.makers.staff import make_agent

SOON = TUESDAY + timedelta(hours=1)


@pytest.fixture
def ada(session: Session, hand_clock: HandClock) -> Agent:
    return make_agent(session, store_ids=(make_house(session).id,))


@pytest.fixture
def ticket(session: Session, ada: Agent) -> Ticket:
    return session.get_one(Ticket, make_received().ticket_id or 0)


def answer(ticket: Ticket, ada: Agent, **sets: Any) -> int:
    done = actions.reply(
        ticket_id=ticket.id,
        text="Voilà.",
        by=actor_of(ada),
        now=SOON,
        undo_seconds=10,
        key="a",
        inserted={SETS: sets},
    )
    return done.message_id


def undo(ticket: Ticket, message_id: int, ada: Agent) -> None:
    actions.undo_reply(ticket_id=ticket.id, message_id=message_id, by=actor_of(ada), now=SOON)


def tags_of(session: Session, ticket: Ticket) -> set[int]:
    return set(session.scalars(select(TicketTag.tag_id).where(TicketTag.ticket_id == ticket.id)))


def as_it_is(session: Session, ticket: Ticket) -> tuple[object, ...]:
    waits = [(row.started_at, row.ended_at, row.dropped_at) for row in list_waits(ticket.id)]
    mine = (ticket.state, ticket.reason_id, ticket.solved_at, ticket.first_solved_at, ticket.reopened_count)
    return (*mine, ticket.waiting_since, ticket.first_replied_at, waits, tags_of(session, ticket))


def test_reason_tag_and_solution_go_with_the_reply_and_come_back_with_it(
    session: Session, ticket: Ticket, ada: Agent
) -> None:
    by, reason = actor_of(ada), make_reason(session)
    kept = actions.add_tag(ticket_id=ticket.id, name="vip", by=by, now=TUESDAY, may_make=True)
    tag_id = actions.make_tag(name="colis", by=by, now=TUESDAY)
    before = as_it_is(session, ticket)
    for _time in range(2):  # the same key answers, and sets, once
        message_id = answer(ticket, ada, reason_id=reason.id, tag_ids=[kept, tag_id], state="solved")
    assert (ticket.state, ticket.reason_id, ticket.solved_at) == (TicketState.SOLVED, reason.id, SOON)
    assert tags_of(session, ticket) == {kept, tag_id}
    wait = list_waits(ticket.id)[0]
    assert (wait.ended_at, wait.dropped_at) == (SOON, None)
    lines = select(AuditEntry.action).where(
        AuditEntry.subject_kind == "ticket", AuditEntry.agent_id == ada.id
    )
    told = list(session.scalars(lines))
    assert [told.count(f"ticket.{each}") for each in ("tagged", "reason_changed", "solved")] == [2, 1, 1]
    assert actions.rebuild_batch(is_check=True).is_same
    undo(ticket, message_id, ada)
    assert as_it_is(session, ticket) == before
    assert ticket.state is TicketState.NEW
    assert actions.rebuild_batch(is_check=True).is_same


def test_a_snooze_that_the_reply_ended_is_there_again_unless_its_moment_has_come(
    session: Session, ticket: Ticket, ada: Agent
) -> None:
    by, reason = actor_of(ada), make_reason(session)
    until = actions.snooze(ticket_id=ticket.id, choice=SnoozeUntil.TOMORROW, by=by, now=TUESDAY)
    message_id = answer(ticket, ada, reason_id=reason.id, state="solved")
    assert ticket.snoozed_until is None
    undo(ticket, message_id, ada)
    assert (ticket.snoozed_until, ticket.snoozed_by_id) == (until, ada.id)
    again = actions.reply(
        ticket_id=ticket.id,
        text="Voilà.",
        by=by,
        now=until - timedelta(seconds=5),
        undo_seconds=10,
        inserted={SETS: {"reason_id": reason.id, "state": "solved"}},
    )
    actions.undo_reply(ticket_id=ticket.id, message_id=again.message_id, by=by, now=until)
    assert (ticket.snoozed_until, ticket.state) == (None, TicketState.NEW)


def test_what_somebody_changed_since_stays(session: Session, ticket: Ticket, ada: Agent) -> None:
    by, reason, other = actor_of(ada), make_reason(session), make_reason(session, "refund")
    message_id = answer(ticket, ada, reason_id=reason.id, state="pending")
    assert ticket.state is TicketState.PENDING
    actions.change_reason(ticket_id=ticket.id, reason_id=other.id, by=by, now=SOON)
    actions.solve(ticket_id=ticket.id, by=by, now=SOON)
    undo(ticket, message_id, ada)
    assert (ticket.state, ticket.reason_id) == (TicketState.SOLVED, other.id)


def test_a_reply_that_cannot_set_what_it_says_does_not_leave(
    session: Session, ticket: Ticket, ada: Agent
) -> None:
    by = actor_of(ada)
    tag_id = actions.make_tag(name="colis", by=by, now=TUESDAY)
    actions.switch_tag(tag_id=tag_id, is_active=False, by=by, now=TUESDAY)
    for sets in ({"state": "solved"}, {"tag_ids": [tag_id]}):
        with pytest.raises(Invalid), session.begin_nested():
            answer(ticket, ada, **sets)
    session.expire_all()
    assert (ticket.state, ticket.reason_id) == (TicketState.NEW, None)
