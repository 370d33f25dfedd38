"""Which order a contact of the demo is about, at whatever hour the demo is opened."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from hub.demo.arriving import sale_behind
from hub.demo.founding import SHOWN_STORES
from hub.demo.shopping import Sale
from hub.orders.words import OrderState

NOW = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)


def _sales(last_at: datetime) -> list[Sale]:
    moments = [last_at - timedelta(hours=5 * number) for number in reversed(range(1500))]
    return [
        Sale(
            number, str(number), number, SHOWN_STORES[number % len(SHOWN_STORES)], at, None, OrderState.PLACED
        )
        for number, at in enumerate(moments, 1)
    ]


@pytest.mark.parametrize("seed", range(40))
def test_a_contact_after_the_last_order_still_has_one(seed: int) -> None:
    sales = _sales(NOW - timedelta(days=10))
    assert sale_behind(sales, NOW, NOW, Random(seed)) in sales
    assert sale_behind(sales, NOW - timedelta(days=2), NOW, Random(seed)) in sales


@pytest.mark.parametrize("seed", range(40))
def test_an_old_contact_is_about_an_early_order(seed: int) -> None:
    sales = _sales(NOW)
    sale = sale_behind(sales, NOW - timedelta(days=200), NOW, Random(seed))
    assert sale.placed_at < NOW - timedelta(days=90)
