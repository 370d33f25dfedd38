"""The hand of the staff on the log: answers, facts and audit follow; an older genuine answer counts again."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.actor import Actor
from hub.core.audit import AuditEntry
from hub.core.errors import Invalid, NotFound
from hub.core.facts import FactRow
from hub.surveys import actions, gestures, rules
from hub.surveys.models import Answer, Invitation, Touch
from hub.surveys.rules import Confirmation, KeptAnswer, Source
from hub.surveys.words import AnswerState, Choice, InvitationState, TouchLabel, TouchMethod
from tests.conftest import TUESDAY
from tests.makers.inbox import actor_of
from tests.makers.staff import make_agent
from tests.makers.surveys import make_invitation

HAPPY, FINE, UNHAPPY = Choice.VERY_SATISFIED, Choice.SATISFIED, Choice.NOT_SATISFIED
S = AnswerState


class Scene:
    """One invitation whose log a colleague reads."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.asked = make_invitation(session)
        self.by: Actor = actor_of(make_agent(session))
        self.row = session.get_one(Invitation, self.asked.invitation_id)
        self.row.accepted_at = TUESDAY - timedelta(hours=1)

    def press(self, choice: Choice, *, after: float, page: str) -> int:
        """Minutes after Tuesday 10:00. Returns the line of the log."""
        at = TUESDAY + timedelta(minutes=after)
        sent = Confirmation(choice, page, at - timedelta(seconds=5), at)
        source = Source(f"s-{page}", "Firefox")
        actions.confirm_answer(
            token=self.asked.token, confirmation=sent, source=source, now=at, least_seconds=1
        )
        return self.last_touch()

    def leave(self, choice: Choice, *, after: float) -> int:
        at = TUESDAY + timedelta(minutes=after)
        sent = Confirmation(choice, "g", at - timedelta(seconds=5), at)
        actions.note_intent(token=self.asked.token, confirmation=sent, source=Source("phone"), now=at)
        return self.last_touch()

    def last_touch(self) -> int:
        return self.session.scalars(select(Touch.id).order_by(Touch.id.desc())).first() or 0

    def switch(self, touch_id: int, label: TouchLabel) -> None:
        now = TUESDAY + timedelta(days=1)
        actions.switch_touch(touch_id=touch_id, label=label, by=self.by, now=now)

    def states(self) -> list[AnswerState]:
        self.session.expire_all()
        return list(self.session.scalars(select(Answer.state).order_by(Answer.id)))

    def facts(self) -> list[str]:
        return list(self.session.scalars(select(FactRow.kind).order_by(FactRow.id)))


@pytest.fixture
def scene(session: Session) -> Scene:
    return Scene(session)


def test_a_machine_s_answer_is_withdrawn_and_counts_again(scene: Scene) -> None:
    line = scene.press(UNHAPPY, after=0, page="p1")
    scene.switch(line, TouchLabel.MACHINE)
    assert scene.states() == [S.WITHDRAWN]
    assert scene.row.state is InvitationState.OPEN
    assert scene.facts() == ["SurveyAnswered", "FollowUpNeeded", "AnswerReclassified", "AnswersContradicted"]
    reclassified = scene.session.scalars(
        select(FactRow.data).where(FactRow.kind == "AnswerReclassified")
    ).one()
    assert (reclassified["reason"], reclassified["agent_id"]) == ("staff", scene.by.agent_id)
    scene.switch(line, TouchLabel.HUMAN)
    assert scene.states() == [S.CONFIRMED]
    assert scene.row.state is InvitationState.ANSWERED
    assert scene.facts()[4:] == ["SurveyAnswered", "FollowUpNeeded"]


def test_each_switch_is_in_the_audit_trail_once(scene: Scene) -> None:
    line = scene.press(HAPPY, after=0, page="p1")
    for _ in range(2):
        scene.switch(line, TouchLabel.MACHINE)
    entry = scene.session.scalars(select(AuditEntry).where(AuditEntry.action == "touch.switched")).one()
    assert (entry.subject_kind, entry.subject_id, entry.agent_id) == ("touch", line, scene.by.agent_id)
    assert (entry.data["label"], entry.data["before"]) == ("machine", "human")


def test_the_older_genuine_answer_counts_again(scene: Scene) -> None:
    scene.press(UNHAPPY, after=0, page="p1")
    line = scene.press(HAPPY, after=5, page="p2")
    assert scene.states() == [S.SUPERSEDED, S.CONFIRMED]
    scene.switch(line, TouchLabel.MACHINE)
    assert scene.states() == [S.CONFIRMED, S.WITHDRAWN]
    assert scene.facts()[-2:] == ["SurveyAnswered", "FollowUpNeeded"]


