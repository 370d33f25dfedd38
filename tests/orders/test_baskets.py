"""Baskets: as their newest event says, closed by the order that came of them, however events arrive."""

import os
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.orders.actions import take_in
from hub.orders.behaviour.baskets import take_basket
from hub.orders.behaviour.models import Basket
from hub.orders.behaviour.queries import find_open_basket, list_left_baskets
from hub.orders.behaviour.rows import BasketRow, TakenBasket
from hub.orders.behaviour.words import BasketState
from hub.orders.products.actions import put_products
from hub.orders.products.rules import ProductDetails
from hub.orders.words import EventOutcome
from tests.conftest import TUESDAY
from tests.makers.customers import make_customer
from tests.makers.orders import an_event
from tests.makers.stores import make_chain, make_store

VISITOR = "v" * 22
LAMP = {"sku": "LAMPE-01", "quantity": 2, "unit_price_cents": 3990}


@pytest.fixture(autouse=True)
def _house(session: Session) -> None:
    make_chain(session)
    make_store(session)


def a_basket(minute: int = 0, **changes: Any) -> dict[str, Any]:
    return {
        "external_id": "B-1",
        "customer": {"email": "dora@client.example"},
        "state": "open",
        "updated_at": (TUESDAY - timedelta(hours=2) + timedelta(minutes=minute)).isoformat(),
        "lines": [LAMP],
        **changes,
    }


def take(minute: int = 0, **changes: Any) -> TakenBasket:
    return take_basket(a_basket(minute, **changes), source="shop", now=TUESDAY)


def place(placed_at: datetime, **changes: Any) -> int:
    moment = placed_at.isoformat()
    told = an_event(placed_at=moment, delivered_at=None, updated_at=moment, state="placed", **changes)
    taken = take_in(told, source="shop", now=TUESDAY)
    assert taken.order_id
    return taken.order_id


def test_a_basket_knows_its_products(session: Session) -> None:
    put_products([ProductDetails(sku="LAMPE-01", name="Lampe Aurore", family="Luminaires")], now=TUESDAY)
    taken = take(device="phone", checkout_url="https://shop.example/b/1")
    assert taken.outcome is EventOutcome.TAKEN
    assert taken.basket
    assert taken.basket.customer_id
    found = find_open_basket(taken.basket.customer_id)
    assert found
    assert (found.total_cents, found.currency, found.device) == (7980, "EUR", "phone")
    assert (found.lines[0].name, found.lines[0].family) == ("Lampe Aurore", "Luminaires")
    hour = timedelta(hours=1)
    left = list_left_baskets(since=found.touched_at, until=found.touched_at + hour)
    assert [row.id for row in left] == [found.id]


def test_the_same_event_twice_and_an_older_one_change_nothing(session: Session) -> None:
    first = take(5)
    assert take(5).outcome is EventOutcome.UNCHANGED
    assert take(0, lines=[]).outcome is EventOutcome.STALE
    again = take(6, state="emptied")
    assert (first.outcome, again.outcome) == (EventOutcome.TAKEN, EventOutcome.TAKEN)
    assert again.basket
    assert (again.basket.state, again.basket.lines) == (BasketState.EMPTIED, ())
    assert find_open_basket(again.basket.customer_id or 0) is None
    assert session.scalar(select(func.count()).select_from(Basket)) == 1


def test_an_order_closes_the_basket_and_a_later_touch_opens_it(session: Session) -> None:
    basket = take().basket
    assert basket
    order_id = place(basket.touched_at + timedelta(minutes=10))
    closed = take().basket
    assert closed
    assert (closed.state, closed.order_id) == (BasketState.ORDERED, order_id)
    opened = take(20).basket
    assert opened
    assert (opened.state, opened.order_id, opened.closed_at) == (BasketState.OPEN, None, None)


def test_a_basket_told_after_its_order_is_closed_at_once(session: Session) -> None:
    order_id = place(TUESDAY - timedelta(minutes=30))
    closed = take().basket
    assert closed
    assert (closed.state, closed.order_id) == (BasketState.ORDERED, order_id)


