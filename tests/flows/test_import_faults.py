"""Imports under kill -9, and with two workers at once: resumed without a double, and every row counted once.

LARGE=1: 200,000 rows.
"""

import os
import random
import signal
import time
from collections import Counter
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import func, select, update

from hub.core import clock
from hub.core.actor import SYSTEM
from hub.core.db import transaction
from hub.core.words import Channel
from hub.customers.imports import actions, working
from hub.customers.imports.choosing import Choices
from hub.customers.imports.models import CustomerImport, ImportEffect, ImportRow
from hub.customers.imports.words import ImportState
from hub.customers.models import Address, ConsentEntry, Customer, ExternalId
from tests.conftest import TUESDAY
from tests.flows import import_worker
from tests.flows.conftest import House
from tests.flows.nursery import Worker, start

pytestmark = pytest.mark.faults
COUNT = 200_000 if os.environ.get("LARGE") else 400
BATCH = 1000 if os.environ.get("LARGE") else 20
KILLS = 6 if os.environ.get("LARGE") else 1
COLUMNS = {0: "first_name", 1: "last_name", 2: "mail", 3: "loyalty_card"}


def start_worker(house: House) -> Worker:
    return start(import_worker.main, house.environ | {"batch": str(BATCH)})


def hand_in(house: House) -> int:
    """One row in twenty stands twice, one in fifty has no address."""
    lines = ["Prénom;Nom;E-mail;Carte de fidélité"]
    for number in range(COUNT):
        who = number - 1 if number % 20 == 19 else number
        mail = f"client{who}@client.example" if number % 50 != 7 else ""
        lines.append(f"Anne;Morel;{mail};{f'C{who}' if mail else ''}")
    with transaction():
        content = BytesIO("\n".join(lines).encode())
        import_id = actions.begin_import(content, file_name="c.csv", by=SYSTEM, now=clock.business_now())
    working.work_imports(lambda: None)
    with transaction():
        choices = Choices(source="Salon", said_on=TUESDAY.date(), wording="Oui", covers=(Channel.EMAIL,))
        actions.choose_columns(import_id, COLUMNS, choices, by=SYSTEM, now=clock.business_now())
    house.forget()
    return import_id


def get(house: House, import_id: int) -> CustomerImport:
    house.forget()
    return house.session.get_one(CustomerImport, import_id)


def kill_on_the_way(house: House, import_id: int, phase: ImportState, dice: random.Random) -> None:
    """Workers one after the other, each killed after some batches, somewhere in the next one."""
    for turn in range(KILLS):
        began_at = get(house, import_id).position
        worker = start_worker(house)
        target = BATCH * (2 + turn)
        while get(house, import_id).state is phase and worker.poll() is None:
            if get(house, import_id).position >= min(began_at + target, COUNT):
                break
            time.sleep(0.002)
        time.sleep(dice.random() / 50)
        if worker.poll() is None:
            os.kill(worker.pid, signal.SIGKILL)
            assert worker.wait(timeout=60) == -signal.SIGKILL
        let_lease_end()


def let_lease_end() -> None:
    """What time would do."""
    with transaction() as session:
        session.execute(update(CustomerImport).values(lease_until=None))


def finish(house: House) -> None:
    house.forget()
    while working.work_imports(lambda: None):
        pass


def count(house: House, kind: Any) -> int:
    return house.session.scalar(select(func.count()).select_from(kind)) or 0


def check_sums(house: House, import_id: int) -> None:
    """Every row once, every customer once, every consent once."""
    row = get(house, import_id)
    outcomes = Counter(dict(row.counts["outcomes"]))
    refused, doubled = len(range(7, COUNT, 50)), len([n for n in range(19, COUNT, 20) if n % 50 != 7])
    assert (row.row_count, count(house, ImportRow), sum(outcomes.values())) == (COUNT, COUNT, COUNT)
    assert outcomes["refused"] == refused
    assert outcomes["new"] == COUNT - refused - doubled
    assert outcomes["unchanged"] == doubled


def test_killed_in_the_dry_run_and_in_the_apply_it_resumes_without_a_double(house: House) -> None:
    dice = random.Random(20260303)
    import_id = hand_in(house)
    kill_on_the_way(house, import_id, ImportState.CHECKING, dice)
    finish(house)
    assert get(house, import_id).state is ImportState.CHECKED
    check_sums(house, import_id)
    with transaction():
        actions.apply_import(import_id, by=SYSTEM, now=clock.business_now())
    kill_on_the_way(house, import_id, ImportState.APPLYING, dice)
    finish(house)
    assert get(house, import_id).state is ImportState.APPLIED
    check_sums(house, import_id)
    new = get(house, import_id).counts["outcomes"]["new"]
    assert count(house, Customer) == count(house, Address) == count(house, ExternalId) == new
    assert count(house, ConsentEntry) == count(house, ImportEffect) == new
    with transaction():
        actions.undo_import(import_id, by=SYSTEM, now=clock.business_now())
    if os.environ.get("LARGE"):
        kill_on_the_way(house, import_id, ImportState.UNDOING, dice)
    finish(house)
    assert get(house, import_id).undo_counts["removed"] == new
    assert count(house, Customer) == count(house, Address) == count(house, ExternalId) == 0
    assert count(house, ConsentEntry) == 2 * new


def test_two_workers_at_once_do_everything_once(house: House) -> None:
    import_id = hand_in(house)
    workers = [start_worker(house) for _ in range(2)]
    assert [worker.wait(timeout=300) for worker in workers] == [0, 0]
    check_sums(house, import_id)
    with transaction():
        actions.apply_import(import_id, by=SYSTEM, now=clock.business_now())
    workers = [start_worker(house) for _ in range(2)]
    assert [worker.wait(timeout=600) for worker in workers] == [0, 0]
    check_sums(house, import_id)
    assert count(house, Customer) == get(house, import_id).counts["outcomes"]["new"]
