"""Orders are looked up by customer, by number and in batches."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from hub.core.errors import NotFound
from hub.orders import queries
from hub.orders.words import OrderState
from tests.conftest import TUESDAY
from tests.makers.customers import make_customer, make_emil
from tests.makers.orders import make_order
from tests.makers.stores import make_store


def test_orders_are_found_by_number_however_it_is_written(session: Session) -> None:
    store, dora = make_store(session), make_customer(session)
    order = make_order(session, customer_id=dora.id, store_id=store.id)
    for text in ("A1001", " A1001 ", "#A1001"):
        found = queries.find_order_by_external_id(text)
        assert found
        assert found.id == order.id
        assert found.lines[0].name == "Lampe Aurore"
    assert queries.find_order_by_external_id("A9") is None
    with pytest.raises(NotFound):
        queries.get_order(order.id + 1)


def test_a_customer_buys_by_what_is_not_cancelled(session: Session) -> None:
    store, dora, emil = make_store(session), make_customer(session), make_emil(session)
    day = timedelta(days=1)
    for number, (days, state) in enumerate(
        [(400, OrderState.DELIVERED), (30, OrderState.DELIVERED), (1, OrderState.CANCELLED)]
    ):
        make_order(
            session,
            customer_id=dora.id,
            store_id=store.id,
            external_id=f"A{number}",
            placed_at=TUESDAY - days * day,
            state=state,
            total_cents=1000 * (number + 1),
        )
    assert [order.external_id for order in queries.list_customer_orders(dora.id)] == ["A2", "A1", "A0"]
    latest = queries.find_latest_order(dora.id)
    assert latest
    assert latest.external_id == "A2"
    assert queries.find_latest_order(emil.id) is None
    assert queries.count_orders(dora.id) == 2
    buying = queries.get_buying(dora.id, since=TUESDAY - 365 * day)
    assert (buying.order_count, buying.recent_order_count) == (2, 1)
    assert buying.last_placed_at == TUESDAY - 30 * day
    assert queries.get_buying(emil.id, since=TUESDAY).last_placed_at is None
    pairs = [(dora.id, TUESDAY - 31 * day), (dora.id, TUESDAY - 29 * day), (emil.id, TUESDAY - 900 * day)]
    asked = [pair for pair in pairs if queries.has_purchase_since(*pair)]
    assert queries.list_customers_with_purchase_since(pairs) == set(asked) == {pairs[0]}
    assert queries.list_customers_with_purchase_since([]) == frozenset()
    assert queries.get_average_order_cents() == 1500
    ids = [order.id for order in queries.list_customer_orders(dora.id)]
    assert queries.get_states(ids)[ids[0]] is OrderState.CANCELLED
    assert set(queries.get_orders([*ids, 0])) == set(ids)


def test_without_orders_the_average_is_nothing(session: Session) -> None:
    assert queries.get_average_order_cents() == 0
