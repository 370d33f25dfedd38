"""One passage that cannot go on: the others do, nothing twice; it waits, says why, and goes on when that is mended."""

from datetime import timedelta

from sqlalchemy import func, select

from hub.core.actor import SYSTEM
from hub.outbox.models import OutboundMessage
from hub.plans import engine
from hub.plans.actions import enrol
from hub.plans.inside import list_inside
from hub.plans.models import Enrolment, Plan, StepRun
from hub.plans.moving.actions import ask_move
from hub.plans.moving.working import work_moves
from hub.plans.queries import get_plan, get_plan_id, list_customer_enrolments
from hub.plans.words import EnrolmentState, StepOutcome, Wait
from tests.makers.customers import make_customer
from tests.plans.lives import Lives

HELLO = {"key": "hello", "kind": "send", "template": "welcome_prospect", "purpose": "promotion"}
LATER = {**HELLO, "key": "later", "delay": {"days": 9}}


def letters(lives: Lives) -> int:
    return lives.session.scalar(select(func.count()).select_from(OutboundMessage)) or 0


def enter_five(lives: Lives) -> list[Enrolment]:
    lives.of("mine", {"format": 2, "entry": {"on": "by_hand"}, "steps": [HELLO, LATER]})
    others = [
        make_customer(lives.session, mail=f"c{number}@client.example", phone=None) for number in range(4)
    ]
    for number, person in enumerate([lives.customer, *others]):
        enrol(
            plan_key="mine", customer_id=person.id, entry_key="hand:1",
            anchor_at=lives.clock.now - timedelta(minutes=9 - number), values={}, now=lives.clock.now,
        )  # fmt: skip
    return list(lives.session.scalars(select(Enrolment).order_by(Enrolment.id)))


def test_one_that_fails_is_put_off_and_the_others_go_on(lives: Lives) -> None:
    rows = enter_five(lives)
    gone, unreadable = rows[1], rows[3]
    gone.step_key = "gone"
    unreadable.values = {"planned_at": "soon"}
    lives.session.commit()
    began_at = lives.clock.now
    assert engine.work_plans(lambda: None) == 5
    lives.session.expire_all()
    assert letters(lives) == 3
    assert [row.step_key for row in rows] == ["later", "gone", "later", "hello", "later"]
    for row in (gone, unreadable):
        assert (row.state, row.wait_reason) == (EnrolmentState.WAITING, Wait.FAILED)
        assert row.due_at == began_at + timedelta(minutes=15)
        assert row.values["failed"]["count"] == 1
    assert "soon" in list_customer_enrolments(unreadable.customer_id)[0].failure
    shown = {row.enrolment_id: row for row in list_inside(get_plan_id("mine")).rows}
    assert len(shown) == 5, "who stands where no step is any more is shown as well"
    assert (shown[gone.id].step, shown[gone.id].step_key) == (None, "gone")
    assert get_plan("mine").failed_count == 2
    assert engine.work_plans(lambda: None) == 0, "neither comes again before its time"

    unreadable.values = {**unreadable.values, "planned_at": began_at.isoformat()}
    lives.session.commit()
    lives.clock.move(minutes=15)
    assert engine.work_plans(lambda: None) == 2
    lives.session.expire_all()
    assert letters(lives) == 4
    assert (unreadable.step_key, unreadable.wait_reason) == ("later", None)
    assert "failed" not in unreadable.values
    assert gone.due_at == lives.clock.now + timedelta(hours=1), "each wait is longer than the one before"
    posted = select(func.count()).where(StepRun.outcome == StepOutcome.POSTED)
    assert lives.session.scalar(posted) == 4


def test_who_stands_nowhere_is_brought_to_a_step_by_a_move(lives: Lives) -> None:
    """The way out for a person: another version that has the step."""
    row = enter_five(lives)[0]
    row.step_key = "gone"
    lives.session.commit()
    lives.of(
        "mine",
        {"format": 2, "entry": {"on": "by_hand"}, "steps": [HELLO, {**LATER, "key": "gone"}]},
        number=3,
    )
    plan = lives.session.scalars(select(Plan).where(Plan.key == "mine")).one()
    assert plan.published_version_id is not None
    ask_move(plan_id=plan.id, version_id=plan.published_version_id, by=SYSTEM, now=lives.clock.now)
    lives.session.commit()
    assert work_moves(lambda: None) == 5
    lives.session.expire_all()
    step = list_inside(get_plan_id("mine")).rows[-1].step
    assert step is not None
    assert (row.step_key, step.key) == ("gone", "gone")
