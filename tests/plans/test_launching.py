"""Publishing: what stops it, what it leaves alone, and people moved on real rows while the engine works."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.content.models import TemplateVersion
from hub.content.words import TemplateState
from hub.core.actor import SYSTEM
from hub.core.db import transaction
from hub.core.errors import Conflict, Invalid
from hub.core.words import Language
from hub.plans import engine
from hub.plans.checking.findings import Fault, Finding
from hub.plans.drafts.actions import change_draft, start_draft
from hub.plans.drafts.documents import as_document
from hub.plans.drafts.queries import get_draft
from hub.plans.launching import launch, move_all, review
from hub.plans.models import Enrolment, Plan, PlanVersion, StepRun
from hub.plans.moving.actions import move_some
from hub.plans.moving.models import PlanMove
from hub.plans.moving.queries import count_elsewhere, find_last_move, list_standing
from hub.plans.moving.working import has_due, work_moves
from hub.plans.words import EnrolmentState, ExitReason, StepOutcome
from tests.conftest import TUESDAY
from tests.plans.checking.world import plan, send
from tests.plans.lives import Lives, enters

KEY = "of_ours"
WELCOME = {"template": "welcome_prospect"}


def ours(*steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    return plan(*(WELCOME | {k: v for k, v in step.items() if v != "offer"} for step in steps), **more)


OLD = ours(send("a"), send("b", days=4), send("c", days=8))


def draft(definition: dict[str, Any]) -> str:
    """Begin a draft and write this into it; returns what was seen of it."""
    start_draft(plan_key=KEY, by=SYSTEM, now=TUESDAY)
    view = get_draft(KEY)
    return change_draft(
        version_id=view.version_id, definition=as_document(definition), seen=view.seen, by=SYSTEM, now=TUESDAY
    )


def publish(definition: dict[str, Any], *, is_moving: bool = False, now: Any = TUESDAY) -> int:
    seen = draft(definition)
    return launch(plan_key=KEY, seen=seen, is_moving=is_moving, by=SYSTEM, now=now).moving_count


def move_on() -> int:
    count = 0
    while has_due():
        count += work_moves(lambda: None)
    return count


def enrolment(session: Session) -> Enrolment:
    session.expire_all()
    return session.scalars(select(Enrolment)).one()


def test_every_plan_of_the_product_can_be_published_as_it_is(lives: Lives) -> None:
    """Whoever opens a draft and changes nothing must not be stopped by what we delivered, but for codes that a chain brings."""
    stopped = {}
    for row in lives.session.scalars(select(Plan)):
        start_draft(plan_key=row.key, by=SYSTEM, now=TUESDAY)
        found = review(row.key, get_draft(row.key).loose.definition, now=TUESDAY)
        faults = [each for each in found if each.severity.value == "blocks" and not _is_a_code(each)]
        if faults:
            stopped[row.key] = faults
    assert stopped == {}


def _is_a_code(found: Finding) -> bool:
    return found.fault is Fault.NO_POOL or str(found.values.get("name", "")).startswith("promo_")


def test_a_draft_with_a_fault_is_not_published(lives: Lives) -> None:
    lives.of(KEY, OLD)
    lives.session.execute(
        update(TemplateVersion)
        .where(TemplateVersion.language == Language.ENGLISH)
        .values(state=TemplateState.RETIRED)
    )
    lives.customer.language = Language.ENGLISH
    seen = draft(OLD)
    found = review(KEY, get_draft(KEY).loose.definition, now=TUESDAY)
    assert {each.fault for each in found} == {Fault.NO_TRANSLATION, Fault.NO_CONTROL}
    with pytest.raises(Invalid, match="cannot be published yet"):
        launch(plan_key=KEY, seen=seen, is_moving=False, by=SYSTEM, now=TUESDAY)


def test_what_another_wrote_meanwhile_is_not_published(lives: Lives) -> None:
    lives.of(KEY, OLD)
    draft(OLD)
    with pytest.raises(Conflict):
        launch(plan_key=KEY, seen="older", is_moving=False, by=SYSTEM, now=TUESDAY)


def test_those_inside_stay_unless_they_are_moved(lives: Lives) -> None:
    lives.of(KEY, OLD)
    lives.enter(KEY)
    lives.work()
    before = enrolment(lives.session).version_id
    assert publish(ours(send("a"), send("c", days=8))) == 0
    assert not has_due()
    assert (enrolment(lives.session).version_id, enrolment(lives.session).step_key) == (before, "b")
    assert [(each.step_key, each.count) for each in list_standing(enrolment(lives.session).plan_id)] == [
        ("b", 1)
    ]


def test_moved_people_go_on_in_the_new_version(lives: Lives) -> None:
    """She has had a; b is gone, so c of D+6 is next; what has run does not leave again although it stands at the end."""
    lives.of(KEY, OLD)
    lived = lives.live(("D0 10:00", enters(KEY)), until="D+1")
    assert lived.messages == ["2026-03-03 10:00 welcome_prospect"]
    assert publish(ours(send("c", days=6), send("a", days=9)), is_moving=True, now=lives.clock.now) == 1
    assert move_on() == 1
    moved = enrolment(lives.session)
    assert (moved.step_key, moved.values["ran"]) == ("c", ["a"])
    lived = lives.live(until="D+20")
    assert lived.messages == ["2026-03-03 10:00 welcome_prospect", "2026-03-09 10:00 welcome_prospect"]
    assert lived.steps == ["a posted", "c posted"]
    assert lived.exits == ["completed"]


def test_a_step_in_the_past_is_passed_by(lives: Lives) -> None:
    lives.of(KEY, OLD)
    lives.live(("D0 10:00", enters(KEY)), until="D+5")
    new = ours(send("a"), send("b", days=4), send("c", days=3), send("d", days=10))
    publish(new, is_moving=True, now=lives.clock.now)
    move_on()
    lived = lives.live(until="D+20")
    assert [line[:10] for line in lived.messages] == ["2026-03-03", "2026-03-07", "2026-03-13"]
    assert lived.steps == ["a posted", "b posted", "c expired too_late", "d posted"]


def test_nothing_left_ends_the_passage_and_the_move_says_so(lives: Lives) -> None:
    lives.of(KEY, OLD)
    lives.live(("D0 10:00", enters(KEY)), until="D+5")
    publish(ours(send("a"), send("b", days=4)), is_moving=True, now=lives.clock.now)
    move_on()
    row = enrolment(lives.session)
    assert (row.state, row.exit_reason) == (EnrolmentState.ENDED, ExitReason.COMPLETED)
    last = find_last_move(row.plan_id)
    assert last is not None
    assert (last.number, last.moved_count, last.ended_count, last.left_count) == (3, 0, 1, 0)
    assert last.finished_at is not None


def test_they_can_be_moved_later(lives: Lives) -> None:
    lives.of(KEY, OLD)
    lives.enter(KEY)
    lives.work()
    publish(ours(send("a"), send("b", days=6)))
    assert move_all(plan_key=KEY, by=SYSTEM, now=TUESDAY) == 1
    assert move_all(plan_key=KEY, by=SYSTEM, now=TUESDAY) == 1  # said twice: one move
    assert len(lives.session.scalars(select(PlanMove)).all()) == 1
    move_on()
    row = enrolment(lives.session)
    assert (row.step_key, row.due_at) == ("b", TUESDAY + timedelta(days=6))
    assert count_elsewhere(row.plan_id, row.version_id) == 0


def test_a_move_is_overtaken_by_the_next_version(lives: Lives) -> None:
    lives.of(KEY, OLD)
    lives.enter(KEY)
    lives.work()
    publish(ours(send("a"), send("b", days=6)), is_moving=True)
    publish(ours(send("a"), send("b", days=7)), is_moving=True)
    move_on()
    row = enrolment(lives.session)
    version = lives.session.get_one(PlanVersion, row.version_id)
    assert (version.number, row.due_at) == (4, TUESDAY + timedelta(days=7))


def test_a_batch_that_is_cut_off_leaves_nothing_half_done(lives: Lives, session: Session) -> None:
    lives.of(KEY, OLD)
    lives.enter(KEY)
    lives.work()
    publish(ours(send("a"), send("b", days=6)), is_moving=True)
    before = enrolment(session).version_id
    with transaction():  # what follows is taken back as far as here
        pass
    with pytest.raises(RuntimeError):
        _move_and_break_down(session)
    assert enrolment(session).version_id == before
    assert move_on() == 1
    assert engine.work_plans(lambda: None) == 0
    runs = session.execute(select(StepRun.step_key, StepRun.outcome)).all()
    assert [tuple(run) for run in runs] == [("a", StepOutcome.POSTED)]


def _move_and_break_down(session: Session) -> None:
    with transaction():
        assert move_some(session.scalars(select(PlanMove)).one(), now=TUESDAY) == 1
        raise RuntimeError
