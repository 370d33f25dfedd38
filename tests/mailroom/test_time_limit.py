"""The time one mail may take: each mail of a job has its own limit, and the job's limit goes on behind it."""

import signal
from collections.abc import Callable, Iterator
from time import monotonic
from typing import Any

import pytest
from redis import Redis
from rq import Queue
from rq.registry import FailedJobRegistry
from rq.serializers import JSONSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Config
from hub.channels.mail_parsing import parsing, time_limit
from hub.inbox.models import Ticket, TicketMessage
from hub.mailroom import sorting
from hub.mailroom.queries import list_quarantine
from tests.mailroom.test_sorting import mail, store, work
from worker import HubWorker, JobOvertimeError

LIMIT = 0.15


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading a mail that says "slow" never ends, and catches every Exception on its way."""
    monkeypatch.setattr(time_limit, "PARSE_SECONDS", LIMIT)
    real = parsing.split_reply

    def split(text: str) -> Any:
        while "slow" in text:
            try:
                monotonic()
            except Exception:  # noqa: BLE001, S112 - as code that is too patient does
                continue
        return real(text)

    monkeypatch.setattr(parsing, "split_reply", split)


def test_every_mail_of_a_job_has_the_limit_and_none_stops_the_others(
    session: Session, lyon: Any, slow: None
) -> None:
    for number, words in enumerate(["slow", "Bonjour", "slow", "slow", "Bonsoir"]):
        store(mail(number, text=words, From=f"a{number}@client.example"))
    assert work() == 5
    assert sorted(session.scalars(select(Ticket.preview))) == ["Bonjour", "Bonsoir"]
    kept = list_quarantine().rows
    assert [row.reason for row in kept] == [
        f"reading it takes more than {LIMIT:g} seconds of computing time"
    ] * 3


def test_a_layout_that_takes_too_long_is_left_away_and_its_text_is_read(
    session: Session, lyon: Any, slow: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sorting, "sanitise_html", lambda *_, **__: spin())
    html = {"Content_Type": "text/html; charset=utf-8"}
    for number in (1, 2):
        store(mail(number, text="<p>Bonjour</p>", From=f"a{number}@client.example", **html))
    work()
    assert session.scalars(select(TicketMessage.html).where(TicketMessage.text == "Bonjour")).all() == [
        "",
        "",
    ]


def spin() -> str:
    while True:
        monotonic()


@pytest.fixture
def alarm() -> Iterator[Callable[[float], None]]:
    """Rings in the test's name after the given seconds."""

    def ring(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, ring)
    yield lambda seconds: signal.setitimer(signal.ITIMER_REAL, seconds) and None
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def test_the_alarm_of_the_job_rings_within_a_mail_and_after_many(alarm: Callable[[float], None]) -> None:
    alarm(0.05)
    with pytest.raises(KeyboardInterrupt):
        time_limit.within(5, spin)
    alarm(0.5)
    for _ in range(2):
        with pytest.raises(time_limit.OvertimeError):
            time_limit.within(0.02, spin)
    assert time_limit.within(5, lambda: 7) == 7
    with pytest.raises(KeyboardInterrupt):
        spin()


def test_a_limit_within_a_limit_gives_the_outer_one_back() -> None:
    seen = []

    def outer() -> None:
        for _ in range(2):
            try:
                time_limit.within(0.02, spin)
            except time_limit.OvertimeError:
                seen.append("inner")
        time_limit.within(5, lambda: seen.append("done"))
        spin()

    with pytest.raises(time_limit.OvertimeError):
        time_limit.within(0.3, outer)
    assert seen == ["inner", "inner", "done"]
    assert signal.getitimer(signal.ITIMER_PROF)[0] == 0


def patient() -> None:
    """A job that catches the fault of each row."""
    while True:
        try:
            spin()
        except Exception:  # noqa: BLE001, S112 - as a batch does with each row
            continue


def test_a_job_cannot_catch_its_own_limit(settings: Config) -> None:
    assert not issubclass(JobOvertimeError, Exception)
    connection = Redis.from_url(settings.redis_url or "")
    queue = Queue("overtime", connection=connection, serializer=JSONSerializer)
    queue.enqueue_call("tests.mailroom.test_time_limit.patient", timeout=1, result_ttl=0)
    HubWorker([queue], connection=connection, serializer=JSONSerializer).work(
        burst=True, logging_level="CRITICAL"
    )
    failed = FailedJobRegistry(queue=queue, serializer=JSONSerializer)
    assert len(failed.get_job_ids()) == 1
