"""Engine workers run at once: what one of them does not see yet, another must not do as well."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from hub.content.actions import publish_builtin_templates
from hub.core.actor import SYSTEM
from hub.core.db import db, transaction
from hub.customers.properties import save_property
from hub.customers.property_words import PropertyKind
from hub.outbox.models import OutboundMessage
from hub.plans import actions, effects, engine
from hub.plans.builtin import POST_PURCHASE_SURVEY
from hub.plans.models import Enrolment
from hub.plans.words import ExitReason
from hub.surveys.actions import add_builtin_survey
from hub.surveys.models import Invitation
from tests.conftest import TUESDAY, HandClock
from tests.makers.customers import make_customer
from tests.makers.orders import make_order
from tests.makers.stores import make_chain, make_store
from tests.makers.sweeping import sweep
from tests.plans.lives import Lives

CUSTOMERS = 40


@pytest.fixture
def two_orders_each(app: Flask, hand_clock: HandClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """Everybody has two orders, so that all first orders are one batch and all second orders the next one.

    Without the savepoint: threads with connections of their own really commit; swept afterwards.
    """
    monkeypatch.setattr(engine, "BATCH", CUSTOMERS)
    with app.app_context(), transaction() as session:
        make_chain(session)
        store = make_store(session)
        publish_builtin_templates(now=TUESDAY)
        add_builtin_survey(now=TUESDAY)
        actions.add_builtin_plans(now=TUESDAY)
        for number in range(CUSTOMERS):
            customer = make_customer(session, mail=f"dora{number}@client.example", phone=None)
            for place in range(2):
                order = make_order(
                    session, customer_id=customer.id, store_id=store.id, external_id=f"A{number}-{place}"
                )
                actions.enrol(
                    plan_key=POST_PURCHASE_SURVEY, customer_id=customer.id, entry_key=f"order:{order.id}",
                    anchor_at=TUESDAY + timedelta(hours=place), values={"order_id": order.id}, now=TUESDAY,
                )  # fmt: skip
    hand_clock.move(days=8)
    yield app
    with app.app_context():
        sweep()


def test_two_workers_ask_nobody_twice(two_orders_each: Flask) -> None:
    """The rule of 30 days is looked at before either worker commits: they take turns at each customer."""
    start = Barrier(2)

    def work(_number: int) -> int:
        with two_orders_each.app_context():
            start.wait()
            return engine.work_plans(lambda: None)

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(work, range(2)))
    with two_orders_each.app_context():
        asked = db.session.scalars(
            select(func.count()).select_from(Invitation).group_by(Invitation.customer_id)
        ).all()
        reasons = db.session.scalars(
            select(Enrolment.exit_reason).where(Enrolment.exit_reason.is_not(None))
        ).all()
        messages = db.session.scalar(select(func.count()).select_from(OutboundMessage))
        db.session.remove()
    assert done == [CUSTOMERS, CUSTOMERS], "each worker had a batch of its own"
    assert asked == [1] * CUSTOMERS
    assert messages == CUSTOMERS
    assert reasons == [ExitReason.ASKED_RECENTLY] * CUSTOMERS


def _tagging(*values: str) -> dict[str, Any]:
    """Steps that write so many values down, one after the other."""
    steps = [
        {"key": value, "kind": "property", "property": "plan_colour", "value": value} for value in values
    ]
    return {"format": 2, "entry": {"on": "by_hand"}, "steps": steps}


@pytest.fixture
def crossing(app: Flask, hand_clock: HandClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """Two batches: one writes Dora's value and then Emil's, the other one Emil's and then Dora's."""
    monkeypatch.setattr(engine, "BATCH", 2)
    with app.app_context(), transaction() as session:
        lives = Lives.begin(session, hand_clock)
        save_property(
            key="plan_colour", family="plan", kind=PropertyKind.TEXT, label="Colour", description="Colour",
            is_new=True, by=SYSTEM, now=TUESDAY,
        )  # fmt: skip
        pair = [
            make_customer(session, mail=f"c{number}@client.example", phone=None).id for number in range(2)
        ]
        for place, plan_key in enumerate(("one", "two")):
            lives.of(plan_key, _tagging("a", "b"))
            for minute, (customer_id, step) in enumerate(zip((pair, pair[::-1])[place], "ab", strict=True)):
                made = actions.enrol(
                    plan_key=plan_key, customer_id=customer_id, entry_key="hand:1", anchor_at=TUESDAY,
                    values={}, now=TUESDAY,
                )  # fmt: skip
                row = session.get_one(Enrolment, made)
                row.step_key, row.due_at = step, TUESDAY - timedelta(minutes=10 - place * 5 - minute)
    yield app
    with app.app_context():
        sweep()


def test_batches_that_write_the_same_customers_never_wait_for_each_other_in_a_ring(
    crossing: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each stands still after its first value for as long as the other one needs to write its own."""
    meet = Barrier(2)
    give = effects.give_property

    def give_and_wait(*args: Any, **kwargs: Any) -> int:
        count = give(*args, **kwargs)
        with suppress(BrokenBarrierError):
            meet.wait(timeout=0.5)
        return count

    monkeypatch.setattr(effects, "give_property", give_and_wait)

    def work(_number: int) -> int:
        with crossing.app_context():
            return engine.work_plans(lambda: None)

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(work, range(2))) == [2, 2]
