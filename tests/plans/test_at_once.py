"""Engine workers run at once: what one of them does not see yet, another must not do as well."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select

from hub.content.actions import publish_builtin_templates
from hub.core.db import db, transaction
from hub.outbox.models import OutboundMessage
from hub.plans import actions, engine
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
