"""The plans of the product in a chain's database: brought once, renewed while they are the product's own, never over an edited one."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.actor import SYSTEM
from hub.plans import delivering, publishing
from hub.plans.builtin import BUILTIN_PLANS, BuiltinPlan
from hub.plans.models import Enrolment, Plan, PlanVersion
from tests.conftest import TUESDAY
from tests.makers.loyalty import make_pool
from tests.plans.lives import Lives, orders

COUNT = len(BUILTIN_PLANS)


def versions(session: Session, key: str) -> list[tuple[int, dict[str, Any]]]:
    found = select(PlanVersion.number, PlanVersion.definition).join(Plan, Plan.id == PlanVersion.plan_id)
    return [
        (number, definition)
        for number, definition in session.execute(found.where(Plan.key == key).order_by(PlanVersion.number))
    ]


def next_product(monkeypatch: pytest.MonkeyPatch, key: str) -> BuiltinPlan:
    """The product of tomorrow: this plan waits a day longer."""
    changed = []
    for plan in BUILTIN_PLANS:
        mine = plan
        if plan.key == key:
            definition = {**plan.definition, "horizon_days": 45}
            mine = replace(plan, definition=definition, former=(*plan.former, plan.definition))
        changed.append(mine)
    monkeypatch.setattr(delivering, "BUILTIN_PLANS", tuple(changed))
    return next(plan for plan in changed if plan.key == key)


def test_who_wins_under_a_cap_and_who_has_a_control_group() -> None:
    """The default order of plans.md, the lower first, and a tenth in control but for what is owed or asked."""
    assert [(plan.key, plan.control_percent) for plan in BUILTIN_PLANS] == [
        ("order_messages", 0),
        ("post_purchase_survey", 0),
        ("abandoned_basket", 10),
        ("birthday", 10),
        ("welcome_pack", 10),
        ("churn_rescue", 10),
        ("anti_churn", 10),
        ("reactivation", 10),
        ("review_request", 10),
        ("replenishment", 10),
        ("cross_sell", 10),
        ("renewal", 10),
    ]
    assert len({plan.priority for plan in BUILTIN_PLANS}) == len(BUILTIN_PLANS)


def test_brought_twice_is_brought_once(session: Session) -> None:
    assert delivering.add_builtin_plans(now=TUESDAY) == COUNT
    assert delivering.add_builtin_plans(now=TUESDAY) == 0
    assert len(session.scalars(select(PlanVersion)).all()) == COUNT


def test_a_database_of_before_gets_the_plans_it_lacks(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr(delivering, "BUILTIN_PLANS", BUILTIN_PLANS[1:])
        delivering.add_builtin_plans(now=TUESDAY)
    assert delivering.add_builtin_plans(now=TUESDAY) == 1
    assert [number for number, _ in versions(session, BUILTIN_PLANS[0].key)] == [1]


def test_the_products_own_is_renewed_and_those_inside_stay_on_theirs(
    lives: Lives, monkeypatch: pytest.MonkeyPatch
) -> None:
    lives.of("welcome_pack")
    lives.live(("D0 10:00", orders("A1")), until="D0 11:00")
    entered = lives.session.scalars(select(Enrolment.version_id)).one()
    renewed = next_product(monkeypatch, "welcome_pack")
    assert delivering.add_builtin_plans(now=TUESDAY) == 1
    found = versions(lives.session, "welcome_pack")
    assert [number for number, _ in found] == [1, 2]
    assert found[1][1] == renewed.definition
    plan = lives.session.scalars(select(Plan).where(Plan.key == "welcome_pack")).one()
    assert plan.published_version_id != entered == lives.session.scalars(select(Enrolment.version_id)).one()
    assert plan.is_on, "whether it is on is the chain's own"


def test_what_the_chain_has_edited_is_left_alone(lives: Lives, monkeypatch: pytest.MonkeyPatch) -> None:
    make_pool("AAAA1")
    publishing.choose_pool(
        plan_key="welcome_pack", step_key="second_purchase", pool_key="bienvenue", by=SYSTEM, now=TUESDAY
    )
    next_product(monkeypatch, "welcome_pack")
    assert delivering.add_builtin_plans(now=TUESDAY) == 0
    assert [number for number, _ in versions(lives.session, "welcome_pack")] == [1, 2]
