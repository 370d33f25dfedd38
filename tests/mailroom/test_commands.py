"""`flask mail quarantine` and `flask mail release`: what nobody could sort is seen and tried again."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy.orm import Session

from config import Config
from hub.core import clock, files
from hub.core.audit import AuditEntry
from hub.core.words import ActorKind
from hub.inbox.models import Ticket
from hub.mailroom import actions, queries, working
from hub.mailroom.models import Arrival
from hub.mailroom.words import ArrivalKind, ArrivalState, ArrivalWay
from tests.conftest import HandClock
from tests.makers.inbox import make_house

LYON = "lyon-part-dieu@hub.example"


@pytest.fixture
def house(session: Session, hand_clock: HandClock, tmp_path: Path, settings: Config) -> Iterator[Session]:
    files.use_folder(tmp_path)
    make_house(session)
    yield session
    files.use_folder(settings.var_path / "files")


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["mail", *arguments])


def quarantined(session: Session, number: int, *, reason: str = "the worker ended at each attempt") -> int:
    """A mail that could not be sorted, and could be now."""
    raw = (
        f"From: dora@client.example\r\nTo: {LYON}\r\nSubject: Lampe {number}\r\n"
        f"Message-ID: <{number}@client.example>\r\n\r\nMa lampe ne marche plus.\r\n"
    ).encode()
    arrival_id = actions.store_arrival(
        raw,
        way=ArrivalWay.LISTENER,
        mailbox=LYON,
        mail_from="dora@client.example",
        recipients=[LYON],
        now=clock.business_now(),
        machine_now=clock.machine_now(),
    )
    arrival = session.get_one(Arrival, arrival_id)
    arrival.state, arrival.reason, arrival.attempt_count = ArrivalState.QUARANTINED, reason, 6
    session.flush()
    return arrival_id


def test_the_quarantine_is_listed_newest_first_over_all_pages(
    app: Flask, house: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [quarantined(house, number) for number in range(5)]
    monkeypatch.setattr(queries.list_quarantine, "__defaults__", (None, 2))
    done = run(app, "quarantine")
    rows = [json.loads(line) for line in done.output.splitlines()]
    assert [row["id"] for row in rows] == ids[::-1]
    assert rows[0]["reason"] == "the worker ended at each attempt"
    assert rows[0]["mailbox"] == LYON
    assert rows[0]["received_at"].startswith("2026-03-03T09:00")


def test_auto_replies_without_a_ticket_are_listed_and_made_tickets(app: Flask, house: Session) -> None:
    arrival_id = quarantined(house, 1)
    row = house.get_one(Arrival, arrival_id)
    row.state, row.kind, row.attempt_count = ArrivalState.SORTED, ArrivalKind.AUTO_REPLY, 1
    house.flush()
    assert run(app, "quarantine").output == ""
    [line] = run(app, "quarantine", "--auto-replies").output.splitlines()
    assert (json.loads(line)["id"], json.loads(line)["is_auto_reply"]) == (arrival_id, True)
    assert run(app, "release", str(arrival_id)).exit_code == 0
    working.work_arrivals(lambda: None)
    house.expire_all()
    assert house.get_one(Arrival, arrival_id).ticket_id is not None
    assert run(app, "quarantine", "--auto-replies").output == ""


def test_an_empty_quarantine_prints_nothing(app: Flask, house: Session) -> None:
    done = run(app, "quarantine")
    assert (done.exit_code, done.output) == (0, "")


def test_a_released_mail_is_sorted_and_the_release_is_in_the_audit_trail(app: Flask, house: Session) -> None:
    arrival_id = quarantined(house, 1)
    done = run(app, "release", str(arrival_id))
    assert (done.exit_code, done.output) == (0, f"{arrival_id}: released.\n")
    assert working.work_arrivals(lambda: None) == 1
    house.expire_all()
    assert house.get_one(Arrival, arrival_id).state is ArrivalState.SORTED
    assert house.query(Ticket).count() == 1
    [line] = house.query(AuditEntry).filter_by(action="arrival.released")
    assert (line.subject_id, line.actor_kind) == (arrival_id, ActorKind.SYSTEM)


def test_a_wrong_number_does_not_keep_the_others_back(app: Flask, house: Session) -> None:
    arrival_id = quarantined(house, 1)
    house.commit()  # of the test's own savepoint: a refused release rolls back
    done = run(app, "release", "999999", str(arrival_id), str(arrival_id))
    assert done.exit_code == 1
    assert f"{arrival_id}: released." in done.output
    assert "999999: This mail does not exist." in done.output
    assert f"{arrival_id}: This mail is not in quarantine any more." in done.output
