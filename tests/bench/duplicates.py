"""Benchmark: pairs over 100,000 customers (`LARGE=1`: 1,000,000; or give the count): keys, comparisons, merge and undo.

`.venv/bin/python -m tests.bench.duplicates [count]` prints JSON lines. One customer in ten stands twice. The second walk,
after one customer in a hundred changed, is what a night costs.
"""

import json
import os
import platform
import random
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import select, text

from hub.app import create_app
from hub.core.actor import SYSTEM
from hub.core.db import db, transaction
from hub.core.text import fold
from hub.core.words import Language
from hub.customers.duplicates import finding
from hub.customers.duplicates.models import CustomerPair, DuplicateRun
from hub.customers.duplicates.people import Person
from hub.customers.models import Address, Customer
from hub.customers.words import AddressKind
from hub.demo.copying import copy_rows
from hub.identity.merging import merge_customers
from hub.identity.unmerging import unmerge_customers
from tests.bench.mail_in import _config
from tests.conftest import TUESDAY
from tests.makers.doubles import make_crowd

COUNT = 1_000_000 if os.environ.get("LARGE") else 100_000
PORTION = 20_000
MERGES = 50


def run(count: int = COUNT) -> dict[str, float]:
    """Seconds and rates of the first walk, of a night, and of merging and undoing."""
    app = create_app(_config())
    figures: dict[str, float] = {}
    with app.app_context():
        figures["duplicates.fill_seconds"] = _timed(lambda: _fill(count))
        marked, compared = _walk()
        pairs = db.session.scalar(select(DuplicateRun.pair_count).order_by(DuplicateRun.id.desc())) or 0
        figures |= {
            "duplicates.keys_seconds": marked,
            "duplicates.compare_seconds": compared,
            "duplicates.customers_per_second": count / (marked + compared),
            "duplicates.pairs": pairs,
            "duplicates.pairs_per_second": pairs / compared,
        }
        with transaction():
            db.session.execute(text("UPDATE customers SET company = 'Bench' WHERE id % 100 = 0"))
        marked, compared = _walk()
        figures |= {"duplicates.night_seconds": marked + compared} | _merge_some()
        db.session.remove()
        db.engine.dispose()
    return figures


def _timed(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def _fill(count: int) -> None:
    dice = random.Random(1)
    done = 0
    while done < count:
        crowd = make_crowd(min(PORTION, count - done), dice, share=0.1)
        people = crowd.people[: count - done]
        with transaction():
            copy_rows(Customer, [_customer(person, done) for person in people])
            copy_rows(Address, list(_addresses(people, done)))
        done += len(people)
    with transaction():
        db.session.execute(text("ANALYZE"))


def _customer(person: Person, done: int) -> dict[str, Any]:
    return {
        "id": done + person.id,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "sort_key": fold(f"{person.last_name} {person.first_name}"),
        "birth_on": person.birth_on,
        "street": person.street,
        "postcode": person.postcode,
        "country": "FR",
        "company": "",
        "language": Language.FRENCH,
        "created_at": TUESDAY,
        "updated_at": TUESDAY,
    }


def _addresses(people: list[Person], done: int) -> Iterator[dict[str, Any]]:
    for person in people:
        values = [*((AddressKind.MAIL, f"{done // PORTION}{mail}") for mail in person.mails)]
        values += [
            (AddressKind.PHONE, f"{phone[:-2]}{done // PORTION:02d}{phone[-2:]}") for phone in person.phones
        ]
        for place, (kind, value) in enumerate(values):
            yield {
                "id": (done + person.id) * 4 + place,
                "customer_id": done + person.id,
                "kind": kind,
                "value": value,
                "is_primary": True,
                "created_at": TUESDAY,
            }


def _walk() -> tuple[float, float]:
    """Seconds of making the keys, and of comparing."""
    with transaction():
        finding.ask_comparison(by_id=None, now=TUESDAY)
    spent = [0.0, 0.0]
    is_going = True
    while is_going:
        is_marked = db.session.scalar(
            select(DuplicateRun.is_marked).order_by(DuplicateRun.id.desc()).limit(1)
        )
        db.session.rollback()
        started = time.perf_counter()
        with transaction():
            is_going = finding.work_on(now=TUESDAY)
        spent[bool(is_marked)] += time.perf_counter() - started
    return spent[0], spent[1]


def _merge_some() -> dict[str, float]:
    pairs = db.session.execute(
        select(CustomerPair.left_id, CustomerPair.right_id).order_by(CustomerPair.points.desc()).limit(MERGES)
    ).all()
    db.session.rollback()
    merges: list[int] = []

    def merge() -> None:
        for left_id, right_id in pairs:
            with transaction():
                merges.extend(merge_customers(left_id, [right_id], by=SYSTEM, now=TUESDAY))

    def undo() -> None:
        for merge_id in reversed(merges):
            with transaction():
                unmerge_customers(merge_id, by=SYSTEM, now=TUESDAY)

    return {
        "duplicates.merge_ms": 1000 * _timed(merge) / len(pairs),
        "duplicates.undo_ms": 1000 * _timed(undo) / len(pairs),
    }


UNITS = (("_seconds", "s"), ("_per_second", "per s"), ("_ms", "ms"), ("pairs", "pairs"))


def main() -> None:
    """Print one JSON line a figure."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    machine = f"{platform.machine()} {os.cpu_count()} cores"
    for name, value in run(count).items():
        unit = next(unit for end, unit in UNITS if name.endswith(end))
        line = {"name": f"{name}.{count}", "value": round(value, 2), "unit": unit, "baseline": None}
        print(json.dumps(line | {"baseline_value": None, "ratio": None, "machine": machine}), flush=True)


if __name__ == "__main__":
    main()
