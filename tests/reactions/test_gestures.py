"""A gesture sets a ticket in motion, marked as not confirmed, and no mail; the staff's switch takes it back."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.content.actions import publish_builtin_templates
from hub.core.actor import Actor
from hub.core.audit import AuditEntry
from hub.inbox.models import Ticket
from hub.inbox.queries import list_thread
from hub.inbox.words import TicketState
from hub.outbox.models import OutboundMessage
from hub.plans.actions import add_builtin_plans
from hub.reactions.drain import work_facts
from hub.staff.rules import SYSTEM_VIEWER
from hub.statistics import queries as statistics
from hub.statistics.rules import Filters
from hub.surveys import actions, gestures
from hub.surveys.models import Answer, Invitation, Touch
from hub.surveys.rules import Confirmation, Source
from hub.surveys.words import AnswerState, Choice, TouchLabel
from tests.conftest import TUESDAY, HandClock
from tests.makers.inbox import actor_of
from tests.makers.staff import make_agent
from tests.makers.statistics import work_off
from tests.makers.surveys import Asked, make_invitation

UNHAPPY = Choice.NOT_SATISFIED


@pytest.fixture
def asked(session: Session, hand_clock: HandClock) -> Asked:
    made = make_invitation(session)
    publish_builtin_templates(now=TUESDAY)
    add_builtin_plans(now=TUESDAY)
    session.get_one(Invitation, made.invitation_id).accepted_at = TUESDAY - timedelta(hours=1)
    return made


@pytest.fixture
def by(session: Session) -> Actor:
    return actor_of(make_agent(session))


def moment(minutes: float) -> datetime:
    return TUESDAY + timedelta(minutes=minutes)


def page(choice: Choice, minutes: float, name: str) -> Confirmation:
    return Confirmation(choice, name, moment(minutes) - timedelta(seconds=5), moment(minutes), "")


def leave(asked: Asked) -> None:
    """Unhappy, page closed; a quarter of an hour goes by."""
    actions.note_intent(
        token=asked.token, confirmation=page(UNHAPPY, 0, "g"), source=Source("phone"), now=TUESDAY
    )
    gestures.judge_provisional(now=moment(15))
    work_facts(lambda: None)


def press(asked: Asked, choice: Choice) -> None:
    actions.confirm_answer(
        token=asked.token, confirmation=page(choice, 60, "p"), now=moment(60), least_seconds=1
    )
    work_facts(lambda: None)


def tickets(session: Session) -> list[Ticket]:
    session.expire_all()
    return list(session.scalars(select(Ticket).order_by(Ticket.id)))


def count_mails(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(OutboundMessage)) or 0


def test_the_ticket_is_marked_and_nobody_is_written_to(session: Session, asked: Asked) -> None:
    leave(asked)
    [ticket] = tickets(session)
    assert (ticket.is_confirmed, ticket.score, ticket.store_id) == (False, 1, asked.store_id)
    assert count_mails(session) == 0


def test_before_the_quarter_there_is_no_ticket(session: Session, asked: Asked) -> None:
    actions.note_intent(
        token=asked.token, confirmation=page(UNHAPPY, 0, "g"), source=Source("phone"), now=TUESDAY
    )
    gestures.judge_provisional(now=moment(14))
    work_facts(lambda: None)
    assert tickets(session) == []


def test_confirming_makes_it_a_confirmed_ticket_and_reassures(session: Session, asked: Asked) -> None:
    leave(asked)
    press(asked, UNHAPPY)
    [ticket] = tickets(session)
    assert ticket.is_confirmed
    assert count_mails(session) == 1
    assert session.scalars(select(AuditEntry).where(AuditEntry.action == "ticket.answer_confirmed")).one()


def test_confirming_that_all_is_well_closes_it(session: Session, asked: Asked) -> None:
    leave(asked)
    press(asked, Choice.VERY_SATISFIED)
    [ticket] = tickets(session)
    assert ticket.state is TicketState.CLOSED
    assert count_mails(session) == 0


def test_a_gesture_is_no_answer_in_the_statistics(session: Session, asked: Asked) -> None:
    leave(asked)
    filters = Filters(since_on=TUESDAY.date(), until_on=TUESDAY.date(), time_zone="Europe/Paris")
    work_off()
    assert statistics.get_satisfaction(filters, viewer=SYSTEM_VIEWER).total.total == 0
    press(asked, UNHAPPY)
    work_off()
    assert statistics.get_satisfaction(filters, viewer=SYSTEM_VIEWER).total.total == 1


def test_the_switch_withdraws_the_ticket_with_an_audit_line_and_back(
    session: Session, asked: Asked, by: Actor
) -> None:
    press(asked, UNHAPPY)
    line = session.scalars(select(Touch.id)).one()
    actions.switch_touch(touch_id=line, label=TouchLabel.MACHINE, by=by, now=moment(90))
    work_facts(lambda: None)
    [ticket] = tickets(session)
    assert ticket.state is TicketState.CLOSED
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "ticket.withdrawn")).one()
    assert (entry.subject_id, entry.agent_id, entry.data["reason"]) == (ticket.id, by.agent_id, "staff")
    actions.switch_touch(touch_id=line, label=TouchLabel.HUMAN, by=by, now=moment(95))
    work_facts(lambda: None)
    again = tickets(session)[-1]
    assert (again.state, again.is_confirmed) == (TicketState.NEW, True)
    assert session.scalars(select(Answer.state)).one() is AnswerState.CONFIRMED
    assert count_mails(session) == 1, "the customer is reassured once"


def test_switching_to_and_fro_at_once_leaves_the_ticket(session: Session, asked: Asked, by: Actor) -> None:
    press(asked, UNHAPPY)
    line = session.scalars(select(Touch.id)).one()
    for label in (TouchLabel.MACHINE, TouchLabel.HUMAN):
        actions.switch_touch(touch_id=line, label=label, by=by, now=moment(90))
    work_facts(lambda: None)
    [ticket] = tickets(session)
    assert ticket.state is TicketState.NEW


def test_what_was_ticked_reaches_the_ticket(session: Session, asked: Asked) -> None:
    press(asked, UNHAPPY)
    actions.add_details(token=asked.token, topics=["delivery", "welcome"], comment="", now=moment(61))
    work_facts(lambda: None)
    [ticket] = tickets(session)
    [line] = list_thread(ticket.id)
    assert line.inserted["topics"] == ["delivery", "welcome"]
