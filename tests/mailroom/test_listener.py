"""Mails that come at once are committed together; each sender hears of its own mail, and only after the commit."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from time import sleep

import pytest
from flask import Flask
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from hub.core.db import db, transaction
from hub.mailroom.listener import Desk
from hub.mailroom.models import Arrival
from tests.conftest import HandClock

MAILBOX = ["lyon-part-dieu@hub.example"]
SENDERS = 6


def raw(number: int) -> bytes:
    return f"From: dora@client.example\r\nMessage-ID: <{number}@client.example>\r\n\r\nBonjour".encode()


@pytest.fixture
def open_house(app: Flask, hand_clock: HandClock) -> Iterator[Flask]:
    """Without the savepoint: the desk's threads have connections of their own and really commit; swept afterwards."""
    yield app
    with app.app_context(), transaction() as session:
        session.execute(text("TRUNCATE arrivals"))


def count_arrivals(house: Flask) -> int:
    with house.app_context():
        return db.session.scalar(select(func.count()).select_from(Arrival)) or 0


@contextmanager
def slow_commits(commits: list[int]) -> Iterator[None]:
    """A commit takes its time, so that the other senders meanwhile gather."""

    def before_commit(_session: Session) -> None:
        commits.append(1)
        sleep(0.1)

    event.listen(Session, "before_commit", before_commit)
    yield
    event.remove(Session, "before_commit", before_commit)


def test_what_comes_during_a_commit_is_the_next_commit(open_house: Flask) -> None:
    desk = Desk(open_house)
    commits: list[int] = []

    def send(number: int) -> int:
        desk.store(raw(number), MAILBOX, "dora@client.example")
        return count_arrivals(open_house)

    with slow_commits(commits), ThreadPoolExecutor(SENDERS) as pool:
        seen = list(pool.map(send, range(SENDERS)))
    assert count_arrivals(open_house) == SENDERS
    assert len(commits) < SENDERS
    assert min(seen) >= 1, "nobody hears 250 before the mail is in the database"


def test_the_same_mail_sent_at_once_is_one(open_house: Flask) -> None:
    desk = Desk(open_house)
    with ThreadPoolExecutor(SENDERS) as pool:
        list(pool.map(lambda _: desk.store(raw(1), MAILBOX, ""), range(SENDERS)))
    assert count_arrivals(open_house) == 1


def test_a_mail_that_cannot_be_kept_costs_its_neighbours_nothing(open_house: Flask) -> None:
    """PostgreSQL keeps no zero byte in a text: the envelope of one mail has one."""
    desk = Desk(open_house)

    def send(number: int) -> str:
        try:
            desk.store(raw(number), MAILBOX, "dora\0@client.example" if number == 0 else "")
        except (DBAPIError, ValueError) as error:
            return type(error).__name__
        return "kept"

    with slow_commits([]), ThreadPoolExecutor(SENDERS) as pool:
        answers = list(pool.map(send, range(SENDERS)))
    assert answers.count("kept") == SENDERS - 1
    assert answers[0] != "kept"
    assert count_arrivals(open_house) == SENDERS - 1
