"""The demo's log of touches: sensible lines of the last weeks, made of the invitations that are there."""

from datetime import timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core import clock
from hub.demo import touching
from hub.surveys.actions import confirm_answer
from hub.surveys.models import Answer, Invitation, Touch
from hub.surveys.rules import Confirmation
from hub.surveys.words import AnswerState, Choice, TouchLabel, TouchMethod
from tests.makers.surveys import invite_again, make_invitation

COUNT = 60


def test_the_log_tells_of_people_and_machines(session: Session) -> None:
    now = clock.machine_now() + timedelta(days=3)
    first = make_invitation(session)
    made = [first, *(invite_again(session, first, f"D{number}") for number in range(COUNT))]
    for number, asked in enumerate(made):
        row = session.get_one(Invitation, asked.invitation_id)
        row.accepted_at = row.created_at = now - timedelta(days=8 + number % 30)
        row.expires_at = row.accepted_at + timedelta(days=30)
        if number % 3 == 0:
            at = row.accepted_at + timedelta(hours=5)
            sent = Confirmation(Choice.SATISFIED, f"p{number}", at - timedelta(seconds=5), at)
            confirm_answer(token=asked.token, confirmation=sent, now=at, least_seconds=1)
    session.execute(Touch.__table__.delete())
    session.flush()
    keys = ("id", "accepted_at", "answer_count")
    invitations = [{key: getattr(row, key) for key in keys} for row in session.scalars(select(Invitation))]
    fields = ("id", "invitation_id", "answered_at", "choice")
    answers = [{key: getattr(row, key) for key in fields} for row in session.scalars(select(Answer))]
    touching.make_touches(invitations, answers, now=now, random=Random(1))
    rows = session.scalars(select(Touch).order_by(Touch.id)).all()
    assert {TouchLabel.MACHINE, TouchLabel.HUMAN, TouchLabel.SINGLE} <= {row.label for row in rows}
    assert all(row.happened_at and row.happened_at <= now for row in rows)
    assert all(row.touched_at > clock.machine_now() - timedelta(days=29) for row in rows), "purged at once"
    pressed = [row for row in rows if row.method is TouchMethod.POST]
    assert pressed
    assert all(row.answer_id for row in pressed)
    early = session.scalars(select(Answer).where(Answer.state == AnswerState.PROVISIONAL)).all()
    assert {answer.choice for answer in early} == set(touching.CLOSED_EARLY)
