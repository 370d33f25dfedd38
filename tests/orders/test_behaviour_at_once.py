"""Shops repeat themselves, lose answers and post in parallel: one basket, each visit once, no order overlooked."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from hub.core.db import db, transaction
from hub.customers.models import Customer
from hub.orders.actions import take_in
from hub.orders.behaviour.baskets import take_basket
from hub.orders.behaviour.linking import forget_visitor, link_visitors
from hub.orders.behaviour.models import Basket, Visit
from hub.orders.behaviour.visits import take_visits
from hub.orders.behaviour.words import BasketState
from hub.orders.words import EventOutcome
from tests.conftest import TUESDAY
from tests.makers.customers import make_customer
from tests.makers.orders import an_event
from tests.makers.stores import make_chain, make_store
from tests.makers.sweeping import sweep

VISITOR = "v" * 22
BASKET = {
    "external_id": "B-1",
    "customer": {"email": "dora@client.example"},
    "visitor_id": VISITOR,
    "updated_at": (TUESDAY - timedelta(hours=1)).isoformat(),
    "lines": [{"sku": "LAMPE-01", "quantity": 1, "unit_price_cents": 3990}],
}
VISITS = [
    {"visitor_id": VISITOR, "kind": "product", "sku": f"S{n}", "at": TUESDAY.isoformat()} for n in range(20)
]


@pytest.fixture
def open_house(app: Flask) -> Iterator[Flask]:
    with app.app_context(), transaction() as session:
        make_chain(session)
        make_store(session)
        make_customer(session)
    yield app
    with app.app_context():
        sweep()


def at_once(house: Flask, acts: list[Callable[[], Any]]) -> list[Any]:
    start = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        with house.app_context(), transaction():
            start.wait()
            return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def count(kind: type[Basket | Visit | Customer]) -> int:
    return db.session.scalar(select(func.count()).select_from(kind)) or 0


def test_deliveries_at_once_and_again_are_one(open_house: Flask) -> None:
    baskets = at_once(
        open_house, [lambda: take_basket(BASKET, source="shop", now=TUESDAY).outcome for _ in range(4)]
    )
    assert sorted(baskets) == [EventOutcome.TAKEN, *[EventOutcome.UNCHANGED] * 3]
    taken = at_once(
        open_house, [lambda: take_visits(VISITS, source="shop", now=TUESDAY).taken_count for _ in range(4)]
    )
    assert sorted(taken) == [0, 0, 0, 20]
    with open_house.app_context():
        assert (count(Basket), count(Visit), count(Customer)) == (1, 20, 1)
        db.session.remove()


def test_an_answer_that_is_lost_costs_nothing(open_house: Flask) -> None:
    """The transaction is rolled back before its end, then the shop sends again."""

    def die(act: Callable[[], object]) -> None:
        with suppress(ConnectionError), transaction():
            act()
            raise ConnectionError

    with open_house.app_context():
        die(lambda: take_basket(BASKET, source="shop", now=TUESDAY))
        die(lambda: take_visits(VISITS, source="shop", now=TUESDAY))
        assert (count(Basket), count(Visit)) == (0, 0)
        for _ in range(2):
            with transaction():
                take_basket(BASKET, source="shop", now=TUESDAY)
                take_visits(VISITS, source="shop", now=TUESDAY)
        assert (count(Basket), count(Visit)) == (1, 20)
        db.session.remove()


def test_an_order_and_its_basket_at_once_do_not_overlook_each_other(open_house: Flask) -> None:
    for number in range(3):
        basket = {**BASKET, "external_id": f"B-{number}"}
        order = an_event(external_id=f"A-{number}", placed_at="2026-03-03T09:40:00+01:00")
        at_once(
            open_house,
            [
                lambda basket=basket: take_basket(basket, source="shop", now=TUESDAY),
                lambda order=order: take_in(order, source="shop", now=TUESDAY),
            ],
        )
    with open_house.app_context():
        assert set(db.session.scalars(select(Basket.state))) == {BasketState.ORDERED}
        db.session.remove()


def test_a_log_in_at_the_moment_of_visits_gets_them_all(open_house: Flask) -> None:
    with open_house.app_context():
        dora = db.session.scalars(select(Customer.id)).one()
        db.session.remove()
    at_once(
        open_house,
        [
            lambda: take_visits(VISITS[:10], source="shop", now=TUESDAY),
            lambda: link_visitors({VISITOR: dora}, now=TUESDAY),
            lambda: take_visits(VISITS[10:], source="shop", now=TUESDAY),
        ],
    )
    with open_house.app_context():
        assert set(db.session.scalars(select(Visit.customer_id))) == {dora}
        db.session.remove()


def test_batches_that_name_each_others_browsers_do_not_wait_in_a_ring(open_house: Flask) -> None:
    """Each links the browser that the other only sees, many of them: every one is taken."""
    names = [f"{letter * 22}" for letter in "abcdefgh"]

    def batch(linked: list[str], seen: list[str], day: int) -> list[dict[str, Any]]:
        at = (TUESDAY - timedelta(days=day)).isoformat()
        who = {"email": "dora@client.example"}
        named = [
            {"visitor_id": each, "kind": "product", "sku": "S", "customer": who, "at": at} for each in linked
        ]
        return [*named, *({"visitor_id": each, "kind": "product", "sku": "S", "at": at} for each in seen)]

    for day in range(8):
        first, second = names[day % 8 :] + names[: day % 8], names[::-1]
        taken = at_once(
            open_house,
            [
                lambda each=each: take_visits(each, source="shop", now=TUESDAY).taken_count
                for each in (
                    batch(first[4:], first[:4], 2 * day),
                    batch(first[:4], second, 2 * day + 1),
                )
            ],
        )
        assert min(taken) >= 8
        with open_house.app_context(), transaction():
            for each in names:
                forget_visitor(each)