def test_of_two_that_contradict_the_genuine_one_counts(scene: Scene) -> None:
    scene.press(UNHAPPY, after=0, page="p1")
    line = scene.press(HAPPY, after=0.5, page="p2")
    assert scene.states() == [S.CONTRADICTED, S.CONTRADICTED]
    scene.switch(line, TouchLabel.MACHINE)
    assert scene.states()[0] is S.CONFIRMED
    scene.switch(line, TouchLabel.HUMAN)
    assert scene.states()[1] is S.CONFIRMED, "a colleague vouches for it"


def test_an_answer_pressed_twice_stands_while_one_press_is_genuine(scene: Scene) -> None:
    first = scene.press(HAPPY, after=0, page="p1")
    second = scene.press(HAPPY, after=5, page="p2")
    scene.switch(second, TouchLabel.MACHINE)
    assert S.CONFIRMED in scene.states()
    scene.switch(first, TouchLabel.MACHINE)
    assert S.CONFIRMED not in scene.states()


def test_a_gesture_is_withdrawn_and_restored(scene: Scene) -> None:
    line = scene.leave(UNHAPPY, after=0)
    gestures.judge_provisional(now=TUESDAY + timedelta(minutes=15))
    scene.switch(line, TouchLabel.MACHINE)
    assert scene.states() == [S.WITHDRAWN]
    assert scene.facts() == ["FollowUpNeeded", "AnswerReclassified"]
    scene.switch(line, TouchLabel.HUMAN)
    assert scene.states() == [S.PROVISIONAL]
    assert scene.facts()[-1] == "FollowUpNeeded"


def test_a_doubted_gesture_may_be_vouched_for(scene: Scene) -> None:
    scene.row.accepted_at = TUESDAY
    line = scene.leave(UNHAPPY, after=1)
    assert scene.states() == [S.WITHDRAWN]
    scene.switch(line, TouchLabel.HUMAN)
    assert scene.states() == [S.PROVISIONAL]
    gestures.judge_provisional(now=TUESDAY + timedelta(minutes=30))
    assert scene.states() == [S.PROVISIONAL], "and is not judged again"


def test_a_gesture_switched_while_it_waits_is_not_judged(scene: Scene) -> None:
    line = scene.leave(UNHAPPY, after=0)
    scene.switch(line, TouchLabel.MACHINE)
    gestures.judge_provisional(now=TUESDAY + timedelta(minutes=15))
    assert scene.states() == [S.WITHDRAWN]
    assert "FollowUpNeeded" not in scene.facts()


def test_looking_changes_its_label_and_nothing_else(scene: Scene) -> None:
    scene.press(UNHAPPY, after=0, page="p1")
    at = TUESDAY
    actions.touch_and_read(
        scene.asked.token, choice="3", method=TouchMethod.GET, source=Source("x"), now=at, machine_now=at
    )
    scene.switch(scene.last_touch(), TouchLabel.HUMAN)
    assert scene.states() == [S.CONFIRMED]


def test_what_cannot_be_switched(scene: Scene) -> None:
    at = TUESDAY
    actions.note_footer_touch(
        "unsubscribe", method=TouchMethod.GET, source=Source("x"), now=at, machine_now=at
    )
    with pytest.raises(Invalid):
        scene.switch(scene.last_touch(), TouchLabel.HUMAN)
    with pytest.raises(NotFound):
        scene.switch(2**40, TouchLabel.HUMAN)
    line = scene.press(HAPPY, after=0, page="p1")
    with pytest.raises(Invalid):
        scene.switch(line, TouchLabel.MANGLED)


def test_which_confirmation_counts() -> None:
    def kept(
        number: int, choice: Choice, after: float, state: AnswerState, *, is_genuine: bool = True
    ) -> KeptAnswer:
        at = TUESDAY + timedelta(seconds=after)
        return KeptAnswer(number, choice, f"p{number}", at, state, is_genuine)

    first, last = kept(1, HAPPY, 0, S.SUPERSEDED), kept(2, FINE, 90, S.CONFIRMED)
    assert rules.choose_counting([last, first]) == 2
    assert rules.choose_counting([first, kept(2, FINE, 90, S.CONFIRMED, is_genuine=False)]) == 1
    pair = [kept(3, HAPPY, 0, S.CONTRADICTED), kept(4, UNHAPPY, 60, S.CONTRADICTED)]
    assert rules.choose_counting(pair) is None
    assert rules.choose_counting([]) is None
