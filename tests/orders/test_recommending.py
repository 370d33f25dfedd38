"""Recommendations: complements, better ranges, renewals, cycles, the second purchase; never what is owned or not sold any more."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from hub.orders.models import Order, OrderLine, OrderReturn
from hub.orders.products.actions import put_product_rows, put_products
from hub.orders.products.choosing import Bought, Buyer, Shelf, recommend_to
from hub.orders.products.queries import get_products
from hub.orders.products.recommending import recommend, recommend_second_purchase
from hub.orders.products.rows import ProductRow
from hub.orders.products.rules import ProductDetails
from hub.orders.products.words import Why
from hub.orders.words import OrderState
from tests.conftest import TUESDAY
from tests.makers.counting import counted_statements
from tests.makers.customers import make_customer
from tests.makers.stores import make_chain, make_store

AVERAGE = 9_000
DAY = timedelta(days=1)


class House:
    """A customer, her orders and the products of the tests."""

    def __init__(self, session: Session) -> None:
        make_chain(session)
        self.session, self.store_id = session, make_store(session).id
        self.dora = make_customer(session).id
        self.count = 0

    def sell(
        self, *skus: str, days: float = 10, customer_id: int = 0, cents: int = 5_000, **fields: Any
    ) -> int:
        self.count += 1
        placed_at = TUESDAY - days * DAY
        row = Order(
            **{
                "external_id": f"O{self.count}",
                "store_id": self.store_id,
                "customer_id": customer_id or self.dora,
                "state": OrderState.PLACED,
                "placed_at": placed_at,
                "state_at": placed_at,
                "total_cents": cents,
                "currency": "EUR",
                "created_at": placed_at,
                **fields,
            }
        )
        self.session.add(row)
        self.session.flush()
        for position, sku in enumerate(skus, 1):
            line = {"order_id": row.id, "position": position, "sku": sku, "name": sku}
            self.session.add(OrderLine(**line, quantity=1, unit_price_cents=cents))
        self.session.flush()
        return row.id

    def offered(self, *whys: Why, at: datetime = TUESDAY, limit: int = 9, **more: Any) -> list[str]:
        return [
            each.product.sku for each in recommend([self.dora], whys, at=at, limit=limit, **more)[self.dora]
        ]


@pytest.fixture
def house(session: Session) -> House:
    return House(session)


def stock(*products: ProductDetails) -> None:
    assert not put_products(products, now=TUESDAY).refused


def lamp(sku: str, range_name: str, cents: int, **more: Any) -> ProductDetails:
    return ProductDetails(sku=sku, family="Lampes", range=range_name, price_cents=cents, **more)


def test_complements_come_best_first_of_what_is_sold_and_not_owned(house: House) -> None:
    stock(
        lamp("LAMP", "standard", 5_000, complements=("BULB", "SHADE", "OLD", "GHOST", "CLOTH")),
        ProductDetails(sku="BULB"), ProductDetails(sku="SHADE"), ProductDetails(sku="CLOTH"),
        ProductDetails(sku="OLD", is_active=False),
    )  # fmt: skip
    house.sell("SHADE", days=400)
    house.sell("LAMP")
    assert house.offered(Why.COMPLEMENT) == ["BULB", "CLOTH"]
    [first, _] = recommend([house.dora], [Why.COMPLEMENT], at=TUESDAY)[house.dora]
    assert (first.why, first.because_sku) == (Why.COMPLEMENT, "LAMP")
    assert house.offered(Why.COMPLEMENT, limit=1) == ["BULB"]


def test_the_next_range_up_of_the_same_family_the_cheapest_step_first(house: House) -> None:
    stock(
        lamp("L1", "découverte", 2_000), lamp("L3", "standard", 5_000), lamp("L3B", "standard", 4_000),
        lamp("L6", "premium", 9_000), ProductDetails(sku="VASE", family="Vases", range="standard"),
    )  # fmt: skip
    house.sell("L1")
    assert house.offered(Why.BETTER_RANGE) == ["L3B", "L3"]
    house.sell("L3", "L3B", days=5)
    assert house.offered(Why.BETTER_RANGE) == ["L6"]


def test_a_told_place_wins_over_the_name_and_an_unknown_name_has_none(house: House) -> None:
    stock(lamp("A", "Signature", 1), lamp("B", "Signature", 1, range_position=7), lamp("C", "Premium", 1))
    found = get_products(["A", "B", "C"])
    assert [found[sku].range_position for sku in "ABC"] == [None, 7, 6]
    put_product_rows(["sku", "gamme"], [["C", "Standard"]], now=TUESDAY)
    assert get_products(["C"])["C"].range_position == 3
    taken = put_product_rows(["sku", "rang de gamme"], [["C", "12"], ["A", "haut"]], now=TUESDAY)
    assert [each.error.field for each in taken.refused] == ["range_position", "range_position"]


def test_renewal_when_the_life_is_over_unless_the_family_was_bought_since(house: House) -> None:
    stock(lamp("OLD", "standard", 5_000, life_days=730, is_active=False), lamp("NEW", "standard", 6_000),
          lamp("TOP", "premium", 9_000), lamp("LOW", "entry", 900))  # fmt: skip
    house.sell("OLD", days=731)
    assert house.offered(Why.RENEWAL) == ["NEW", "TOP"]
    assert house.offered(Why.RENEWAL, at=TUESDAY - 2 * DAY) == []
    [first, *_] = recommend([house.dora], [Why.RENEWAL], at=TUESDAY)[house.dora]
    assert first.due_at == TUESDAY - DAY
    house.sell("LOW", days=3)
    assert house.offered(Why.RENEWAL) == []


def test_the_next_of_a_cycle_at_once_the_same_again_once_it_is_used_up(house: House) -> None:
    stock(
        ProductDetails(sku="MILK-1", cycle_days=30, next_sku="MILK-2"),
        ProductDetails(sku="MILK-2", cycle_days=30, next_sku="MILK-3"),
        ProductDetails(sku="MILK-3", is_active=False),
        ProductDetails(sku="CANDLE", cycle_days=60),
    )
    house.sell("MILK-1", "CANDLE", days=40)
    assert house.offered(Why.NEXT_OF_CYCLE) == ["MILK-2"]
    assert house.offered(Why.NEXT_OF_CYCLE, at=TUESDAY + 20 * DAY) == ["MILK-2", "CANDLE"]
    house.sell("MILK-2", days=5)
    assert house.offered(Why.NEXT_OF_CYCLE) == []  # what follows is not sold any more
    assert house.offered(Why.COMPLEMENT, Why.BETTER_RANGE, Why.RENEWAL, at=TUESDAY + 90 * DAY) == []


def test_the_second_purchase_is_premium_above_the_average_and_standard_below(house: House) -> None:
    stock(lamp("FIRST", "standard", 5_000, complements=("SHADE",)), lamp("GOLD", "premium", 20_000),
          lamp("PLAIN", "standard", 4_000), ProductDetails(sku="SHADE"))  # fmt: skip
    first = house.sell("FIRST", days=9, cents=9_001)
    second = recommend_second_purchase([house.dora], at=TUESDAY, average_cents=AVERAGE)[house.dora]
    assert [(each.product.sku, each.why) for each in second] == [
        ("GOLD", Why.SECOND_PREMIUM), ("SHADE", Why.SECOND_STANDARD), ("PLAIN", Why.SECOND_STANDARD),
    ]  # fmt: skip
    house.session.get_one(Order, first).total_cents = AVERAGE
    house.session.flush()
    below = recommend_second_purchase([house.dora], at=TUESDAY, average_cents=AVERAGE)[house.dora]
    assert [each.product.sku for each in below] == ["SHADE", "PLAIN"]


def test_what_others_buy_most_fills_up_the_second_purchase(house: House) -> None:
    stock(ProductDetails(sku="A"), ProductDetails(sku="B"), ProductDetails(sku="MINE"))
    other = make_customer(house.session, mail="z@client.example", phone=None).id
    for number in range(3):
        house.sell("B", *(["A"] if number else []), days=20 + number, customer_id=other)
    house.sell("MINE", days=3)
    found = recommend_second_purchase([house.dora], at=TUESDAY, average_cents=AVERAGE)[house.dora]
    assert [each.product.sku for each in found] == ["B", "A"]


def test_only_what_was_known_then_counts(house: House) -> None:
    stock(lamp("LAMP", "standard", 5_000, complements=("BULB",)), ProductDetails(sku="BULB"))
    house.sell("LAMP", days=10, state=OrderState.CANCELLED, state_at=TUESDAY - 2 * DAY)
    assert house.offered(Why.COMPLEMENT, at=TUESDAY - 5 * DAY) == ["BULB"]
    assert house.offered(Why.COMPLEMENT, at=TUESDAY - 11 * DAY) == []
    assert house.offered(Why.COMPLEMENT) == []


def test_what_came_back_starts_nothing_and_is_not_offered_again(house: House) -> None:
    stock(lamp("LAMP", "standard", 5_000, complements=("BULB",)), ProductDetails(sku="BULB"),
          ProductDetails(sku="VASE", complements=("LAMP",)))  # fmt: skip
    order_id = house.sell("LAMP", "VASE", days=10)
    assert house.offered(Why.COMPLEMENT) == ["BULB"]
    house.session.add(
        OrderReturn(external_id="R1", order_number="O1", order_id=order_id, amount_cents=1, source="shop",
                    lines=[{"sku": "LAMP", "quantity": 1, "amount_cents": 1}], event_key="k",
                    returned_at=TUESDAY - DAY, told_at=TUESDAY, created_at=TUESDAY)
    )  # fmt: skip
    house.session.flush()
    assert house.offered(Why.COMPLEMENT) == []
    assert house.offered(Why.COMPLEMENT, at=TUESDAY - 2 * DAY) == ["BULB"]


def test_of_one_order_only_what_was_in_it_but_all_that_is_owned(house: House) -> None:
    stock(ProductDetails(sku="A", complements=("X", "Y")), ProductDetails(sku="B", complements=("Z",)),
          ProductDetails(sku="X"), ProductDetails(sku="Y"), ProductDetails(sku="Z"))  # fmt: skip
    house.sell("B", "X", days=20)
    order_id = house.sell("A", days=10)
    assert house.offered(Why.COMPLEMENT, orders={house.dora: order_id}) == ["Y"]
    assert house.offered(Why.COMPLEMENT) == ["Y", "Z"]


def test_many_customers_cost_no_more_statements_than_one(house: House) -> None:
    stock(lamp("LAMP", "standard", 5_000, complements=("BULB",), cycle_days=1, next_sku="BULB"),
          lamp("GOLD", "premium", 9_000), ProductDetails(sku="BULB"))  # fmt: skip
    house.sell("LAMP")
    others = []
    for number in range(20):
        others.append(make_customer(house.session, mail=f"c{number}@client.example", phone=None).id)
        house.sell("LAMP", customer_id=others[-1])
    whys = list(Why)
    with counted_statements() as one:
        recommend([house.dora], whys, at=TUESDAY)
    with counted_statements() as many:
        found = recommend([house.dora, *others], whys, at=TUESDAY)
    assert len(many) == len(one) <= 4
    assert {tuple(each.product.sku for each in rows) for rows in found.values()} == {("BULB", "GOLD")}
    assert recommend([house.dora, 10**9], whys, at=TUESDAY)[10**9] != ()  # favourites suit anybody


SKUS = st.sampled_from([f"P{number}" for number in range(8)])


@st.composite
def shelves(draw: st.DrawFn) -> Shelf:
    products = {
        f"P{number}": ProductRow(
            id=number, sku=f"P{number}", name=f"P{number}", family=draw(st.sampled_from(["", "F", "G"])), range="",
            range_position=draw(st.sampled_from([None, 1, 3, 6])), life_days=draw(st.sampled_from([None, 5, 50])),
            cycle_days=draw(st.sampled_from([None, 5, 50])), next_sku=draw(st.sampled_from(["", "P1", "P2"])),
            price_cents=draw(st.sampled_from([None, 100, 200])), url="", image_url="", sort_key="",
            is_active=draw(st.booleans()),
        )
        for number in range(8)
    }  # fmt: skip
    active = [row for row in products.values() if row.is_active]
    families = {name: [row for row in active if row.family == name] for name in ("F", "G")}
    complements = draw(st.dictionaries(SKUS, st.lists(SKUS, max_size=4)))
    return Shelf(products=products, complements=complements, families=families, favourites=active)


@settings(max_examples=60)
@given(
    shelf=shelves(),
    bought=st.lists(st.tuples(SKUS, st.integers(0, 60), st.booleans()), max_size=6),
    whys=st.lists(st.sampled_from(list(Why)), min_size=1, unique=True),
    is_above=st.booleans(),
)
def test_never_what_is_owned_nor_what_is_not_sold_any_more(
    shelf: Shelf, bought: list[tuple[str, int, bool]], whys: list[Why], *, is_above: bool
) -> None:
    lines = sorted(
        (
            Bought(number, sku, TUESDAY - days * DAY, is_kept)
            for number, (sku, days, is_kept) in enumerate(bought)
        ),
        key=lambda each: each.bought_at,
        reverse=True,
    )
    buyer = Buyer(bought=lines, is_above=is_above)
    found = recommend_to(buyer, shelf, whys, at=TUESDAY, limit=5)
    assert found == recommend_to(buyer, shelf, whys, at=TUESDAY, limit=5)
    assert len({each.product.sku for each in found}) == len(found) <= 5
    for each in found:
        assert each.product.is_active
        if each.product.sku in buyer.owned:  # used up: the one thing that is bought again
            assert each.why is Why.NEXT_OF_CYCLE
            assert each.due_at is not None
            latest = max(line.bought_at for line in lines if line.sku == each.product.sku and line.is_kept)
            assert latest < each.due_at <= TUESDAY
