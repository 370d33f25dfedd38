"""Results of plans with very many entries: counted each hour, shown from there, the same figures as the facts."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.errors import Invalid
from hub.customers.models import Customer
from hub.plans.models import Enrolment
from hub.plans.results import keeping
from hub.plans.results.gains import get_gains
from hub.plans.results.models import KeptResults
from hub.plans.results.queries import get_results
from hub.plans.results.rows import Ahead, Asked
from hub.plans.words import Arm
from tests.conftest import TUESDAY, HandClock
from tests.makers.plan_lives import Lives
from tests.makers.stores import make_chain, make_store

USUAL = Asked(
    since=TUESDAY - timedelta(days=364), until=TUESDAY + timedelta(days=1), now=TUESDAY, is_usual=True
)
OTHER = replace(USUAL, is_usual=False)


@pytest.fixture
def lives(session: Session, hand_clock: HandClock, monkeypatch: pytest.MonkeyPatch) -> Lives:
    """Two entries are many here."""
    monkeypatch.setattr(keeping, "KEPT_FROM", 1)
    monkeypatch.setattr(keeping, "LIVE_UP_TO", 2)
    make_chain(session)
    store = make_store(session)
    found = Lives(session)
    for arm in (Arm.TREATED, Arm.TREATED, Arm.CONTROL):
        who = found.person(preferred_store_id=store.id)
        passage = found.enter(who, arm)
        if arm is Arm.TREATED:
            found.send(passage)
        found.order(who, days=3, store_id=store.id)
    return found


def work() -> int:
    done = 0
    while keeping.work_results(lambda: None):
        done += 1
    return done


def test_the_kept_figures_are_those_of_the_facts(lives: Lives) -> None:
    opens_at = TUESDAY + timedelta(days=700)
    lives.enter(lives.person(), opens_at=opens_at, closes_at=opens_at + timedelta(days=90))
    facts = get_results("welcome_pack", USUAL)
    assert work() == 1
    assert not keeping.has_due()
    kept = get_results("welcome_pack", USUAL)
    assert (kept.computed_at, kept.ahead) == (TUESDAY, Ahead(1, opens_at))
    assert replace(kept, computed_at=None) == facts
    assert [line.arms.treated.heads for line in get_gains(USUAL).lines[:2]] == [0, 2]
    assert get_gains(USUAL).computed_at == TUESDAY


def test_an_hour_later_a_late_order_is_in(lives: Lives, hand_clock: HandClock) -> None:
    work()
    passage = lives.session.scalars(select(Enrolment).where(Enrolment.arm == Arm.TREATED).limit(1)).one()
    customer = lives.session.get_one(Customer, passage.customer_id)
    lives.order(customer, days=4, store_id=customer.preferred_store_id or 0)
    assert get_results("welcome_pack", USUAL).arms.treated.spent == 2 * 8_990
    assert work() == 0, "once an hour"
    hand_clock.move(hours=1)
    assert work() == 1
    assert get_results("welcome_pack", USUAL).arms.treated.spent == 3 * 8_990


def test_another_long_period_is_refused_a_short_one_is_read(lives: Lives) -> None:
    work()
    with pytest.raises(Invalid):
        get_results("welcome_pack", OTHER)
    with pytest.raises(Invalid):
        get_gains(OTHER)
    lately = replace(OTHER, since=TUESDAY - timedelta(days=2))
    assert get_results("welcome_pack", lately).funnel.entered == 0


def test_before_the_first_count_it_says_so(lives: Lives) -> None:
    keeping.find_large(now=TUESDAY)
    with pytest.raises(Invalid):
        get_results("welcome_pack", USUAL)
    assert keeping.has_due()


def test_a_plan_that_is_small_again_is_read_live(
    lives: Lives, hand_clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    work()
    monkeypatch.setattr(keeping, "KEPT_FROM", 1_000)
    hand_clock.move(hours=1)
    assert work() == 0
    assert lives.session.scalars(select(KeptResults)).all() == []
    assert get_results("welcome_pack", OTHER).computed_at is None
