"""Answers in the database: idempotent, changeable, never from a scanner's contradiction."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.core.errors import Gone, Invalid, NotFound
from hub.core.facts import FactRow
from hub.surveys import actions, queries
from hub.surveys.actions import Confirmed
from hub.surveys.models import Answer, Invitation, Survey
from hub.surveys.rules import Confirmation
from hub.surveys.words import AnswerState, Choice, InvitationState
from tests.conftest import TUESDAY
from tests.makers.surveys import Asked, make_invitation

HAPPY, UNHAPPY = Choice.VERY_SATISFIED, Choice.NOT_SATISFIED


def send(
    asked: Asked,
    choice: Choice,
    *,
    page: str = "p1",
    after: float = 0,
    comment: str = "",
    asked_again_for: float = 0,
) -> Confirmed:
    at = TUESDAY + timedelta(seconds=after)
    opened_at = at - timedelta(seconds=asked_again_for or 5)
    confirmation = Confirmation(choice, page, opened_at, at, comment, is_asked_again=asked_again_for > 0)
    return actions.confirm_answer(token=asked.token, confirmation=confirmation, now=at, least_seconds=1)


def facts(session: Session) -> list[str]:
    return list(session.scalars(select(FactRow.kind).order_by(FactRow.id)))


def test_an_unhappy_answer_asks_for_a_follow_up(session: Session) -> None:
    asked = make_invitation(session)
    assert send(asked, UNHAPPY, comment="Lampe cassée") is Confirmed.COUNTED
    assert facts(session) == ["SurveyAnswered", "FollowUpNeeded"]
    [answer] = queries.list_customer_answers(asked.customer_id)
    assert (answer.score, answer.comment, answer.order_id) == (1, "Lampe cassée", asked.order_id)


def test_the_same_post_twice_is_one_answer(session: Session) -> None:
    asked = make_invitation(session)
    send(asked, HAPPY)
    assert send(asked, HAPPY, after=2) is Confirmed.REPEATED
    assert session.scalar(select(func.count()).select_from(Answer)) == 1
    assert facts(session) == ["SurveyAnswered"]


def test_the_last_answer_wins_and_history_is_kept(session: Session) -> None:
    asked = make_invitation(session)
    send(asked, UNHAPPY)
    assert send(asked, HAPPY, page="p2", after=3600) is Confirmed.COUNTED
    states = list(session.scalars(select(Answer.state).order_by(Answer.id)))
    assert states == [AnswerState.SUPERSEDED, AnswerState.CONFIRMED]
    assert "AnswerReclassified" in facts(session)


def test_contradicting_pages_count_neither_and_ask_again(session: Session) -> None:
    asked = make_invitation(session)
    send(asked, HAPPY)
    assert send(asked, UNHAPPY, page="p2", after=20) is Confirmed.ASK_AGAIN
    assert queries.list_customer_answers(asked.customer_id) == []
    assert session.get_one(Invitation, asked.invitation_id).state is InvitationState.OPEN
    assert "FollowUpNeeded" not in facts(session)
    assert facts(session)[-1] == "AnswersContradicted"
    assert send(asked, UNHAPPY, page="p3", after=50) is Confirmed.ASK_AGAIN
    assert send(asked, UNHAPPY, page="p4", after=61) is Confirmed.COUNTED


def test_a_scanner_that_presses_every_box_answers_nothing(session: Session) -> None:
    asked = make_invitation(session)
    presses = [(HAPPY, "p1"), (UNHAPPY, "p2"), (Choice.SATISFIED, "p3"), (HAPPY, "p4")]
    outcomes = [send(asked, choice, page=page, after=n) for n, (choice, page) in enumerate(presses)]
    assert outcomes == [Confirmed.COUNTED, *[Confirmed.ASK_AGAIN] * 3]
    assert queries.list_customer_answers(asked.customer_id) == []
    assert session.get_one(Invitation, asked.invitation_id).state is InvitationState.OPEN


def test_the_customer_asked_again_answers_on_that_page(session: Session) -> None:
    asked = make_invitation(session)
    send(asked, HAPPY)
    send(asked, UNHAPPY, page="p2", after=20)
    assert send(asked, UNHAPPY, page="p3", after=25, asked_again_for=5) is Confirmed.ASK_AGAIN, "too fast"
    assert send(asked, UNHAPPY, page="p4", after=40, asked_again_for=12) is Confirmed.COUNTED
    assert send(asked, HAPPY, page="p5", after=41) is Confirmed.ASK_AGAIN, "the scanner is still there"


def test_the_same_choice_again_brings_only_its_words(session: Session) -> None:
    asked = make_invitation(session)
    send(asked, UNHAPPY, comment="Cassée")
    for number, page in enumerate(("p1", "p2", "p1")):
        assert send(asked, UNHAPPY, page=page, after=number, comment=f"Cassée {number}") is Confirmed.REPEATED
    assert send(asked, UNHAPPY, page="p1", after=9) is Confirmed.REPEATED, (
        "nothing written takes nothing back"
    )
    [answer] = queries.list_customer_answers(asked.customer_id)
    assert answer.comment == "Cassée 2"
    assert facts(session) == ["SurveyAnswered", "FollowUpNeeded", *["AnswerWorded", "FollowUpNeeded"] * 3]
    told = session.scalars(select(FactRow.data).where(FactRow.kind == "FollowUpNeeded"))
    assert {fact["answer_id"] for fact in told} == {answer.id}
    before = select(Answer.comment).where(Answer.state == AnswerState.SUPERSEDED).order_by(Answer.id)
    assert list(session.scalars(before)) == ["Cassée", "Cassée 0", "Cassée 1"]


@pytest.mark.parametrize(("choice", "count"), [(UNHAPPY, 2), (HAPPY, 0)])
def test_words_of_the_second_page_reach_the_store_of_an_unhappy_customer(
    session: Session, choice: Choice, count: int
) -> None:
    asked = make_invitation(session)
    send(asked, choice)
    for _ in range(2):
        actions.add_details(token=asked.token, topics=["delivery"], comment="Trop tard", now=TUESDAY)
    assert facts(session).count("FollowUpNeeded") == count


def test_an_accepted_mail_opens_the_links_of_its_own_survey(session: Session) -> None:
    asked = make_invitation(session)
    other = Survey(key="other", name_fr="Autre", name_en="Other", is_active=True, created_at=TUESDAY)
    session.add(other)
    session.flush()
    row = session.get_one(Invitation, asked.invitation_id)
    names = ("order_id", "customer_id", "store_id", "language", "state", "created_at", "expires_at")
    unsent = Invitation(survey_id=other.id, **{name: getattr(row, name) for name in names})
    session.add(unsent)
    session.flush()
    actions.note_accepted(order_id=asked.order_id, now=TUESDAY)
    session.expire_all()
    assert (row.accepted_at, unsent.accepted_at) == (TUESDAY, None)


def test_a_post_within_a_second_asks_for_the_button(session: Session) -> None:
    asked = make_invitation(session)
    hasty = Confirmation(HAPPY, "p1", TUESDAY, TUESDAY + timedelta(seconds=0.2))
    with pytest.raises(Invalid):
        actions.confirm_answer(token=asked.token, confirmation=hasty, now=TUESDAY, least_seconds=1)
    assert queries.list_customer_answers(asked.customer_id) == []


def test_a_mangled_or_late_link_has_its_own_answer(session: Session) -> None:
    asked = make_invitation(session)
    with pytest.raises(Gone):
        send(asked, HAPPY, after=31 * 86_400)
    confirmation = Confirmation(HAPPY, "p", TUESDAY - timedelta(seconds=5), TUESDAY)
    with pytest.raises(NotFound):
        actions.confirm_answer(token="zz-bad", confirmation=confirmation, now=TUESDAY, least_seconds=1)


def test_one_invitation_per_order_however_often_asked(session: Session) -> None:
    asked = make_invitation(session)
    draft = actions.InvitationDraft(
        order_id=asked.order_id,
        customer_id=asked.customer_id,
        store_id=asked.store_id,
        language=session.get_one(Invitation, asked.invitation_id).language,
    )
    assert actions.invite([draft, draft], now=TUESDAY) == {asked.order_id: asked.invitation_id}
    assert queries.list_recently_asked([asked.customer_id], now=TUESDAY + timedelta(days=29)) == {
        asked.customer_id
    }
    assert queries.list_recently_asked([asked.customer_id], now=TUESDAY + timedelta(days=31)) == set()
