"""What an answer sets in motion: one reassuring mail an invitation, no thanks for answers that contradict."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.content.actions import publish_builtin_templates
from hub.inbox.models import Ticket, TicketMessage
from hub.inbox.words import TicketState
from hub.outbox.models import OutboundMessage
from hub.plans import actions as plans
from hub.plans.builtin import POST_PURCHASE_SURVEY
from hub.plans.models import Enrolment
from hub.reactions.drain import work_facts
from hub.surveys.actions import add_details, confirm_answer
from hub.surveys.rules import Confirmation
from hub.surveys.words import Choice
from tests.conftest import TUESDAY, HandClock
from tests.makers.surveys import Asked, make_invitation

HAPPY, UNHAPPY = Choice.VERY_SATISFIED, Choice.NOT_SATISFIED


@pytest.fixture
def asked(session: Session, hand_clock: HandClock) -> Asked:
    made = make_invitation(session)
    publish_builtin_templates(now=TUESDAY)
    plans.add_builtin_plans(now=TUESDAY)
    plans.enrol(
        plan_key=POST_PURCHASE_SURVEY,
        customer_id=made.customer_id,
        entry_key=f"order:{made.order_id}",
        anchor_at=TUESDAY,
        values={"order_id": made.order_id},
        now=TUESDAY,
    )
    return made


def send(asked: Asked, choice: Choice, page: str, *, after: int = 0, comment: str = "") -> None:
    at = TUESDAY + timedelta(seconds=after)
    confirmation = Confirmation(choice, page, at - timedelta(seconds=5), at, comment)
    confirm_answer(token=asked.token, confirmation=confirmation, now=at, least_seconds=1)


def count_reassurances(session: Session) -> int | None:
    found = select(func.count()).where(OutboundMessage.key.startswith("reassurance:"))
    return session.scalar(found)


def step(session: Session) -> str | None:
    session.expire_all()
    return session.scalars(select(Enrolment.step_key)).one()


def test_one_page_sends_one_mail_and_the_store_reads_the_last_words(session: Session, asked: Asked) -> None:
    for number in range(5):
        send(asked, UNHAPPY, "p1", after=number, comment=f"Cassée {number}")
        work_facts(lambda: None)
    add_details(token=asked.token, topics=["delivery"], comment="En retard et cassée", now=TUESDAY)
    work_facts(lambda: None)
    assert count_reassurances(session) == 1
    assert session.scalars(select(TicketMessage.text)).one() == "En retard et cassée"


def test_answers_that_contradict_leave_no_thanks_and_no_ticket(session: Session, asked: Asked) -> None:
    send(asked, UNHAPPY, "p1")
    work_facts(lambda: None)
    assert step(session) == "thank"
    send(asked, HAPPY, "p2", after=3)
    work_facts(lambda: None)
    assert step(session) == "ask"
    assert session.scalars(select(Ticket.state)).one() is TicketState.CLOSED


def test_answers_that_contradict_at_once_set_nothing_in_motion(session: Session, asked: Asked) -> None:
    send(asked, UNHAPPY, "p1")
    send(asked, HAPPY, "p2", after=3)
    work_facts(lambda: None)
    assert step(session) == "ask"
    assert count_reassurances(session) == 0
    assert session.scalars(select(Ticket)).all() == []
