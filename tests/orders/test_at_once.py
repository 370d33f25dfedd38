"""Shops repeat themselves and post in parallel: one order, each fact once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from hub.core.db import db, transaction
from hub.core.facts import FactRow
from hub.customers.models import Customer
from hub.orders.actions import take_in
from hub.orders.models import Order
from hub.orders.words import EventOutcome
from tests.conftest import TUESDAY
from tests.makers.orders import an_event
from tests.makers.stores import make_chain, make_store
from tests.makers.sweeping import sweep


@pytest.fixture
def open_house(app: Flask) -> Iterator[Flask]:
    """Without the savepoint: threads with connections of their own really commit; swept afterwards."""
    with app.app_context(), transaction() as session:
        make_chain(session)
        make_store(session)
    yield app
    with app.app_context():
        sweep()


def post_at_once(house: Flask, events: list[dict[str, Any]]) -> list[EventOutcome]:
    start = Barrier(len(events))

    def post(event: dict[str, Any]) -> EventOutcome:
        with house.app_context(), transaction():
            start.wait()
            return take_in(event, source="shop", now=TUESDAY).outcome

    with ThreadPoolExecutor(len(events)) as pool:
        return list(pool.map(post, events))


def count_facts(kind: str) -> int:
    return db.session.scalar(select(func.count()).where(FactRow.kind == kind)) or 0


def test_the_same_event_posted_at_once_is_taken_once(open_house: Flask) -> None:
    outcomes = post_at_once(open_house, [an_event() for _ in range(5)])
    assert sorted(outcomes) == [EventOutcome.TAKEN, *[EventOutcome.UNCHANGED] * 4]
    with open_house.app_context():
        assert count_facts("OrderPlaced") == count_facts("OrderDelivered") == 1
        db.session.remove()


def test_orders_of_one_new_customer_at_once_have_one_first(open_house: Flask) -> None:
    outcomes = post_at_once(open_house, [an_event(external_id=f"A{number}") for number in range(5)])
    assert set(outcomes) == {EventOutcome.TAKEN}
    with open_house.app_context():
        assert db.session.scalar(select(func.count()).select_from(Customer)) == 1
        assert db.session.scalar(select(func.count()).select_from(Order)) == 5
        assert count_facts("CustomerFirstOrdered") == 1
        db.session.remove()
