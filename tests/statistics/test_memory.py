"""Columns kept in a process: never older than the rows, never more than their room."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from hub.statistics.columns import reading
from hub.statistics.columns.memory import Memory
from hub.statistics.columns.reading import read
from hub.statistics.words import Subject
from tests.conftest import HandClock
from tests.makers.inbox import make_house, make_received
from tests.makers.statistics import work_off

MONDAY, TUESDAY, WEDNESDAY = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4)
PERIOD = (Subject.TICKETS, MONDAY, WEDNESDAY)
TEN, FIVE = {"store": b"0123456789"}, {"fate": b"01234"}


def test_a_day_is_at_hand_when_all_its_asked_columns_are() -> None:
    memory = Memory()
    memory.keep(Subject.TICKETS, TUESDAY, "7", TEN)
    assert memory.recall(*PERIOD, ["store"]) == {TUESDAY: ("7", TEN)}
    assert memory.recall(*PERIOD, ["store", "fate"]) == {}
    assert memory.recall(Subject.WAITS, MONDAY, WEDNESDAY, ["store"]) == {}
    memory.keep(Subject.TICKETS, TUESDAY, "7", FIVE)
    assert memory.recall(*PERIOD, ["store", "fate"]) == {TUESDAY: ("7", TEN | FIVE)}


def test_columns_of_another_writing_are_not_mixed() -> None:
    memory = Memory()
    memory.keep(Subject.TICKETS, TUESDAY, "7", TEN)
    memory.keep(Subject.TICKETS, TUESDAY, "8", FIVE)
    assert memory.recall(*PERIOD, ["store"]) == {}
    assert memory.recall(*PERIOD, ["fate"]) == {TUESDAY: ("8", FIVE)}
    memory.forget(Subject.TICKETS, [TUESDAY])
    assert (memory.recall(*PERIOD, ["fate"]), memory.size) == ({}, 0)


def test_the_days_asked_for_longest_ago_go_first() -> None:
    memory = Memory(most_bytes=25)
    memory.keep(Subject.TICKETS, MONDAY, "7", TEN)
    memory.keep(Subject.TICKETS, TUESDAY, "7", TEN)
    assert memory.recall(Subject.TICKETS, MONDAY, MONDAY, ["store"])
    memory.keep(Subject.TICKETS, WEDNESDAY, "7", TEN)
    assert list(memory.recall(*PERIOD, ["store"])) == [MONDAY, WEDNESDAY]
    assert memory.size == 20


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The columns that PostgreSQL handed out."""
    found: list[bytes] = []

    def fetch(statement: str, values: Any) -> list[Any]:
        rows = real(statement, values)
        found.extend(data for *_, data in rows if data is not None)
        return rows

    real = reading.fetch
    monkeypatch.setattr(reading, "fetch", fetch)
    monkeypatch.setattr(reading, "MEMORY", Memory())
    return found


def test_a_day_is_read_again_when_it_was_written_again(
    session: Session, hand_clock: HandClock, fetched: list[bytes]
) -> None:
    make_house(session)
    for number in range(2):
        make_received(mail_message_id=f"<m{number}@x>")
        work_off()
        assert len(read(*PERIOD, ["fate"])) == number + 1
    fetched.clear()
    assert [len(read(*PERIOD, names)) for names in (["fate"], ["fate", "store"], ["store"])] == [2, 2, 2]
    assert len(fetched) == 2, "the store once, and the fate beside it"
    with session.begin_nested():  # what another process would write
        session.execute(text("UPDATE statistics_columns SET data = substr(data, 1, length(data) / 2)"))
    assert len(read(*PERIOD, ["fate"])) == 1


def test_a_day_of_a_former_layout_counts_once_it_is_gathered_anew(
    session: Session, hand_clock: HandClock, fetched: list[bytes]
) -> None:
    make_house(session)
    make_received()
    work_off()
    with session.begin_nested():
        session.execute(text("DELETE FROM statistics_columns WHERE name = 'fate'"))
    assert (len(read(*PERIOD, ["store"])), len(read(*PERIOD, ["store", "fate"]))) == (1, 0)
