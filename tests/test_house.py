"""The house itself stands: the database is the migrations', a fact is recorded and reacted to."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub import jobs
from hub.core.facts import FactQueueRow
from tests.conftest import HandClock
from tests.makers.customers import make_customer
from tests.makers.orders import make_order
from tests.makers.staff import make_agent
from tests.makers.stores import make_chain, make_store


def test_the_known_people_fit_the_tables(session: Session, hand_clock: HandClock) -> None:
    make_chain(session)
    store = make_store(session)
    make_agent(session, store_ids=(store.id,))
    customer = make_customer(session)
    make_order(session, customer_id=customer.id, store_id=store.id)
    jobs.drain("facts")
    assert session.scalar(select(func.count()).select_from(FactQueueRow)) == 0
