"""Workers that take in mails of one address at the same moment: together they send no more than the caps allow."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import sleep
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from hub.core import clock
from hub.core.db import db, transaction
from hub.core.words import Language
from hub.inbox.actions.declining import Declined, decline_politely
from hub.inbox.actions.looping import may_write
from hub.inbox.deadlines import LOOP_CAPS
from hub.inbox.models import AutomaticMail, Ticket
from hub.mailroom import actions, working
from hub.mailroom.words import ArrivalWay
from tests.conftest import TUESDAY
from tests.makers.customers import make_customer
from tests.makers.inbox import make_house, make_received
from tests.makers.sweeping import sweep

EVE = "eve@client.example"
MOST = LOOP_CAPS[0][1]


@pytest.fixture
def house(app: Flask) -> Iterator[Flask]:
    """Threads with connections of their own really commit; swept afterwards. One more mail to Eve is within the caps."""
    with app.app_context(), transaction() as session:
        make_house(session)
        make_customer(session, mail=EVE)
        now = clock.machine_now()
        session.add_all(AutomaticMail(address=EVE, sent_at=now) for _ in range(MOST - 1))
    yield app
    with app.app_context():
        sweep()


def at_once(house: Flask, *acts: Any) -> None:
    """Each in its own transaction, which stays open for a moment after the act."""
    start = Barrier(len(acts))

    def do(act: Any) -> None:
        with house.app_context(), transaction():
            db.session.execute(text("SELECT 1"))
            start.wait(10)
            act()
            db.session.flush()
            sleep(0.2)

    with ThreadPoolExecutor(len(acts)) as pool:
        for each in [pool.submit(do, act) for act in acts]:
            each.result(30)


def sent(house: Flask) -> int:
    with house.app_context():
        found = select(func.count()).select_from(AutomaticMail).where(AutomaticMail.address == EVE)
        return db.session.scalar(found) or 0


def write(number: int) -> None:
    make_received(from_address=EVE, mail_message_id=f"<{number}@c>", subject=f"{number}")


def decline(number: int) -> None:
    moments = {"now": TUESDAY, "machine_now": clock.machine_now()}
    declined = Declined(arrival_id=number, address=EVE.upper(), mailbox="", language=Language.FRENCH)
    decline_politely(declined, **moments)


def tell(number: int) -> None:
    """As the notice of a delay does."""
    del number
    if may_write(EVE, ticket_id=None, machine_now=clock.machine_now()):
        db.session.add(AutomaticMail(address=EVE, sent_at=clock.machine_now()))


@pytest.mark.parametrize("acts", [(write, write, write), (write, decline, tell), (tell, decline)])
def test_the_last_mail_that_a_cap_allows_is_sent_once(house: Flask, acts: Any) -> None:
    at_once(house, *[lambda act=act, number=number: act(number) for number, act in enumerate(acts)])
    assert sent(house) == MOST


def test_two_workers_with_mails_of_the_same_people_in_another_order_wait_and_do_not_fail(
    house: Flask,
) -> None:
    """Each takes a batch; both batches name Eve and Fay, in opposite orders."""
    people = [EVE, "fay@client.example", "fay@client.example", EVE]
    with house.app_context(), transaction():
        for number, sender in enumerate(people):
            raw = (
                f"From: {sender}\r\nTo: lyon@hub.example\r\nMessage-ID: <{number}@c>\r\n\r\nBonjour {number}"
            )
            way = {
                "way": ArrivalWay.LISTENER,
                "mailbox": "lyon@hub.example",
                "recipients": ["lyon@hub.example"],
            }
            moments = {"now": TUESDAY, "machine_now": clock.machine_now()}
            actions.store_arrival(raw.encode(), mail_from=sender, **way, **moments)
    with house.app_context():
        ids = working._claim()
        db.session.remove()
    at_once(house, lambda: working._sort(ids[:2]), lambda: working._sort(ids[2:]))
    assert sent(house) == MOST
    with house.app_context():
        assert db.session.scalar(select(func.count()).select_from(Ticket)) == len(people)