def test_a_cancelled_order_opens_its_basket_again(session: Session) -> None:
    take()
    order = {"placed_at": TUESDAY.isoformat(), "delivered_at": None}
    cancelled = an_event(**order, updated_at=TUESDAY.isoformat(), state="cancelled")
    order_id = place(TUESDAY - timedelta(hours=1))
    assert take_in(cancelled, source="shop", now=TUESDAY).order_id == order_id
    basket = session.scalars(select(Basket)).one()
    session.refresh(basket)
    assert (basket.state, basket.order_id, basket.closed_at) == (BasketState.OPEN, None, None)
    take(external_id="B-2")
    take(minute=90, external_id="B-3", lines=[])
    assert basket.customer_id
    found = find_open_basket(basket.customer_id)
    assert found
    assert found.external_id == "B-2"
    other = place(TUESDAY, external_id="A1002")
    session.expire_all()
    assert set(session.scalars(select(Basket.order_id))) == {other}


def test_the_basket_of_a_guest_is_found_by_the_name_the_order_gives_it(session: Session) -> None:
    basket = take(customer=None, visitor_id=VISITOR).basket
    assert basket
    assert basket.customer_id is None
    place(basket.touched_at + timedelta(minutes=1), basket="B-1")
    closed = take(customer=None, visitor_id=VISITOR).basket
    assert closed
    assert closed.state is BasketState.ORDERED
    assert closed.customer_id is not None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"customer": None}, "customer"),
        ({"customer": {"email": "dora@"}}, "customer.email"),
        ({"visitor_id": "short"}, "visitor_id"),
        ({"updated_at": "2027-01-01T00:00:00Z"}, "updated_at"),
        ({"state": "lost"}, "state"),
    ],
)
def test_what_is_wrong_is_named(session: Session, changes: dict[str, Any], field: str) -> None:
    taken = take(**changes)
    assert (taken.outcome, taken.errors[0].field) == (EventOutcome.REFUSED, field)


def test_the_first_order_after_the_last_touch_closes_it_though_it_is_told_last(session: Session) -> None:
    make_customer(session)
    touched = TUESDAY - timedelta(hours=2)
    assert take().basket
    place(touched + timedelta(minutes=30), external_id="A2")
    first = place(touched + timedelta(minutes=20), external_id="A1")
    row = session.scalars(select(Basket).execution_options(populate_existing=True)).one()
    assert (row.order_id, row.closed_at) == (first, touched + timedelta(minutes=20))


EVENT = st.builds(
    lambda minute, state, quantity: ("basket", minute, state, quantity),
    st.integers(0, 4),
    st.sampled_from(list(BasketState)),
    st.integers(1, 2),
)
ORDER = st.builds(lambda minute: ("order", minute, "", 0), st.integers(0, 4))


@settings(
    max_examples=400 if os.environ.get("LARGE") else 15,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.one_of(EVENT, ORDER), min_size=1, max_size=5), st.data())
def test_events_in_any_order_are_the_same_basket(
    session: Session, events: list[tuple[str, int, str, int]], data: st.DataObject
) -> None:
    ends = []
    for arrival in (events, data.draw(st.permutations(events)), [*reversed(events), *events]):
        nested = session.begin_nested()
        make_customer(session)
        for kind, minute, state, quantity in arrival:
            if kind == "order":
                place(TUESDAY - timedelta(hours=2) + timedelta(minutes=minute), external_id=f"A{minute}")
            else:
                take(minute, state=state, lines=[{**LAMP, "quantity": quantity}])
        ends.append(_end(session))
        nested.rollback()
        session.expire_all()
    assert ends[0] == ends[1] == ends[2]


def _end(session: Session) -> tuple[object, ...] | None:
    session.expire_all()
    row = session.scalar(select(Basket))
    if row is None:
        return None
    basket = take(-9).basket
    assert isinstance(basket, BasketRow)
    lines = tuple((line.sku, line.quantity) for line in basket.lines)
    return (basket.state, basket.touched_at, basket.closed_at, basket.total_cents, lines)
