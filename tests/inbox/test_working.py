"""Warnings before and at the deadline, and closing after a week."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.facts import FactRow
from hub.inbox import actions
from hub.inbox.models import Ticket
from hub.inbox.words import TicketState
from tests.conftest import TUESDAY, HandClock
from tests.makers.inbox import actor_of, make_house, make_reason, make_received
from tests.makers.staff import make_agent


def run() -> int:
    return actions.work_tickets(lambda: None)


def kinds(session: Session) -> list[str]:
    found = select(FactRow.kind).where(FactRow.kind.startswith("Deadline")).order_by(FactRow.id)
    return list(session.scalars(found))


def test_the_staff_is_warned_once_before_and_once_at_the_deadline(
    session: Session, hand_clock: HandClock
) -> None:
    make_house(session)
    make_received()
    assert not actions.has_due()
    assert actions.next_due_at() == TUESDAY + timedelta(hours=4, minutes=30)
    hand_clock.now = actions.next_due_at() or TUESDAY
    assert actions.has_due()
    assert (run(), run()) == (1, 0)
    assert kinds(session) == ["DeadlineNeared"]
    hand_clock.now = actions.next_due_at() or TUESDAY
    assert hand_clock.now == TUESDAY + timedelta(hours=5, minutes=30)
    assert (run(), run()) == (1, 0)
    assert kinds(session) == ["DeadlineNeared", "DeadlineMissed"]
    assert actions.next_due_at() is None


def test_solved_becomes_closed_after_a_week(session: Session, hand_clock: HandClock) -> None:
    make_house(session)
    got = make_received()
    by = actor_of(make_agent(session))
    actions.solve(ticket_id=got.ticket_id or 0, reason_id=make_reason(session).id, by=by, now=TUESDAY)
    assert actions.next_due_at() == TUESDAY + timedelta(days=7)
    hand_clock.move(days=7)
    assert run() == 1
    session.expire_all()
    assert session.get_one(Ticket, got.ticket_id).state is TicketState.CLOSED
    assert not actions.has_due()
