"""Benchmark: customers found or made by mail address a second, five hundred at a time and one statement each.

`.venv/bin/python -m tests.bench.find_or_create [customers] [count]` (or SIZE=1000000) prints JSON lines. Half of the addresses are
known, half are new. Baseline: finding alone, one indexed look-up each. Bar: 2,000/s.
"""

import os
import sys
import time
from collections.abc import Callable, Sequence

from sqlalchemy import select, text

from hub.app import create_app
from hub.core.db import db, transaction
from hub.customers.models import Address
from hub.customers.rows import CustomerDetails
from hub.customers.upserting import MOST, upsert_customer, upsert_customers
from hub.customers.words import AddressKind
from tests.bench.sending import _config, _tell
from tests.conftest import TUESDAY
from tests.makers.stores import make_chain

CUSTOMERS = int(os.environ.get("SIZE", "20000"))
COUNT = 4_000
BAR = 2_000
FILL = """
    INSERT INTO customers (first_name, last_name, sort_key, postcode, country, company, language, created_at, updated_at)
    SELECT 'Anne', 'Martin ' || n, 'martin ' || n || ' anne', '69003', 'FR', '', 'fr', now(), now()
    FROM generate_series(1, :count) n
"""
FILL_ADDRESSES = """
    INSERT INTO addresses (customer_id, kind, value, is_primary, created_at)
    SELECT id, 'mail', 'c' || id || '@client.example', true, now() FROM customers
"""
Way = Callable[[Sequence[CustomerDetails]], object]


def _people(count: int, start: int) -> list[CustomerDetails]:
    """Every other one is known; new ones have a number of their own."""
    return [
        CustomerDetails(
            email=f"{'c' if number % 2 else 'new'}{start + number}@client.example",
            first_name="Anne",
            last_name=f"Martin {number}",
        )
        for number in range(count)
    ]


def _by_the_hundred(people: Sequence[CustomerDetails]) -> None:
    for start in range(0, len(people), MOST):
        with transaction():
            done = upsert_customers(people[start : start + MOST], now=TUESDAY)
            assert not any(each.error for each in done)


def _one_by_one(people: Sequence[CustomerDetails]) -> None:
    """As a door that is asked for one address; a hundred share a transaction."""
    for start in range(0, len(people), 100):
        with transaction():
            for each in people[start : start + 100]:
                upsert_customer(CustomerDetails(email=each.email), now=TUESDAY)


def _look_up(people: Sequence[CustomerDetails]) -> None:
    for each in people:
        kind = Address.kind == AddressKind.MAIL
        db.session.scalar(select(Address.customer_id).where(kind, Address.value == each.email))
    db.session.rollback()


def _seconds(way: Way, people: Sequence[CustomerDetails]) -> float:
    began = time.perf_counter()
    way(people)
    return time.perf_counter() - began


def main(customers: int, count: int) -> None:
    app = create_app(_config())
    with app.app_context():
        with transaction() as session:
            make_chain(session)
            session.execute(text(FILL), {"count": customers})
            session.execute(text(FILL_ADDRESSES))
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE customers, addresses"))
        least = db.session.scalar(select(Address.customer_id).order_by(Address.customer_id).limit(1)) or 1
        db.session.rollback()
        found = count / _seconds(_look_up, _people(count, least))
        for name, way, start in (("batch", _by_the_hundred, least), ("one", _one_by_one, least + count)):
            rate = count / _seconds(way, _people(count, start))
            _tell(f"find_or_create.{name}.of_{customers}", round(rate), "customers/s", "bar", BAR, rate / BAR)
            _tell(
                f"find_or_create.{name}.against_finding",
                round(rate),
                "customers/s",
                "look-up",
                round(found),
                rate / found,
            )
        db.session.remove()
        db.engine.dispose()


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else CUSTOMERS,
        int(sys.argv[2]) if len(sys.argv) > 2 else COUNT,
    )
