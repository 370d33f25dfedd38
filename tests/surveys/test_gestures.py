"""Provisional answers: who closed the page after a gesture, and what speaks against a person."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.core.facts import FactRow
from hub.surveys import actions, gestures, rules
from hub.surveys.actions import Confirmed
from hub.surveys.models import Answer, Invitation, Touch
from hub.surveys.rules import Confirmation, Evidence, Source
from hub.surveys.words import AnswerState, Choice, TouchLabel, TouchMethod, TouchReason
from tests.conftest import TUESDAY
from tests.makers.surveys import Asked, invite_again, make_invitation

HAPPY, UNHAPPY = Choice.VERY_SATISFIED, Choice.NOT_SATISFIED
PHONE, SCANNER = Source("phone", "Safari"), Source("scanner", "Chrome")
QUARTER = timedelta(minutes=15)


@pytest.fixture
def asked(session: Session) -> Asked:
    made = make_invitation(session)
    session.get_one(Invitation, made.invitation_id).accepted_at = TUESDAY - timedelta(hours=1)
    session.flush()
    return made


def moment(minutes: float) -> datetime:
    return TUESDAY + timedelta(minutes=minutes)


def leave(
    asked: Asked,
    choice: Choice = UNHAPPY,
    *,
    after: float = 0,
    page: str = "p1",
    source: Source = PHONE,
    seconds: float = 8,
) -> AnswerState | None:
    at = moment(after)
    sent = Confirmation(choice, page, at - timedelta(seconds=seconds), at)
    return actions.note_intent(token=asked.token, confirmation=sent, source=source, now=at)


def touch(
    asked: Asked,
    choice: str,
    *,
    after: float,
    method: TouchMethod = TouchMethod.GET,
    source: Source = SCANNER,
) -> None:
    at = moment(after)
    actions.touch_and_read(asked.token, choice=choice, method=method, source=source, now=at, machine_now=at)


def press(asked: Asked, choice: Choice, *, after: float, page: str = "p9") -> Confirmed:
    at = moment(after)
    sent = Confirmation(choice, page, at - timedelta(seconds=5), at, "Cassée")
    return actions.confirm_answer(token=asked.token, confirmation=sent, source=PHONE, now=at, least_seconds=1)


def judge(after: float) -> None:
    gestures.judge_provisional(now=moment(after))


def facts(session: Session) -> list[str]:
    return list(session.scalars(select(FactRow.kind).order_by(FactRow.id)))


def states(session: Session) -> list[AnswerState]:
    session.expire_all()
    return list(session.scalars(select(Answer.state).order_by(Answer.id)))


def reasons(session: Session) -> list[TouchReason]:
    session.expire_all()
    return list(
        session.scalars(select(Touch.reason).where(Touch.method == TouchMethod.INTENT).order_by(Touch.id))
    )


def test_an_unhappy_gesture_waits_a_quarter_of_an_hour(session: Session, asked: Asked) -> None:
    assert leave(asked) is AnswerState.PROVISIONAL
    assert gestures.find_next_judgement() == TUESDAY + QUARTER
    judge(14.9)
    assert facts(session) == []
    judge(15)
    assert facts(session) == ["FollowUpNeeded"]
    assert states(session) == [AnswerState.PROVISIONAL]
    assert gestures.find_next_judgement() is None
    judge(16)
    assert facts(session) == ["FollowUpNeeded"], "once"


def test_a_happy_gesture_sets_nothing_in_motion(session: Session, asked: Asked) -> None:
    leave(asked, HAPPY)
    judge(15)
    assert facts(session) == []
    assert states(session) == [AnswerState.PROVISIONAL]


@pytest.mark.parametrize(
    ("evidence", "reason"),
    [
        (Evidence(timedelta(hours=1)), None),
        (Evidence(timedelta(seconds=120)), None),
        (Evidence(timedelta(seconds=119)), TouchReason.TOO_EARLY),
        (Evidence(None), TouchReason.TOO_EARLY),
        (Evidence(timedelta(hours=1), is_filter=True), TouchReason.FILTER_RANGE),
        (Evidence(timedelta(hours=1), filtered_count=2), None),
        (Evidence(timedelta(hours=1), filtered_count=3), TouchReason.FILTER_SOURCE),
        (Evidence(timedelta(hours=1), has_head=True), TouchReason.HEAD),
        (Evidence(timedelta(hours=1), has_mangled=True), TouchReason.MANGLED),
        (Evidence(timedelta(hours=1), has_other_choice=True), TouchReason.OTHER_CHOICE),
        (Evidence(timedelta(hours=1), has_footer=True), TouchReason.FOOTER),
    ],
)
def test_what_speaks_against_a_gesture(evidence: Evidence, reason: TouchReason | None) -> None:
    assert rules.doubt_of(evidence) is reason


@pytest.mark.parametrize("after", [-14, 14])
def test_another_box_within_the_quarter_withdraws_it(session: Session, asked: Asked, after: float) -> None:
    if after < 0:
        touch(asked, "3", after=after)
    leave(asked)
    if after > 0:
        touch(asked, "3", after=after)
    judge(15)
    assert states(session) == [AnswerState.WITHDRAWN]
    assert reasons(session) == [TouchReason.OTHER_CHOICE]
    assert facts(session) == []


def test_the_same_box_and_an_old_touch_do_not(session: Session, asked: Asked) -> None:
    touch(asked, "3", after=-16)
    touch(asked, "1", after=-1, source=PHONE)
    leave(asked)
    judge(15)
    assert states(session) == [AnswerState.PROVISIONAL]


@pytest.mark.parametrize("after", [-3000, 5])
def test_a_probe_withdraws_it_whenever_it_came(session: Session, asked: Asked, after: float) -> None:
    touch(asked, "1", after=min(after, 0), method=TouchMethod.HEAD)
    leave(asked)
    judge(15)
    assert states(session) == [AnswerState.WITHDRAWN]


@pytest.mark.parametrize("token", ["{}%27", "{}'", "{}x", "{:.16}"])
def test_a_mangled_probe_of_this_invitation_withdraws_it(session: Session, asked: Asked, token: str) -> None:
    at = moment(-2)
    page = actions.touch_and_read(
        token.format(asked.token), choice="1", method=TouchMethod.GET, source=SCANNER, now=at, machine_now=at
    )
    assert page is None
    assert leave(asked) is AnswerState.WITHDRAWN
    assert reasons(session) == [TouchReason.MANGLED]


def test_a_mangled_choice_is_a_probe_too(session: Session, asked: Asked) -> None:
    touch(asked, "1'", after=-2)
    assert leave(asked) is AnswerState.WITHDRAWN


def test_a_forged_probe_of_others_does_nothing(session: Session, asked: Asked) -> None:
    """Whoever guesses an id but not the seal puts no probe on the invitation."""
    forged = asked.token.partition("-")[0] + "-aaaaaaaaaaaaaaaaaaaaaaaaaa"
    at = moment(-2)
    actions.touch_and_read(forged, choice="1", method=TouchMethod.GET, source=SCANNER, now=at, machine_now=at)
    assert leave(asked) is AnswerState.PROVISIONAL


def test_too_soon_after_the_mail_is_a_filter(session: Session, asked: Asked) -> None:
    session.get_one(Invitation, asked.invitation_id).accepted_at = TUESDAY - timedelta(seconds=119)
    assert leave(asked) is AnswerState.WITHDRAWN
    assert reasons(session) == [TouchReason.TOO_EARLY]


def test_a_filter_range_answers_nothing(session: Session, asked: Asked) -> None:
    assert leave(asked, source=Source("eop", "Edge", is_filter=True)) is AnswerState.WITHDRAWN


def test_who_fetches_the_links_below_the_mail_is_a_filter(session: Session, asked: Asked) -> None:
    touch(asked, "1", after=-1, source=PHONE)
    for seconds, is_near in ((-75, False), (-65, True)):
        at = TUESDAY + timedelta(seconds=seconds)
        actions.note_footer_touch("unsubscribe", method=TouchMethod.GET, source=PHONE, now=at, machine_now=at)
        found = leave(asked, page=f"p{seconds}")
        assert found is (AnswerState.WITHDRAWN if is_near else AnswerState.PROVISIONAL)
        if not is_near:
            judge(0)


def test_a_source_that_opens_all_boxes_of_several_mails_is_a_filter(session: Session, asked: Asked) -> None:
    """Once the bursts are labelled; two are not enough, for they may be a curious colleague."""
    for number in range(3):
        other = invite_again(session, asked, f"B{number}")
        for choice in "123":
            touch(other, choice, after=-600)
        label_all_as_burst(session)
        expected = AnswerState.WITHDRAWN if number == 2 else AnswerState.PROVISIONAL
        assert leave(asked, page=f"p{number}", source=SCANNER) is expected
    assert reasons(session)[-1] is TouchReason.FILTER_SOURCE


def label_all_as_burst(session: Session) -> None:
    labels = {"label": TouchLabel.MACHINE, "reason": TouchReason.BURST}
    session.execute(update(Touch).where(Touch.method == TouchMethod.GET).values(labels))


def test_a_page_seen_for_less_than_three_seconds_says_nothing(session: Session, asked: Asked) -> None:
    assert leave(asked, seconds=2.9) is None
    assert states(session) == []
    assert reasons(session) == [TouchReason.TOO_FAST]
    assert leave(asked, seconds=3) is AnswerState.PROVISIONAL


def test_a_page_counts_once(session: Session, asked: Asked) -> None:
    leave(asked)
    assert leave(asked, after=1) is None
    assert len(states(session)) == 1


def test_confirming_later_makes_it_the_same_answer(session: Session, asked: Asked) -> None:
    leave(asked)
    judge(15)
    [guessed] = session.scalars(select(Answer.id))
    assert press(asked, UNHAPPY, after=60) is Confirmed.COUNTED
    [answer] = session.scalars(select(Answer))
    assert (answer.id, answer.state, answer.is_gesture) == (guessed, AnswerState.CONFIRMED, False)
    assert facts(session) == ["FollowUpNeeded", "SurveyAnswered", "FollowUpNeeded"]


def test_confirming_another_choice_replaces_it_and_takes_the_ticket_back(
    session: Session, asked: Asked
) -> None:
    leave(asked)
    judge(15)
    assert press(asked, HAPPY, after=60) is Confirmed.COUNTED
    assert states(session) == [AnswerState.SUPERSEDED, AnswerState.CONFIRMED]
    assert facts(session) == ["FollowUpNeeded", "AnswerReclassified", "SurveyAnswered"]


def test_who_has_answered_is_not_guessed_at(session: Session, asked: Asked) -> None:
    press(asked, HAPPY, after=0)
    assert leave(asked, after=1) is None
    assert reasons(session) == [TouchReason.ANSWERED]
    assert states(session) == [AnswerState.CONFIRMED]


def test_a_gesture_never_contradicts_a_button(session: Session, asked: Asked) -> None:
    leave(asked, UNHAPPY, page="p1")
    assert press(asked, HAPPY, after=0.5, page="p2") is Confirmed.COUNTED


def test_a_later_gesture_for_another_box_replaces_the_earlier_one(session: Session, asked: Asked) -> None:
    leave(asked, UNHAPPY, page="p1")
    judge(15)
    assert leave(asked, HAPPY, page="p2", after=60) is AnswerState.PROVISIONAL
    assert states(session) == [AnswerState.SUPERSEDED, AnswerState.PROVISIONAL]
    assert facts(session)[-1] == "AnswerReclassified"


def test_two_gestures_that_differ_are_no_answer(session: Session, asked: Asked) -> None:
    leave(asked, UNHAPPY, page="p1")
    assert leave(asked, HAPPY, page="p2", after=5) is AnswerState.WITHDRAWN
    judge(15)
    assert states(session) == [AnswerState.WITHDRAWN, AnswerState.WITHDRAWN]
    assert facts(session) == []
