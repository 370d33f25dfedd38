"""Warnings before and at the deadline, and closing after a week."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.errors import Conflict, Invalid
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


def steps(session: Session) -> list[tuple[int, str]]:
    found = select(FactRow.data).where(FactRow.kind == "DeadlineNeared").order_by(FactRow.id)
    return [(data["percent"], data["audience"]) for data in session.scalars(found)]


def test_each_step_of_the_escalation_is_told_once_and_the_deadline_once(
    session: Session, hand_clock: HandClock
) -> None:
    """Four hours from 10:00 in Lyon with a break from 12:30 to 14:00: 75 % at 14:30, 90 % at 15:06, all at 15:30."""
    make_house(session)
    make_received()
    assert not actions.has_due()
    seen = []
    while (moment := actions.next_due_at()) is not None:
        hand_clock.now = moment
        assert actions.has_due()
        assert (run(), run()) == (1, 0)
        seen.append(moment - TUESDAY)
    assert seen == [
        timedelta(hours=4, minutes=30),
        timedelta(hours=5, minutes=6),
        timedelta(hours=5, minutes=30),
    ]
    assert steps(session) == [(75, "assignee"), (90, "store_manager"), (100, "region_manager")]
    assert kinds(session).count("DeadlineMissed") == 1


def test_steps_that_came_while_nobody_worked_are_told_together_and_in_order(
    session: Session, hand_clock: HandClock
) -> None:
    make_house(session)
    make_received()
    hand_clock.now = TUESDAY + timedelta(days=2)
    assert (run(), run()) == (1, 0)
    assert [percent for percent, _ in steps(session)] == [75, 90, 100]


def test_the_steps_are_the_chains_choice_and_hold_for_waits_under_way(
    session: Session, hand_clock: HandClock
) -> None:
    make_house(session)
    make_received()
    by = actor_of(make_agent(session))
    percents = {"assignee": None, "store_manager": 80, "region_manager": 150}
    actions.change_alert_policy(percents=percents, has_delay_notice=False, by=by, now=TUESDAY)
    hand_clock.now = TUESDAY + timedelta(hours=6)
    run()
    assert steps(session) == [(80, "store_manager")]
    hand_clock.now = actions.next_due_at() or TUESDAY
    assert hand_clock.now == TUESDAY + timedelta(hours=7, minutes=30)
    run()
    assert steps(session) == [(80, "store_manager"), (150, "region_manager")]
    for wrong in (9, 301):
        with pytest.raises(Invalid, match="between"):
            actions.change_alert_policy(
                percents={"assignee": wrong}, has_delay_notice=False, by=by, now=TUESDAY
            )


def test_a_ticket_that_waits_for_the_customer_has_no_deadline(
    session: Session, hand_clock: HandClock
) -> None:
    make_house(session)
    ticket_id = make_received().ticket_id or 0
    by = actor_of(make_agent(session))
    with pytest.raises(Conflict, match="reply first"):
        actions.set_pending(ticket_id=ticket_id, by=by, now=TUESDAY)
    actions.reply(ticket_id=ticket_id, text="Quelle est la référence ?", by=by, now=TUESDAY)
    actions.set_pending(ticket_id=ticket_id, by=by, now=TUESDAY)
    assert actions.next_due_at() is None
    hand_clock.move(days=3)
    assert not actions.has_due()
    make_received(hand_clock.now, mail_message_id="<2@client.example>", in_reply_to="<1@client.example>")
    assert actions.next_due_at() == hand_clock.now + timedelta(hours=4, minutes=30)


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
