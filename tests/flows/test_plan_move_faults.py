"""People moved to another version while steps fall due, under kill -9: everybody arrives once, every step runs once."""

import os
import random
import time
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from hub.content.actions import publish_builtin_templates
from hub.core import clock
from hub.core.actor import SYSTEM
from hub.core.db import transaction
from hub.outbox.models import OutboundMessage
from hub.plans import engine
from hub.plans.entering import Newcomer, enter_many
from hub.plans.models import Enrolment, Plan, PlanVersion, StepRun
from hub.plans.moving.actions import ask_move
from hub.plans.moving.queries import count_elsewhere, find_last_move
from hub.plans.moving.working import work_moves
from hub.plans.words import VersionState
from hub.surveys.actions import add_builtin_survey
from tests.conftest import TUESDAY
from tests.flows import plan_move_worker
from tests.flows.conftest import House
from tests.flows.nursery import start
from tests.makers.customers import make_customer
from tests.makers.stores import make_chain, make_store
from tests.plans.checking.world import plan, send

pytestmark = pytest.mark.faults
COUNT = 5_000 if os.environ.get("LARGE") else 120
BATCH = 200 if os.environ.get("LARGE") else 10
KILLS = 10 if os.environ.get("LARGE") else 2
KEY = "of_ours"
LETTER = {"template": "welcome_prospect"}
OLD = plan(send("a") | LETTER, send("b", days=2) | LETTER, send("c", days=4) | LETTER)
NEW = plan(send("c", days=3) | LETTER, send("a", days=5) | LETTER, send("d", days=6) | LETTER)


def fill(house: House) -> tuple[int, int]:
    """Everybody has had the first message; half of them are due for the second one just now. Returns plan and new version."""
    session = house.session
    make_chain(session)
    store = make_store(session)
    publish_builtin_templates(now=TUESDAY)
    add_builtin_survey(now=TUESDAY)
    row = Plan(
        key=KEY, name_fr=KEY, name_en=KEY, priority=5, control_percent=0, is_on=True, created_at=TUESDAY
    )
    session.add(row)
    session.flush()
    versions = [_version(row.id, number, data) for number, data in ((1, OLD), (2, NEW))]
    session.add_all(versions)
    session.flush()
    row.published_version_id = versions[0].id
    people = [
        make_customer(session, mail=f"d{number}@client.example", phone=None, preferred_store_id=store.id)
        for number in range(COUNT)
    ]
    newcomers = [
        Newcomer(customer_id=each.id, entry_key="hand:1", anchor_at=TUESDAY - timedelta(days=place % 2))
        for place, each in enumerate(people)
    ]
    house.commit()
    with transaction():
        assert len(enter_many(KEY, newcomers, now=TUESDAY)) == COUNT
    while engine.work_plans(lambda: None):
        pass
    row.published_version_id = versions[1].id
    house.commit()
    return row.id, versions[1].id


def _version(plan_id: int, number: int, data: dict[str, object]) -> PlanVersion:
    return PlanVersion(
        plan_id=plan_id, number=number, state=VersionState.PUBLISHED, definition=data,
        created_at=TUESDAY, published_at=TUESDAY,
    )  # fmt: skip


def test_killed_while_people_are_moved(house: House) -> None:
    dice = random.Random(53)
    plan_id, version_id = fill(house)
    house.move_clock(TUESDAY + timedelta(days=1, minutes=1))
    with transaction():
        ask_move(plan_id=plan_id, version_id=version_id, by=SYSTEM, now=clock.business_now())
    for turn in range(KILLS):
        house.forget()
        before = count_elsewhere(plan_id, version_id)
        worker = start(plan_move_worker.main, house.environ | {"batch": str(BATCH)})
        while worker.poll() is None and count_elsewhere(plan_id, version_id) > before - 2 * BATCH > 0:
            house.forget()
            time.sleep(0.002)
        time.sleep(dice.random() / 100)
        worker.kill()
        assert turn or count_elsewhere(plan_id, version_id) > 0, "killed too late to tell anything"
    house.forget()
    while work_moves(lambda: None) + engine.work_plans(lambda: None):
        pass
    check(house, plan_id, version_id)


def check(house: House, plan_id: int, version_id: int) -> None:
    last = find_last_move(plan_id)
    assert last is not None
    assert last.finished_at is not None
    assert last.moved_count + last.ended_count == COUNT
    assert count_elsewhere(plan_id, version_id) == 0
    for days in (3, 5, 7, 9):
        house.move_clock(TUESDAY + timedelta(days=days))
        while engine.work_plans(lambda: None):
            pass
    house.forget()
    runs = dict(
        house.session.execute(select(StepRun.step_key, func.count()).group_by(StepRun.step_key)).all()
    )
    assert runs["a"] == runs["c"] == runs["d"] == COUNT
    assert "b" not in runs or runs["b"] <= COUNT // 2
    keys = house.session.scalars(select(OutboundMessage.key)).all()
    assert len(set(keys)) == len(keys) == sum(runs.values())
    waiting = select(func.count()).where(Enrolment.plan_id == plan_id, Enrolment.due_at.is_not(None))
    assert house.session.scalar(waiting) == 0
