"""The demo's products, baskets and visits: every product of the catalogue, rows that agree with each other."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.demo.browsing import MORE, hand_in_till_file, make_behaviour
from hub.demo.catalog import PRODUCTS
from hub.demo.shopping import Person, Sale
from hub.orders.behaviour.models import Basket, BasketLine, Visit
from hub.orders.behaviour.words import BasketState
from hub.orders.products.models import Product
from hub.orders.till_files.models import TillFile
from hub.orders.till_files.working import take_whole
from hub.orders.words import OrderState
from tests.conftest import TUESDAY, HandClock
from tests.makers.customers import make_customer
from tests.makers.orders import make_order
from tests.makers.stores import make_chain, make_store


def test_the_demo_has_products_baskets_visits_and_a_till_file(
    session: Session, hand_clock: HandClock
) -> None:
    make_chain(session)
    store = make_store(session)
    people = [
        Person(make_customer(session, mail=f"c{n}@client.example", phone=None).id, "A", "a", store.id)
        for n in range(120)
    ]
    order = make_order(session, customer_id=people[0].id, store_id=store.id)
    sales = [
        Sale(order.id, "A", person.id, store.id, TUESDAY - timedelta(days=3), None, OrderState.SHIPPED)
        for person in people[::2]
    ]
    make_behaviour(people, sales, now=TUESDAY)
    assert set(MORE) == {sku for sku, *_ in PRODUCTS}
    assert session.scalar(select(func.count()).select_from(Product)) == len(PRODUCTS)
    assert (session.scalar(select(func.count()).select_from(Visit)) or 0) > 5
    states = set(session.scalars(select(Basket.state)))
    assert BasketState.OPEN in states or BasketState.ORDERED in states
    open_ones = select(Basket.id).where(Basket.state == BasketState.OPEN)
    with_lines = set(session.scalars(select(BasketLine.basket_id)))
    assert set(session.scalars(open_ones)) <= with_lines
    hand_in_till_file(store.code, now=TUESDAY)
    session.commit()
    row_id = session.scalars(select(TillFile.id)).one()
    done = take_whole(row_id)
    assert (done.taken_count, done.anonymous_count, done.refused_count) == (1, 1, 1)
