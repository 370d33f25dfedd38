"""What comes back: by line, whole or in part, before or after its order, told twice or late."""

from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.facts import FactRow
from hub.orders.actions import take_in
from hub.orders.queries import find_order_by_external_id, get_average_order_cents
from hub.orders.returns import list_returns, take_return
from hub.orders.rows import OrderRow
from hub.orders.words import EventOutcome, OrderState
from tests.conftest import TUESDAY
from tests.makers.orders import an_event
from tests.makers.stores import make_chain, make_store


@pytest.fixture(autouse=True)
def _house(session: Session) -> None:
    make_chain(session)
    make_store(session)


def a_return(**changes: Any) -> dict[str, Any]:
    return {
        "external_id": "R-1",
        "order": "A1001",
        "returned_at": "2026-03-03T09:45:00+01:00",
        "lines": [{"sku": "LAMPE-01", "quantity": 1, "amount_cents": 4000}],
        **changes,
    }


def order() -> OrderRow:
    found = find_order_by_external_id("A1001")
    assert found
    return found


def test_a_partial_return_lowers_the_net_value_and_keeps_its_line(session: Session) -> None:
    take_in(an_event(), source="shop", now=TUESDAY)
    taken = take_return(a_return(order="#A1001"), source="shop", now=TUESDAY)
    assert taken.outcome is EventOutcome.TAKEN
    assert (order().state, order().returned_cents, order().net_cents) == (OrderState.DELIVERED, 4000, 4990)
    [kept] = list_returns(order().id)
    assert (kept.lines[0].sku, kept.lines[0].amount_cents, kept.returned_at.hour) == ("LAMPE-01", 4000, 8)
    assert get_average_order_cents() == 4990
    assert session.scalars(select(FactRow.kind).order_by(FactRow.id.desc()).limit(1)).one() == "OrderChanged"


def test_returns_of_everything_make_the_order_returned_once(session: Session) -> None:
    take_in(an_event(), source="shop", now=TUESDAY)
    take_return(a_return(), source="shop", now=TUESDAY)
    for _ in range(2):
        take_return(a_return(external_id="R-2", amount_cents=4990, lines=[]), source="shop", now=TUESDAY)
    assert (order().state, order().net_cents) == (OrderState.RETURNED, 0)
    told = session.scalars(select(FactRow.kind).where(FactRow.kind == "OrderReturned")).all()
    assert len(told) == 1
    late = an_event(state="delivered", updated_at="2026-03-03T09:50:00+01:00")
    take_in(late, source="shop", now=TUESDAY)
    assert order().state is OrderState.RETURNED
    assert session.scalars(select(FactRow.kind).where(FactRow.kind == "OrderReturned")).all() == told


def test_a_return_waits_for_its_order(session: Session) -> None:
    waiting = take_return(a_return(), source="shop", now=TUESDAY)
    assert (waiting.outcome, waiting.order) == (EventOutcome.TAKEN, None)
    take_in(an_event(), source="shop", now=TUESDAY)
    assert order().returned_cents == 4000
    assert [row.external_id for row in list_returns(order().id)] == ["R-1"]


def test_the_same_return_told_twice_and_a_correction(session: Session) -> None:
    take_in(an_event(), source="shop", now=TUESDAY)
    assert take_return(a_return(), source="shop", now=TUESDAY).outcome is EventOutcome.TAKEN
    assert take_return(a_return(), source="shop", now=TUESDAY).outcome is EventOutcome.UNCHANGED
    newer = a_return(amount_cents=1000, updated_at="2026-03-03T09:55:00+01:00")
    take_return(newer, source="shop", now=TUESDAY)
    assert order().returned_cents == 1000
    assert take_return(a_return(amount_cents=9), source="shop", now=TUESDAY).outcome is EventOutcome.STALE
    assert order().returned_cents == 1000


def test_a_shop_that_tells_a_return_both_ways_is_counted_once(session: Session) -> None:
    take_in(an_event(returned_cents=4000), source="shop", now=TUESDAY)
    take_return(a_return(), source="shop", now=TUESDAY)
    assert order().returned_cents == 4000


def test_more_than_the_order_never_comes_back(session: Session) -> None:
    take_in(an_event(total_cents=1000, returned_cents=8990), source="shop", now=TUESDAY)
    assert (order().returned_cents, order().net_cents) == (1000, 0)


def test_orders_and_returns_in_any_order_are_the_same_in_the_end(session: Session) -> None:
    """Every order of arrival of two order events and two returns."""
    events: list[tuple[bool, dict[str, Any]]] = [
        (True, an_event(state="shipped", delivered_at=None, updated_at="2026-03-02T09:00:00+01:00")),
        (True, an_event()),
        (False, a_return()),
        (False, a_return(external_id="R-2", amount_cents=4990, lines=[])),
    ]
    ends = set()
    for arrival in permutations(events):
        nested = session.begin_nested()
        for is_order, body in arrival:
            (take_in if is_order else take_return)(body, source="shop", now=TUESDAY)
        found = order()
        ends.add((found.state, found.returned_cents, found.delivered_at, len(list_returns(found.id))))
        nested.rollback()
        session.expire_all()
    assert len(ends) == 1
    assert next(iter(ends))[:2] == (OrderState.RETURNED, 8990)


def test_a_return_that_says_nothing_is_refused(session: Session) -> None:
    taken = take_return(a_return(lines=[]), source="shop", now=TUESDAY)
    assert (taken.outcome, taken.errors[0].field) == (EventOutcome.REFUSED, "lines")
