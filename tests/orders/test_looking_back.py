"""Baskets, last orders and averages as they were known: what plans ask of the present and their replay of the past."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy.orm import Session

from hub.core.words import Language
from hub.orders.actions import take_in
from hub.orders.behaviour.baskets import take_basket
from hub.orders.behaviour.looking_back import BasketThen, list_left_then, look_at_baskets
from hub.orders.behaviour.queries import get_baskets
from hub.orders.behaviour.rows import BasketRow
from hub.orders.behaviour.rules import profile_of
from hub.orders.behaviour.words import BasketProfile, Device
from hub.orders.items import items_in_words
from hub.orders.models import Order
from hub.orders.recalling import get_chain_average, get_own_averages, list_last_orders
from hub.orders.rows import LineRow
from hub.orders.words import OrderState
from tests.conftest import TUESDAY
from tests.makers.counting import counted_statements
from tests.makers.customers import make_customer
from tests.makers.orders import an_event, make_order
from tests.makers.stores import make_chain, make_store

LEFT_AT = TUESDAY - timedelta(hours=10)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _house(session: Session) -> None:
    make_chain(session)
    make_store(session)


def touch(hours: float = 0, number: int = 1, **changes: Any) -> BasketRow:
    """An event of a basket, so many hours after it was left."""
    told = {
        "external_id": f"B-{number}",
        "customer": {"email": f"dora{number}@client.example"},
        "updated_at": (LEFT_AT + hours * HOUR).isoformat(),
        "lines": [{"sku": "LAMPE", "quantity": 1, "unit_price_cents": 5_000}],
        **changes,
    }
    basket = take_basket(told, source="shop", now=TUESDAY).basket
    assert basket
    return basket


def order(hours: float, number: int = 1, **changes: Any) -> int:
    moment = (LEFT_AT + hours * HOUR).isoformat()
    told = an_event(
        external_id=f"A{number}{hours}", placed_at=moment, delivered_at=None, updated_at=moment, state="placed",
        customer={"email": f"dora{number}@client.example", "phone": "", "loyalty_card": ""}, **changes,
    )  # fmt: skip
    taken = take_in(told, source="shop", now=TUESDAY)
    assert taken.order_id
    return taken.order_id


def seen(basket: BasketRow, hours: float, since: datetime = LEFT_AT) -> BasketThen:
    """As it was known so many hours after it was left."""
    return look_at_baskets([(basket.id, since)], at=LEFT_AT + hours * HOUR)[basket.id, since]


def test_a_basket_is_asked_as_it_was_then(session: Session) -> None:
    basket = touch()
    touch(3, lines=[{"sku": "LAMPE", "quantity": 5, "unit_price_cents": 5_000}])
    touch(5, state="emptied", lines=[])
    early, later, latest = seen(basket, 2), seen(basket, 4), seen(basket, 6)
    assert (early.is_left, early.total_cents) == (True, 5_000)
    assert (later.is_changed, later.is_emptied, later.total_cents) == (True, False, 25_000)
    assert (latest.is_changed, latest.is_emptied) == (False, True)
    assert look_at_baskets([(basket.id, LEFT_AT), (10**9, LEFT_AT)], at=LEFT_AT - HOUR) == {}


def test_an_event_that_comes_too_late_is_still_history(session: Session) -> None:
    basket = touch(5)
    touch(0, lines=[{"sku": "LAMPE", "quantity": 1, "unit_price_cents": 900}])
    touch(0, lines=[{"sku": "LAMPE", "quantity": 1, "unit_price_cents": 900}])
    assert seen(basket, 1).total_cents == 900
    assert seen(basket, 6).total_cents == 5_000


def test_paid_by_an_order_since_or_by_the_word_of_the_shop(session: Session) -> None:
    basket, told = touch(), touch(number=2)
    order_id = order(2)
    touch(3)  # filled anew after the order: that it was paid stays true of the first touch
    assert (seen(basket, 1).is_paid, seen(basket, 2).is_paid, seen(basket, 4).is_paid) == (False, True, True)
    again = LEFT_AT + 3 * HOUR
    assert not look_at_baskets([(basket.id, again)], at=LEFT_AT + 4 * HOUR)[basket.id, again].is_paid
    touch(2, number=2, state="ordered")
    assert (seen(told, 1).is_paid, seen(told, 2).is_paid) == (False, True)
    row = session.get_one(Order, order_id)
    row.state, row.state_at = OrderState.CANCELLED, LEFT_AT + 6 * HOUR
    session.flush()
    assert (seen(basket, 5).is_paid, seen(basket, 7).is_paid) == (True, False)


def test_it_is_cleared_when_the_shop_says_else_after_the_days_of_the_setting(session: Session) -> None:
    told = touch(clears_at=(LEFT_AT + 4 * HOUR).isoformat())
    assert seen(told, 1).clears_at == LEFT_AT + 4 * HOUR
    assert (seen(told, 3).is_emptied, seen(told, 4).is_emptied) == (False, True)
    assert seen(touch(number=2), 1).clears_at == LEFT_AT + timedelta(days=30)


@pytest.mark.parametrize(
    ("cents", "device", "has_ordered", "profile"),
    [
        (20_001, Device.PHONE, True, BasketProfile.VALUABLE), (20_000, Device.PHONE, True, BasketProfile.ON_PHONE),
        (100, Device.DESKTOP, True, BasketProfile.KNOWN), (100, None, False, BasketProfile.ANYBODY),
        (100, Device.TABLET, False, BasketProfile.ANYBODY),
    ],
)  # fmt: skip
def test_the_first_profile_that_fits(
    cents: int, device: Device | None, has_ordered: bool, profile: BasketProfile
) -> None:
    assert profile_of(cents, device, has_ordered=has_ordered, above_cents=20_000) is profile


def test_a_known_customer_had_ordered_before_the_basket(session: Session) -> None:
    order(-30)
    known, new = touch(device="desktop"), touch(number=2, device="desktop")
    assert seen(known, 1).profile(above_cents=20_000) is BasketProfile.KNOWN
    assert seen(new, 1).profile(above_cents=20_000) is BasketProfile.ANYBODY
    order(1, number=2)
    assert not seen(new, 2).has_ordered


def test_left_baskets_of_a_window_as_they_were_then_page_by_page(session: Session) -> None:
    ids = [touch(number / 10, number=number).id for number in range(1, 6)]
    touch(2, number=2)
    order(2, number=3)
    touch(0.45, number=9, customer=None, visitor_id="v" * 22)
    left = partial(list_left_then, since=LEFT_AT, until=LEFT_AT + HOUR)
    assert [row.basket_id for row in left(at=LEFT_AT + HOUR)] == ids
    later = left(at=LEFT_AT + 3 * HOUR)
    assert [row.basket_id for row in later] == [ids[0], ids[3], ids[4]]
    first = left(at=LEFT_AT + 3 * HOUR, limit=2)
    key = (first[-1].since, first[-1].basket_id)
    rest = left(at=LEFT_AT + 3 * HOUR, limit=2, after=key)
    assert [row.basket_id for row in (*first, *rest)] == [ids[0], ids[3], ids[4]]


def test_many_baskets_are_one_question(session: Session) -> None:
    baskets = [touch(number=number) for number in range(5)]
    with counted_statements() as one:
        look_at_baskets([(baskets[0].id, LEFT_AT)], at=TUESDAY)
    with counted_statements() as many:
        assert len(look_at_baskets([(each.id, LEFT_AT) for each in baskets], at=TUESDAY)) == 5
    assert len(one) == len(many) == 1  # the baskets; the transaction has read the chain already
    assert [row.lines[0].sku for row in get_baskets([each.id for each in baskets]).values()] == ["LAMPE"] * 5


def test_the_last_order_and_the_averages_as_they_were_then(session: Session) -> None:
    store_id, dora = make_store(session, "Lille", code="LIL").id, make_customer(session).id
    emil = make_customer(session, mail="emil@client.example", phone=None).id
    day = timedelta(days=1)
    for number, (days, cents, back) in enumerate(((30, 10_000, 2_000), (10, 4_000, 0), (1, 40_000, 0))):
        make_order(session, customer_id=dora, store_id=store_id, external_id=f"D{number}", total_cents=cents,
                   returned_cents=back, placed_at=TUESDAY - days * day, state_at=TUESDAY - days * day,
                   state=OrderState.CANCELLED if number == 2 else OrderState.PLACED)  # fmt: skip
    make_order(session, customer_id=emil, store_id=store_id, external_id="E1", total_cents=1_000,
               placed_at=TUESDAY - 5 * day)  # fmt: skip
    with counted_statements() as asked:
        last = list_last_orders([dora, emil, 10**9], at=TUESDAY)
    assert len(asked) == 3
    assert {owner: row.external_id for owner, row in last.items()} == {dora: "D1", emil: "E1"}
    assert last[dora].lines[0].name == "Lampe Aurore"
    assert list_last_orders([dora], at=TUESDAY - 20 * day)[dora].external_id == "D0"
    assert get_own_averages([dora, 10**9], at=TUESDAY) == {dora: 6_000}
    assert get_own_averages([dora], at=TUESDAY, without=[last[dora].id]) == {dora: 8_000}
    assert get_own_averages([dora], at=TUESDAY - 20 * day) == {dora: 8_000}
    assert get_chain_average(TUESDAY) == round((8_000 + 4_000 + 1_000) / 3)
    assert get_chain_average(TUESDAY - 40 * day) == 0


def test_articles_in_words_of_a_mail() -> None:
    lines = [
        LineRow(1, "A", "Lampe  Aurore", 2, 100),
        LineRow(2, "BOL", "", 1, 100),
        LineRow(3, "C", "Vase", 3, 1),
    ]
    assert items_in_words(lines, Language.FRENCH) == "2 × Lampe Aurore\nBOL\n3 × Vase"
    assert items_in_words(lines, Language.FRENCH, most=2).splitlines()[-1] == "et 3 autres articles"
    assert items_in_words(lines[:2], Language.ENGLISH, most=1).splitlines()[-1] == "and one other article"
